"""Something is due after its wait, at its time, and when it is open for the person."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aftershow.workspace.times.dues import due
from aftershow.workspace.times.durations import Hours, Wait
from aftershow.workspace.times.moments import TimeOfDay
from aftershow.workspace.times.openings import Opening
from aftershow.workspace.times.windows import Days

CHICAGO, BERLIN, SYDNEY, NEW_YORK = "America/Chicago", "Europe/Berlin", "Australia/Sydney", "America/New_York"
ALWAYS = Opening()
OFFICE = Opening(days=Days.parse("business days"), hours=Hours.parse("9:00-17:00"))


def _due(
    base: str,
    after: str,
    *,
    before: bool = False,
    at: str | None = None,
    opening: Opening = OFFICE,
    zones: tuple[str, ...] = (CHICAGO,),
) -> str:
    moment = due(
        datetime.fromisoformat(base),
        after=Wait.parse(after),
        before=before,
        at=TimeOfDay.parse(at) if at else None,
        opening=opening,
        zones=zones,
        country="US",
    )
    return moment.astimezone(ZoneInfo(CHICAGO)).isoformat(timespec="minutes")


@pytest.mark.parametrize(
    ("base", "after", "expected"),
    [
        # Friday afternoon; Thursday is Thanksgiving.
        ("2026-11-20T16:30-06:00", "0", "2026-11-20T16:30-06:00"),
        ("2026-11-20T16:30-06:00", "1 hour", "2026-11-23T09:00-06:00"),
        ("2026-11-20T16:30-06:00", "1 day", "2026-11-23T09:00-06:00"),
        ("2026-11-20T16:30-06:00", "1 business day", "2026-11-23T09:00-06:00"),
        ("2026-11-25T12:00-06:00", "1 business day", "2026-11-27T09:00-06:00"),
        ("2026-11-20T16:30-06:00", "3 days", "2026-11-23T16:30-06:00"),
    ],
)
def test_a_wait_ends_in_the_window(base: str, after: str, expected: str) -> None:
    """The window decides the hour: what ends outside waits for its opening."""
    assert _due(base, after) == expected


@pytest.mark.parametrize(
    ("base", "after", "at", "expected"),
    [
        ("2026-11-20T12:00-06:00", "0", "18:00", "2026-11-20T18:00-06:00"),
        ("2026-11-20T19:00-06:00", "0", "18:00", "2026-11-21T18:00-06:00"),
        ("2026-11-20T18:00-06:00", "0", "18:00", "2026-11-20T18:00-06:00"),
        ("2026-11-20T17:00-06:00", "2 hours", "18:00", "2026-11-21T18:00-06:00"),
        ("2026-11-20T19:00-06:00", "2 days", "18:00", "2026-11-22T18:00-06:00"),
        ("2026-11-20T19:00-06:00", "1 business day", "18:00", "2026-11-23T18:00-06:00"),
        ("2026-03-07T12:00-06:00", "1 day", "2:30", "2026-03-08T03:00-05:00"),
        ("2026-10-31T12:00-05:00", "1 day", "1:30", "2026-11-01T01:30-05:00"),
    ],
)
def test_a_time_of_day_is_that_of_the_day_reached(base: str, after: str, at: str, expected: str) -> None:
    """Where the wait ends later than that time, it is the next day's; longer waits only name the day."""
    assert _due(base, after, at=at, opening=ALWAYS) == expected


def test_the_evening_before_a_meeting() -> None:
    """A wait before an anchor leads back, and the time of day decides the hour."""
    assert (
        _due("2026-11-24T09:00-06:00", "1 day", before=True, at="18:00", opening=ALWAYS)
        == "2026-11-23T18:00-06:00"
    )
    assert _due("2026-11-23T00:00-06:00", "1 business day", before=True) == "2026-11-20T09:00-06:00"


def test_a_person_in_one_of_several_zones_is_reached_when_it_is_open_in_all() -> None:
    """Nine in New York is too early for someone who may be in Chicago."""
    zones = (NEW_YORK, CHICAGO)
    assert _due("2026-11-20T20:00-06:00", "0", zones=zones) == "2026-11-23T09:00-06:00"
    assert _due("2026-11-20T12:00-06:00", "0", at="16:30", zones=zones) == "2026-11-23T09:00-06:00"
    assert _due("2026-11-20T12:00-06:00", "3 days", at="15:30", zones=zones) == "2026-11-23T15:30-06:00"


def test_the_two_passes_of_a_repeated_hour_are_two_moments() -> None:
    """What is due now is due now, also when the clock shows this time for the second time."""
    wall = datetime(2026, 11, 1, 1, 30, tzinfo=ZoneInfo(CHICAGO))
    found = [
        due(wall.replace(fold=fold), after=Wait.parse("0"), opening=ALWAYS, zones=(CHICAGO,), country=None)
        for fold in (0, 1)
    ]
    assert found == [datetime(2026, 11, 1, hour, 30, tzinfo=UTC) for hour in (6, 7)]


bases = st.builds(
    lambda start, minutes: start + timedelta(minutes=minutes),
    st.sampled_from(
        [
            datetime(2026, month, day, tzinfo=UTC)
            for month, day in ((3, 6), (3, 27), (4, 3), (10, 2), (10, 23), (10, 30), (11, 24), (12, 23))
        ]
    ),
    st.integers(0, 4 * 24 * 60),
)
waits = st.builds(
    lambda count, unit: Wait.parse(f"{count} {unit}s"),
    st.integers(0, 12),
    st.sampled_from(["minute", "hour", "day", "week", "business day"]),
)
months = st.integers(1, 6).map(lambda count: Wait.parse(f"{count} months"))
ats = st.none() | st.times().map(lambda at: TimeOfDay.parse(f"{at:%H:%M}"))
openings = st.sampled_from(
    [
        ALWAYS,
        OFFICE,
        Opening(days=Days.parse("mon-fri"), hours=Hours.parse("21:00-6:00")),
        Opening(hours=Hours.parse("0:30-2:45")),
        Opening(hours=Hours.parse("9:00-17:00"), channel_hours=Hours.parse("12:00-21:00")),
        Opening(
            hours=Hours.parse("8:00-20:00"),
            channel_hours=Hours.parse("8:00-21:00"),
            zone=CHICAGO,
            country="US",
        ),
    ]
)
places = st.sampled_from([(CHICAGO,), (BERLIN,), (SYDNEY,), (CHICAGO, NEW_YORK)])


@given(base=bases, after=waits | months, at=ats, opening=openings, zones=places)
def test_nothing_is_due_too_early_or_outside_its_opening(
    base: datetime, after: Wait, at: TimeOfDay | None, opening: Opening, zones: tuple[str, ...]
) -> None:
    """Whatever the clocks do, it is due after its base and while it is open."""
    moment = due(base, after=after, at=at, opening=opening, zones=zones, country="US")
    assert moment >= base
    assert opening.is_open(moment, zones, "US")


@given(base=bases, later=st.integers(0, 3000), after=waits, at=ats, opening=openings, zones=places)
def test_who_starts_later_is_not_due_earlier(
    base: datetime, later: int, after: Wait, at: TimeOfDay | None, opening: Opening, zones: tuple[str, ...]
) -> None:
    """Order is kept, but for the second pass of a repeated hour, where a clock shows less again."""
    starts = [base, base + timedelta(minutes=later)]
    if any(start.astimezone(ZoneInfo(zone)).fold for start in starts for zone in zones):
        return
    first, second = (
        due(start, after=after, at=at, opening=opening, zones=zones, country="US") for start in starts
    )
    assert first <= second
