"""Who holds messages at this moment, and what several senders settled together."""

from datetime import timedelta

from aftershow.ledger.claims import LEASE, claim, hand_over, recover
from aftershow.ledger.send_counts import SendCounts
from aftershow.ledger.workers import held_by, settled_after
from tests.ledger.conftest import NOW, World


def held(world: World, *marks: str, campaign: str = "c") -> int:
    with world.engine.begin() as connection:
        return held_by(connection, campaign, marks)


def test_what_senders_hold(world: World) -> None:
    """Held is what is claimed or being handed over, by those whose marks are asked for, in their campaign."""
    world.people(5)
    world.plan()
    rules = world.rules()
    with world.engine.begin() as connection:
        claim(connection, rules, worker="vm:1:aa_a", now=NOW, limit=2)
        handed = claim(connection, rules, worker="vm:2:aaba", now=NOW, limit=2)
        hand_over(connection, rules, handed[:1], worker="vm:2:aaba", now=NOW)
    assert (held(world, "aa_a"), held(world, "aaba"), held(world, "aa_a", "aaba")) == (2, 2, 4)
    assert (held(world), held(world, "1"), held(world, "aa_a", campaign="other")) == (0, 0, 0)
    with world.engine.begin() as connection:
        recover(connection, "c", now=NOW + LEASE)
    assert held(world, "aa_a", "aaba") == 0


def test_what_was_settled_together(world: World) -> None:
    """What a dead sender left in doubt counts with what others sent; what was settled before does not."""
    world.people(4)
    world.plan()
    world.send(worker="vm:1:early", limit=1)
    world.now += timedelta(minutes=1)
    since, rules = world.now, world.rules()
    with world.engine.begin() as connection:
        dead = claim(connection, rules, worker="vm:2:dead", now=since, limit=1)
        hand_over(connection, rules, dead, worker="vm:2:dead", now=since)
    world.now += LEASE
    with world.engine.begin() as connection:
        recover(connection, "c", now=world.now)
    world.send(worker="vm:3:late")
    with world.engine.begin() as connection:
        assert settled_after(connection, "c", moment=since) == SendCounts(accepted=2, unknown=1)
        assert settled_after(connection, "other", moment=since) == SendCounts()
