"""A worker dies at each boundary in turn: before and after every commit, and every call of the provider."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import asdict, replace
from itertools import count
from random import randrange

import pytest
from sqlalchemy import select

from aftershow.store.tables import message
from aftershow.words.states import State
from tests.proofs.conftest import Report
from tests.proofs.law import figures, require
from tests.proofs.scene import MORNING, PATIENCE, Scene
from tests.proofs.worker import STRUCK, begin, begin_to_die
from tests.servers.mail_sink import MailSink

pytestmark = pytest.mark.either_database

#: Small, so that few people make several windows.
WINDOW = 3
PEOPLE = 7
#: A short proof looks at one boundary of so many.
SOME = 13


def dies(scene: Scene, boundary: int) -> bool:
    """Let a worker die at a boundary; returns False when it had done its work before."""
    worker = begin_to_die(scene, MORNING, boundary, window=WINDOW)
    worker.join()
    assert worker.exitcode in (0, STRUCK), scene.trouble()
    return worker.exitcode == STRUCK


def in_flight(scene: Scene) -> int:
    """Return how many messages are between handing over and settling."""
    with scene.engine() as engine, engine.begin() as connection:
        states = connection.scalars(select(message.c.state)).all()
    return states.count(State.HANDING_OVER)


def heir_settles(scene: Scene) -> None:
    """Let a worker come after the lease, who ends what was begun."""
    worker = begin(scene, MORNING + PATIENCE)
    worker.join()
    assert worker.exitcode == 0, scene.trouble()


def die_at(scene: Scene, sink: MailSink, boundaries: Iterable[int]) -> Mapping[str, int]:
    """Begin anew for each boundary until there is none left, die there, compare; returns all figures."""
    total: Counter[str] = Counter()
    for boundary in boundaries:
        scene.empty()
        scene.invite(PEOPLE)
        died = dies(scene, boundary)
        in_doubt = in_flight(scene)
        heir_settles(scene)
        found = figures(scene, sink.taken())
        assert in_doubt <= WINDOW
        require(found, doubts=in_doubt, case=boundary)
        if not died:
            break
        total.update(deaths=1, **{name: value for name, value in asdict(found).items() if name != "people"})
    return total


def test_a_death_at_some_boundaries(scene: Scene, sink: MailSink) -> None:
    """Wherever a worker dies: nothing is twice, nobody is lost, only what it was handing over is in doubt."""
    assert die_at(scene, sink, count(randrange(1, SOME), SOME))["deaths"] >= 3


@pytest.mark.proof
@pytest.mark.parametrize("connections", [1, 4])
def test_a_death_at_each_boundary(scene: Scene, sink: MailSink, connections: int, report: Report) -> None:
    """The same at every one of them."""
    scene = replace(scene, connections=connections)
    scene.write()
    report({"connections": connections, "people each": PEOPLE, **die_at(scene, sink, count(1))})
