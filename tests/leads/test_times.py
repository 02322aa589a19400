"""When a lead was captured, in the ways in which exports write it."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from aftershow.leads.times import read_moment

CHICAGO, BERLIN = ZoneInfo("America/Chicago"), ZoneInfo("Europe/Berlin")


@pytest.mark.parametrize(
    ("day", "clock"),
    [
        ("9/15/2026", "2:05 PM"),
        ("09/15/26", "14:05"),
        ("15.09.2026", "14:05:00"),
        ("15/9/2026", "14h05"),
        ("2026-09-15", "14:05:00"),
        ("2026-09-15T00:00:00", "14:05:00"),
        ("2026-09-15 00:00:00", "1899-12-31T14:05:00"),
        ("2026-09-15 14:05", ""),
        ("2026-09-15T19:05:00.000Z", ""),
        ("2026-09-15T14:05:00-0500", ""),
        ("2026-09-15 19:05 UTC", ""),
        ("2026/09/15 2:05 p.m.", ""),
        ("15-Sep-2026 14:05", ""),
        ("Sep 15, 2026 2:05:00 PM", ""),
        ("Tue, 15 Sep 2026", "14:05"),
        ("15. September 2026, 14:05", ""),
        ("46280", "0.58680556"),
        ("46280.58680556", ""),
    ],
)
def test_the_same_moment(day: str, clock: str) -> None:
    """All of these are five past two in Chicago, on 15 September 2026."""
    moment = read_moment(day, clock, zone=CHICAGO, day_first=False)
    assert moment == datetime(2026, 9, 15, 14, 5, tzinfo=CHICAGO)


@pytest.mark.parametrize(
    ("day_first", "iso"), [(True, "2026-04-03T00:00:00"), (False, "2026-03-04T00:00:00"), (None, None)]
)
def test_day_and_month(day_first: bool | None, iso: str | None) -> None:
    """03/04/2026 is read as the show says, and not at all when it doesn't; a day alone begins at midnight."""
    moment = read_moment("03/04/2026", "", zone=BERLIN, day_first=day_first)
    assert moment == (None if iso is None else datetime.fromisoformat(iso).replace(tzinfo=BERLIN))


@pytest.mark.parametrize(
    ("text", "zone", "offset_hours"),
    [
        ("2026-10-25 02:30", BERLIN, 2),
        ("11/1/2026 1:30 AM", CHICAGO, -5),
        ("2026-10-25T01:30:00Z", BERLIN, 0),
        ("2026-10-25T02:30:00+01:00", BERLIN, 1),
    ],
)
def test_the_repeated_hour(text: str, zone: ZoneInfo, offset_hours: int) -> None:
    """Of the hour that a clock change repeats the first is meant, unless the file gives the offset."""
    moment = read_moment(text, "", zone=zone, day_first=False)
    assert moment is not None
    offset = moment.utcoffset()
    assert offset is not None
    assert offset.total_seconds() == offset_hours * 3_600


@pytest.mark.parametrize(
    ("day", "clock"),
    [
        ("yesterday", ""),
        ("", "14:05"),
        ("2026-09-15", "25:00"),
        ("2026-09-15", "noon"),
        ("32/13/2026", ""),
        ("0001-01-01", ""),
        ("9/15", ""),
        ("15 Foo 2026", ""),
        ("5.55E+09", ""),
    ],
)
def test_no_moment(day: str, clock: str) -> None:
    """What is no moment, or none of our time, is not guessed."""
    assert read_moment(day, clock, zone=CHICAGO, day_first=False) is None
