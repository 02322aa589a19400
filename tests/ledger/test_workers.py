"""Several senders at once: everyone is written to once, whoever sends."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

from aftershow.ledger.send_counts import SendCounts
from aftershow.workspace.times.durations import Cap
from tests.ledger.conftest import ScriptedSender, World

WORKERS = 4


def at_once(world: World, campaigns: list[str], **changes: object) -> SendCounts:
    """Send from several threads that start at the same moment, each with a connection of its own."""
    start = Barrier(len(campaigns))

    def work(number: int, campaign: str) -> SendCounts:
        start.wait()
        return world.send(worker=f"w{number}", campaign=campaign, **changes)

    with ThreadPoolExecutor(len(campaigns)) as pool:
        return sum(pool.map(work, range(len(campaigns)), campaigns), SendCounts())


def test_workers_share_a_campaign(world: World) -> None:
    """Four workers send one campaign's messages: each message once, none left."""
    world.people(300)
    world.plan()
    totals = at_once(world, ["c"] * WORKERS)
    assert totals.accepted == 300
    assert set(Counter(world.sender.received).values()) == {1}


def test_two_campaigns_keep_one_cap(world: World) -> None:
    """Two campaigns that write to the same people at the same moment keep the cap over both."""
    people = [world.person(f"p{number}@example.com") for number in range(60)]
    for number in people:
        world.enrol(number, "other")
    cap = Cap.parse("1 per 7 days")
    for campaign in ("c", "other"):
        world.plan(campaign=campaign, cap=cap)
    at_once(world, ["c", "other"], cap=cap)
    assert isinstance(world.sender, ScriptedSender)
    assert set(Counter(world.sender.received).values()) == {1}
    assert len(world.sender.received) == 60
