"""Workers are killed at random moments: nobody gets it twice, nobody is lost, and doubt has a bound."""

from dataclasses import asdict, replace
from random import Random, randrange
from typing import Any

import pytest

from aftershow.ledger.sending import SLICE
from tests.proofs.conftest import Report
from tests.proofs.kills import Massacre
from tests.proofs.law import figures, require
from tests.proofs.scene import Scene
from tests.servers.mail_sink import MailSink

#: How the workers work: how many at once, and over how many connections each.
WAYS = [(1, 1), (1, 4), (3, 1), (3, 4)]


def prove(scene: Scene, sink: MailSink, *, kills: int, workers: int, people: int) -> dict[str, Any]:
    """Kill, settle, compare; returns the figures."""
    seed = randrange(1_000_000)
    massacre = Massacre(scene=scene, sink=sink, random=Random(seed), people=people)
    massacre.kill(kills, workers=workers)
    massacre.settle()
    found = figures(scene, sink.taken())
    require(found, doubts=kills * SLICE, case=seed)
    assert not scene.trouble(), (seed, scene.trouble())
    return {"workers": workers, "connections": scene.connections, "kills": kills, **asdict(found)}


def test_a_few_kills(scene: Scene, sink: MailSink) -> None:
    """Whoever is killed and whenever: at most once for each person, and the next worker goes on."""
    scene = replace(scene, connections=4)
    scene.write()
    prove(scene, sink, kills=3, workers=2, people=150)


@pytest.mark.proof
@pytest.mark.parametrize(("workers", "connections"), WAYS)
def test_many_kills(scene: Scene, sink: MailSink, workers: int, connections: int, report: Report) -> None:
    """The same, often enough to meet every moment."""
    scene = replace(scene, connections=connections)
    scene.write()
    report(prove(scene, sink, kills=60, workers=workers, people=2_000))
