"""Moments are read as people say them, and lead where the clock and the calendar of a person say."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aftershow.workspace.times.calendars import is_business_day
from aftershow.workspace.times.durations import Wait
from aftershow.workspace.times.moments import TimeOfDay, When, shifted

CHICAGO = "America/Chicago"
ZONES = (CHICAGO, "Europe/Berlin", "Australia/Sydney")


@pytest.mark.parametrize(
    ("text", "wait", "before", "anchor", "said"),
    [
        ("6 weeks before show.starts", "6 weeks", True, "show.starts", "6 weeks before show.starts"),
        (
            "10 days after answers.delivered",
            "10 days",
            False,
            "answers.delivered",
            "10 days after answers.delivered",
        ),
        (
            "1 business day after captured_at",
            "1 business day",
            False,
            "captured_at",
            "1 business day after captured_at",
        ),
        ("month  after  quick-question", "1 month", False, "quick-question", "1 month after quick-question"),
        ("show.ends", 0, False, "show.ends", "show.ends"),
        ("0 before show.ends", 0, False, "show.ends", "show.ends"),
    ],
)
def test_a_moment_is_a_wait_and_an_anchor(
    text: str, wait: object, before: bool, anchor: str, said: str
) -> None:
    """An anchor alone is the moment itself."""
    when = When.parse(text)
    assert (when.wait, when.before, when.anchor) == (Wait.parse(wait), before, anchor)
    assert str(when) == said


@pytest.mark.parametrize(
    "text",
    ["", "2 days", "2 days before", "after show.ends", "2 days past show.ends", "Show.Ends", "a..b", 0, None],
)
def test_another_moment_is_refused(text: object) -> None:
    """What is not understood is answered with examples."""
    with pytest.raises(
        ValueError, match=r"^expected a moment such as `6 weeks before show.starts`, .* found"
    ):
        When.parse(text)


def test_a_mistake_in_the_wait_is_named_as_one() -> None:
    """Where the anchor is fine, the answer is about the wait."""
    with pytest.raises(ValueError, match=r"^expected a wait such as .*, found `two weeks`"):
        When.parse("two weeks before show.starts")


def test_a_time_of_day_is_hours_and_minutes() -> None:
    """A time is read, and said again with two digits each."""
    assert (TimeOfDay.parse("9:05").time, str(TimeOfDay.parse("9:05"))) == (time(9, 5), "09:05")


@pytest.mark.parametrize("text", ["18", "24:00", "9:60", "6pm", "", 18, 18.3, None])
def test_another_time_of_day_is_refused(text: object) -> None:
    """What is not a time of day is answered with an example."""
    with pytest.raises(ValueError, match=r"^expected a time of day such as `18:00`, found"):
        TimeOfDay.parse(text)


@pytest.mark.parametrize(
    ("base", "wait", "expected"),
    [
        ("2026-11-20T15:00-06:00", "30 minutes", "2026-11-20T15:30-06:00"),
        ("2026-11-20T15:00-06:00", "2 days", "2026-11-22T15:00-06:00"),
        ("2026-11-20T15:00-06:00", "1 week", "2026-11-27T15:00-06:00"),
        ("2026-01-31T15:00-06:00", "1 month", "2026-02-28T15:00-06:00"),
        ("2026-11-30T15:00-06:00", "3 months", "2027-02-28T15:00-06:00"),
        # The clock goes forward on 8 March at two, and back on 1 November.
        ("2026-03-07T15:00-06:00", "1 day", "2026-03-08T15:00-05:00"),
        ("2026-03-07T15:00-06:00", "24 hours", "2026-03-08T16:00-05:00"),
        ("2026-03-07T02:30-06:00", "1 day", "2026-03-08T03:00-05:00"),
        ("2026-10-31T01:30-05:00", "1 day", "2026-11-01T01:30-05:00"),
        ("2026-10-31T15:00-05:00", "1 day", "2026-11-01T15:00-06:00"),
        ("2026-11-01T01:30-06:00", "0", "2026-11-01T01:30-06:00"),
        ("2026-11-01T01:30-06:00", "1 day", "2026-11-02T01:30-06:00"),
        ("2026-11-20T15:00-06:00", "1 business day", "2026-11-23T00:00-06:00"),
        ("2026-11-25T15:00-06:00", "1 business day", "2026-11-27T00:00-06:00"),
        # In Chicago it is still Friday.
        ("2026-11-21T03:00+00:00", "1 business day", "2026-11-23T00:00-06:00"),
    ],
)
def test_a_wait_goes_by_the_clock_on_the_wall(base: str, wait: str, expected: str) -> None:
    """Days, weeks and months keep the time of day; hours are exact; business days begin at midnight."""
    moment = shifted(datetime.fromisoformat(base), Wait.parse(wait), zone=CHICAGO, country="US")
    assert moment.astimezone(ZoneInfo(CHICAGO)).isoformat(timespec="minutes") == expected


@pytest.mark.parametrize(
    ("wait", "expected"),
    [
        ("6 weeks", "2026-10-12T00:00-05:00"),
        ("1 day", "2026-11-22T00:00-06:00"),
        ("2 hours", "2026-11-22T22:00-06:00"),
        ("1 month", "2026-10-23T00:00-05:00"),
        ("1 business day", "2026-11-20T00:00-06:00"),
    ],
)
def test_a_wait_also_leads_back(wait: str, expected: str) -> None:
    """Six weeks before a Monday at midnight is a Monday at midnight, whatever the clocks did in between."""
    base = datetime.fromisoformat("2026-11-23T00:00-06:00")
    moment = shifted(base, Wait.parse(wait), before=True, zone=CHICAGO, country="US")
    assert moment.astimezone(ZoneInfo(CHICAGO)).isoformat(timespec="minutes") == expected


def test_a_repeated_wait_keeps_the_day_of_the_month() -> None:
    """Two months from 31 January are counted from there, not from 28 February."""
    base = datetime(2026, 1, 31, 12, tzinfo=UTC)
    twice = shifted(base, Wait.parse("month").times(2), zone="UTC", country=None)
    assert twice == datetime(2026, 3, 31, 12, tzinfo=UTC)


#: Around the changes of the clocks in all three zones.
moments = st.builds(
    lambda start, minutes: start + timedelta(minutes=minutes),
    st.sampled_from(
        [
            datetime(2026, month, day, tzinfo=UTC)
            for month, day in ((3, 7), (3, 28), (4, 4), (10, 3), (10, 24), (10, 31), (12, 23))
        ]
    ),
    st.integers(0, 3 * 24 * 60),
)


@given(base=moments, number=st.integers(1, 40), zone=st.sampled_from(ZONES), before=st.booleans())
def test_days_keep_the_time_of_day(base: datetime, number: int, zone: str, before: bool) -> None:
    """The clock shows the same time, or the end of the gap in which it would lie."""
    moment = shifted(base, Wait.parse(f"{number} days"), before=before, zone=zone, country=None)
    wall, reached = base.astimezone(ZoneInfo(zone)), moment.astimezone(ZoneInfo(zone))
    assert reached.date() - wall.date() == timedelta(days=-number if before else number)
    just_before = (moment - timedelta(microseconds=1)).astimezone(ZoneInfo(zone))
    skipped = (
        just_before.time() < wall.time() < reached.time() and just_before.utcoffset() != reached.utcoffset()
    )
    assert reached.fold == 0
    assert reached.time() == wall.time().replace(fold=0) or skipped


@given(base=moments, number=st.integers(1, 10), zone=st.sampled_from(ZONES))
def test_business_days_agree_with_a_walk_over_midnights(base: datetime, number: int, zone: str) -> None:
    """The n-th business day begins at the n-th midnight, counted one by one, that begins a business day."""
    local = base.astimezone(ZoneInfo(zone))
    day, left = local.date(), number
    while left:
        day += timedelta(days=1)
        left -= is_business_day(day, "US")
    moment = shifted(base, Wait.parse(f"{number} business days"), zone=zone, country="US")
    assert moment.astimezone(ZoneInfo(zone)) == datetime.combine(day, time.min, ZoneInfo(zone))
    assert isinstance(day, date)
