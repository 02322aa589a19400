"""A channel's rate is kept over all campaigns and workers, and nobody waits for nothing."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime, timedelta
from threading import Barrier
from time import monotonic

import pytest
from sqlalchemy import func, select

from aftershow.ledger.pace import Pace
from aftershow.ledger.sending import SendJob, send_due
from aftershow.store.tables import message
from aftershow.words.channels import Channel
from aftershow.workspace.rates import Rate, WarmUp
from tests.ledger.conftest import NOW, World


def pace(**rate: object) -> Pace:
    return Pace(channel=Channel.EMAIL, rate=Rate(**rate), zone="America/Chicago")


def states(world: World) -> dict[str, int]:
    with world.engine.begin() as connection:
        query = select(message.c.state, func.count()).group_by(message.c.state)
        return dict(connection.execute(query).tuples().all())


def sending_times(world: World) -> list[float]:
    """Seconds since the start, for each message as it is sent."""
    times: list[float] = []
    world.sender.watch = lambda mail: times.append((world.now - NOW).total_seconds())
    return times


@pytest.mark.parametrize(("per_second", "people"), [(20, 60), (2, 9), (0.5, 3), (1000, 250)])
def test_messages_go_evenly(world: World, per_second: float, people: int) -> None:
    """In no second do more go than may, but for what a worker that woke up late makes up for."""
    world.people(people)
    world.plan()
    times = sending_times(world)
    assert world.send(pace=pace(per_second=per_second)).accepted == people
    most = max(sum(start <= at < start + 1 for at in times) for start in times)
    assert most <= max(per_second * 1.2, 1)


def test_nothing_waits_that_may_go(world: World) -> None:
    """The whole takes as long as the rate says, and no longer."""
    world.people(60)
    world.plan()
    world.send(pace=pace(per_second=20))
    assert 60 / 20 - 0.3 <= (world.now - NOW).total_seconds() <= 60 / 20


def test_a_day_has_its_number(world: World) -> None:
    """What is over goes the next day; the day begins at midnight where the workspace is."""
    world.people(7)
    world.plan()
    totals = world.send(pace=pace(per_day=3))
    assert (totals.accepted, totals.untouched) == (3, 4)
    assert totals.trouble == "Today's 3 messages by email are sent."
    assert states(world) == {"accepted": 3, "planned": 4}
    world.now = datetime(2026, 9, 21, 23, 59, tzinfo=NOW.tzinfo)  # in Chicago it is still the same day
    assert world.send(pace=pace(per_day=3)).accepted == 0
    world.now += timedelta(hours=6)
    assert world.send(pace=pace(per_day=3)).accepted == 3


def test_a_held_message_uses_nothing_up(world: World) -> None:
    """Only what goes is counted."""
    world.person("odd@example.com", answer=None)
    world.people(3)
    with world.engine.begin() as connection:
        connection.execute(message.update().values(state="planned", reason=None))
    world.plan()
    assert world.send(pace=pace(per_day=3)).accepted == 3


def test_two_campaigns_share_a_channel(world: World) -> None:
    """The rate is the channel's, not the campaign's."""
    world.people(4)
    world.person("bo@example.com", campaign="other")
    world.plan()
    world.plan(campaign="other")
    assert world.send(pace=pace(per_day=4)).accepted == 4
    assert world.send(campaign="other", pace=pace(per_day=4)).accepted == 0


def test_a_clock_that_is_turned_back_stops_nothing(world: World) -> None:
    """A pace of tomorrow does not count."""
    world.people(2)
    world.plan()
    world.now += timedelta(days=1)
    world.send(limit=1, pace=pace(per_second=1))
    world.now -= timedelta(days=1)
    assert world.send(pace=pace(per_second=1)).accepted == 1
    assert world.now - NOW <= timedelta(seconds=2)


def test_workers_share_a_rate(world: World) -> None:
    """Three workers that send at the same time, on a real clock, are no faster than one may be."""
    world.people(60)
    world.plan()
    times: list[float] = []
    world.sender.watch = lambda mail: times.append(monotonic())
    start = Barrier(3)

    def work(number: int) -> int:
        mine = SendJob(
            rules_at=lambda at: world.rules(),
            render=world.render,
            sender=world.sender,
            worker=f"w{number}",
            clock=lambda: NOW + timedelta(seconds=monotonic() - begun),
            pace=pace(per_second=40),
        )
        start.wait()
        return send_due(world.engine, mine, limit=1000)[0].accepted

    begun = monotonic()
    with ThreadPoolExecutor(3) as pool:
        assert sum(pool.map(work, range(3))) == 60
    assert set(Counter(world.sender.received).values()) == {1}
    assert times[-1] - times[0] >= (60 - 4 - 4) / 40


@pytest.mark.parametrize(
    ("day", "allowed"),
    [("2026-11-01", 50), ("2026-12-01", 50), ("2026-12-02", 100), ("2026-12-05", 800), ("2026-12-06", 1000)],
)
def test_a_warm_up_leads_to_the_full_number(day: str, allowed: int) -> None:
    """Each day more than the day before, up to what may go on any day."""
    rate = Rate(per_day=1000, warm_up=WarmUp(**{"from": date(2026, 12, 1)}, first_day=50))
    assert rate.allowed_on(date.fromisoformat(day)) == allowed


def test_a_warm_up_needs_an_end() -> None:
    """It leads up to a number for each day."""
    with pytest.raises(ValueError, match="say with `per_day` what it leads up to"):
        Rate(warm_up=WarmUp(**{"from": date(2026, 12, 1)}, first_day=50))
