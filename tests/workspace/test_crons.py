"""A schedule goes by the clock on the wall, also on the two days when that clock is changed."""

import re
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aftershow.workspace.times.crons import Cron

CHICAGO = "America/Chicago"


@pytest.mark.parametrize(
    "text", ["*/15 8-18 * * mon-fri", "0 7 * * *", "0 9 1 * *", "0 0 L * *", "30 6 * * MON", "0  7 * * *"]
)
def test_five_fields_are_a_schedule(text: str) -> None:
    """What cron understands is kept as it was written."""
    assert str(Cron.parse(text)) == " ".join(text.split())


@pytest.mark.parametrize("text", ["", "hourly", "* * * *", "0 0 7 * * *", 15, None])
def test_other_than_five_fields_are_refused(text: object) -> None:
    """Seconds are too fine, and nicknames are not guessed; the fields are named."""
    with pytest.raises(
        ValueError, match=r"^expected five fields such as .* \(minute, hour, day, month, day of"
    ):
        Cron.parse(text)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("60 8 * * *", "Bad minute"),
        ("0 8 * * fry", "Bad day-of-week"),
        ("0 0 30 2 *", "Bad day-of-month"),
    ],
)
def test_a_field_that_cannot_be_is_named(text: str, said: str) -> None:
    """The mistake is in one of the fields, and the answer says in which."""
    with pytest.raises(ValueError, match=rf"^expected times .* found `{re.escape(text)}`: {said}"):
        Cron.parse(text)


def test_a_schedule_that_never_comes_is_refused() -> None:
    """April has no fifth Monday on a day that the fifth step reaches."""
    with pytest.raises(
        ValueError, match=r"^expected times that come, found `0 0 \*/5 4 mon#5`: it never happens"
    ):
        Cron.parse("0 0 */5 4 mon#5")


def _next(text: str, after: str, zone: str = CHICAGO, times: int = 1) -> list[str]:
    cron, moment, found = Cron.parse(text), datetime.fromisoformat(after), []
    for _ in range(times):
        moment = cron.next(moment, zone)
        found.append(moment.astimezone(ZoneInfo(zone)).isoformat(timespec="minutes"))
    return found


def test_the_next_time_is_the_next_on_the_wall() -> None:
    """Friday's last run is followed by Monday's first, by the clock of the zone."""
    assert _next("*/15 8-18 * * mon-fri", "2026-11-20T18:40-06:00", times=2) == [
        "2026-11-20T18:45-06:00",
        "2026-11-23T08:00-06:00",
    ]
    assert _next("0 7 * * *", "2026-07-01T07:00-05:00") == ["2026-07-02T07:00-05:00"]


def test_a_repeated_hour_runs_once() -> None:
    """In autumn the hour from one to two is shown twice, and its runs come in the first of them."""
    assert _next("30 * * * *", "2026-11-01T00:30-05:00", times=3) == [
        "2026-11-01T01:30-05:00",
        "2026-11-01T02:30-06:00",
        "2026-11-01T03:30-06:00",
    ]
    assert _next("30 1 * * *", "2026-11-01T01:10-06:00") == ["2026-11-02T01:30-06:00"]


def test_a_skipped_hour_runs_right_after_the_change() -> None:
    """In spring the runs between two and three become one, at three."""
    assert _next("30 2 * * *", "2026-03-07T12:00-06:00", times=2) == [
        "2026-03-08T03:00-05:00",
        "2026-03-09T02:30-05:00",
    ]
    assert _next("*/20 * * * *", "2026-03-08T01:40-06:00", times=2) == [
        "2026-03-08T03:00-05:00",
        "2026-03-08T03:20-05:00",
    ]


@given(
    minutes=st.integers(0, 270 * 24 * 60),
    text=st.sampled_from(["*/15 * * * *", "30 2 * * *", "0 1-3 * * *", "*/15 8-18 * * mon-fri", "0 0 * * *"]),
    zone=st.sampled_from([CHICAGO, "Europe/Berlin", "Australia/Sydney", "America/Santiago", "UTC"]),
)
def test_a_schedule_shows_each_time_once_and_goes_on(minutes: int, text: str, zone: str) -> None:
    """Runs follow each other, and no time on the wall comes twice."""
    cron, walls = Cron.parse(text), []
    moment = datetime(2026, 3, 1, tzinfo=UTC) + timedelta(minutes=minutes)
    for _ in range(20):
        following = cron.next(moment, zone)
        assert moment < following <= moment + timedelta(days=4)
        moment = following
        walls.append(moment.astimezone(ZoneInfo(zone)).replace(tzinfo=None))
    assert len(set(walls)) == len(walls)
