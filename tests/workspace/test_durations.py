"""Lengths of time, caps and hours are written as people say them."""

import re
from datetime import time, timedelta

import pytest

from aftershow.workspace.times.durations import ALL_DAY, Cap, Duration, Hours, Unit, Wait


@pytest.mark.parametrize(
    ("text", "seconds", "said"),
    [
        ("30 minutes", 1800, "30 minutes"),
        ("1 minute", 60, "1 minute"),
        ("4 hours", 14_400, "4 hours"),
        ("2 days", 172_800, "2 days"),
        ("14  days", 1_209_600, "2 weeks"),
        ("1 week", 604_800, "1 week"),
        ("3652 days", 315_532_800, "3652 days"),
        ("0", 0, "0"),
        (0, 0, "0"),
        ("0 days", 0, "0"),
    ],
)
def test_a_duration_is_a_number_and_a_unit(text: object, seconds: int, said: str) -> None:
    """A length of time is read in seconds, and said again in its largest unit."""
    duration = Duration.parse(text)
    assert (duration.seconds, duration.delta, str(duration)) == (seconds, timedelta(seconds=seconds), said)


@pytest.mark.parametrize(
    "text",
    ["2 business days", "2", "days", "-2 days", "1.5 hours", "2 months", "two days", "2days", "", "٢ days"],
)
def test_another_wording_says_which_units_there_are(text: str) -> None:
    """What is not understood is answered with an example and the units."""
    with pytest.raises(ValueError, match=r"^expected a length of time such as `2 days`, found") as caught:
        Duration.parse(text)
    assert str(caught.value).endswith("write a whole number and minutes, hours, days or weeks")


@pytest.mark.parametrize(
    ("value", "shown"), [(2, "the number 2"), (True, "`true`"), (False, "`false`"), (None, "nothing")]
)
def test_a_duration_is_text(value: object, shown: str) -> None:
    """A bare number has no unit, and is not guessed."""
    with pytest.raises(ValueError, match=re.escape(f"found {shown}: write")):
        Duration.parse(value)


def test_a_duration_ends_at_ten_years() -> None:
    """A slip of the keyboard does not plan a message for the year 4000."""
    with pytest.raises(ValueError, match=r"^expected a length of time below ten years, found `999999"):
        Duration.parse("999999 weeks")


@pytest.mark.parametrize(
    ("text", "count", "unit", "said"),
    [
        ("30 minutes", 30, Unit.MINUTE, "30 minutes"),
        ("4  hours", 4, Unit.HOUR, "4 hours"),
        ("2 days", 2, Unit.DAY, "2 days"),
        ("14 days", 14, Unit.DAY, "14 days"),
        ("day", 1, Unit.DAY, "1 day"),
        ("week", 1, Unit.WEEK, "1 week"),
        ("month", 1, Unit.MONTH, "1 month"),
        ("6 months", 6, Unit.MONTH, "6 months"),
        ("1 business day", 1, Unit.BUSINESS_DAY, "1 business day"),
        ("2 business days", 2, Unit.BUSINESS_DAY, "2 business days"),
        ("0", 0, Unit.MINUTE, "0"),
        (0, 0, Unit.MINUTE, "0"),
        ("0 business days", 0, Unit.BUSINESS_DAY, "0"),
        ("120 months", 120, Unit.MONTH, "120 months"),
    ],
)
def test_a_wait_keeps_its_unit(text: object, count: int, unit: Unit, said: str) -> None:
    """A wait is not turned into seconds: only a calendar knows how long a month is."""
    wait = Wait.parse(text)
    assert (wait, str(wait)) == (Wait(count=count, unit=unit), said)


@pytest.mark.parametrize(
    "text", ["2", "days", "-2 days", "1.5 hours", "2 busy days", "1 year", "", 2, True, None]
)
def test_another_wait_is_refused(text: object) -> None:
    """What is not understood is answered with examples and the units."""
    with pytest.raises(
        ValueError, match=r"^expected a wait such as `2 days` or `1 business day`, found"
    ) as caught:
        Wait.parse(text)
    assert str(caught.value).endswith(
        "write a whole number and minutes, hours, days, business days, weeks or months"
    )


@pytest.mark.parametrize(
    "text", ["999999 hours", "3654 days", "522 weeks", "121 months", "2610 business days"]
)
def test_a_wait_ends_at_ten_years(text: str) -> None:
    """A slip of the keyboard does not plan a message for the year 4000."""
    with pytest.raises(ValueError, match=r"^expected a wait below ten years, found"):
        Wait.parse(text)


def test_only_minutes_and_hours_are_exact() -> None:
    """A clock change makes a day longer or shorter, and leaves an hour alone."""
    exact = [
        text for text in ("0 days", "5 minutes", "1 hour", "1 day", "1 week") if Wait.parse(text).is_exact
    ]
    assert exact == ["0 days", "5 minutes", "1 hour"]


@pytest.mark.parametrize(
    ("text", "count", "per", "said"),
    [
        ("2 per 7 days", 2, timedelta(days=7), "2 per 1 week"),
        ("1 per 4 hours", 1, timedelta(hours=4), "1 per 4 hours"),
        ("3 per week", 3, timedelta(days=7), "3 per 1 week"),
    ],
)
def test_a_cap_is_a_count_per_length_of_time(text: str, count: int, per: timedelta, said: str) -> None:
    """A cap keeps its count and its length of time."""
    cap = Cap.parse(text)
    assert (cap.count, cap.per, str(cap)) == (count, per, said)


@pytest.mark.parametrize(
    "text", ["2", "2 per", "0 per 7 days", "-1 per day", "2 in 7 days", "2 per 7", "2 per 0", 2, None]
)
def test_another_cap_is_refused(text: object) -> None:
    """What is not a count per length of time is answered with an example."""
    with pytest.raises(ValueError, match=r"^expected a limit such as `2 per 7 days`, found"):
        Cap.parse(text)


@pytest.mark.parametrize(
    ("text", "said", "inside", "outside"),
    [
        ("8:00-21:00", "08:00-21:00", ["8:00", "20:59"], ["7:59", "21:00", "0:00"]),
        ("21:30 - 6:00", "21:30-06:00", ["21:30", "23:59", "0:00", "5:59"], ["6:00", "12:00", "21:29"]),
        ("18:00-24:00", "18:00-24:00", ["18:00", "23:59"], ["0:00", "17:59"]),
        ("0:00-24:00", "00:00-24:00", ["0:00", "12:00", "23:59"], []),
    ],
)
def test_hours_hold_from_their_start_up_to_their_end(
    text: str, said: str, inside: list[str], outside: list[str]
) -> None:
    """The start belongs to the hours, the end does not, and hours may go past midnight."""
    hours = Hours.parse(text)
    assert str(hours) == said
    assert [moment for moment in inside + outside if hours.contains(_time(moment))] == inside


@pytest.mark.parametrize(
    "text",
    [
        "8-21",
        "8:00",
        "8:00-8:00",
        "25:00-3:00",
        "24:00-3:00",
        "8:60-9:00",
        "8:00-24:01",
        "8:00-21:00h",
        8,
        None,
    ],
)
def test_other_hours_are_refused(text: object) -> None:
    """What is not two times of a day is answered with an example."""
    with pytest.raises(ValueError, match=r"^expected hours of the day such as `8:00-21:00`, found"):
        Hours.parse(text)


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ("9:00-17:00", "8:00-21:00", True),
        ("9:00-17:00", "17:00-21:00", False),
        ("22:00-6:00", "5:59-21:00", True),
        ("22:00-6:00", "6:00-22:00", False),
        ("22:00-6:00", "23:00-2:00", True),
        ("3:00-4:00", "0:00-24:00", True),
    ],
)
def test_hours_overlap_when_a_time_lies_in_both(one: str, other: str, expected: bool) -> None:
    """Two hours have a time in common, or not, whichever is asked."""
    first, second = Hours.parse(one), Hours.parse(other)
    assert (first.overlaps(second), second.overlaps(first)) == (expected, expected)


def test_all_day_excludes_nothing() -> None:
    """Who names no hours is open at every minute."""
    assert Hours.parse("0:00-24:00") == ALL_DAY


def _time(text: str) -> time:
    hour, minute = text.split(":")
    return time(int(hour), int(minute))
