"""A message goes when the window and the channel's hours are open, wherever the person may be."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aftershow.workspace.times.durations import ALL_DAY, Hours
from aftershow.workspace.times.openings import NeverOpen, Opening
from aftershow.workspace.times.windows import Days, SendWindow

CHICAGO, BERLIN, SYDNEY, NEW_YORK = "America/Chicago", "Europe/Berlin", "Australia/Sydney", "America/New_York"
MINUTE = timedelta(minutes=1)


def _opening(
    days: str = "daily", hours: str = "0:00-24:00", channel: str = "0:00-24:00", **where: str
) -> Opening:
    return Opening(
        days=Days.parse(days), hours=Hours.parse(hours), channel_hours=Hours.parse(channel), **where
    )


@pytest.mark.parametrize(
    ("opening", "moment", "zones", "expected"),
    [
        (_opening("mon-fri", "9:00-17:00"), "2026-11-20T09:00-06:00", [CHICAGO], True),
        (_opening("mon-fri", "9:00-17:00"), "2026-11-20T17:00-06:00", [CHICAGO], False),
        (_opening("mon-fri", "9:00-17:00"), "2026-11-21T10:00-06:00", [CHICAGO], False),
        # Thanksgiving
        (_opening("business days", "9:00-17:00"), "2026-11-26T10:00-06:00", [CHICAGO], False),
        (_opening("mon-fri", "9:00-17:00"), "2026-11-26T10:00-06:00", [CHICAGO], True),
        (_opening("mon-fri", "9:00-17:00", "10:00-21:00"), "2026-11-20T09:30-06:00", [CHICAGO], False),
        # 16:30 in Chicago is 17:30 in New York.
        (_opening("mon-fri", "9:00-17:00"), "2026-11-20T16:30-06:00", [CHICAGO, NEW_YORK], False),
        (_opening("mon-fri", "9:00-17:00"), "2026-11-20T15:30-06:00", [CHICAGO, NEW_YORK], True),
        # The night from Friday to Saturday is Friday's; the one from Sunday to Monday is Sunday's.
        (_opening("mon-fri", "21:00-6:00"), "2026-11-21T05:59-06:00", [CHICAGO], True),
        (_opening("mon-fri", "21:00-6:00"), "2026-11-23T05:59-06:00", [CHICAGO], False),
        # The window by the show's clock, the channel by the person's.
        (_opening("mon-fri", "9:00-17:00", zone=BERLIN), "2026-11-20T10:00+01:00", [CHICAGO], True),
        (
            _opening("mon-fri", "9:00-17:00", "8:00-21:00", zone=BERLIN),
            "2026-11-20T10:00+01:00",
            [CHICAGO],
            False,
        ),
        (
            _opening("mon-fri", "9:00-17:00", "8:00-21:00", zone=BERLIN),
            "2026-11-20T16:00+01:00",
            [CHICAGO],
            True,
        ),
        (_opening("business days", zone=BERLIN, country="DE"), "2026-11-26T12:00+01:00", [CHICAGO], True),
        (_opening("business days", zone=CHICAGO, country="US"), "2026-11-26T12:00-06:00", [BERLIN], False),
    ],
)
def test_an_opening_is_open_when_everything_holds(
    opening: Opening, moment: str, zones: list[str], expected: bool
) -> None:
    """Days, hours and the channel's hours must hold in all zones, for a person in the United States."""
    assert opening.is_open(datetime.fromisoformat(moment), tuple(zones), "US") is expected


@pytest.mark.parametrize(
    ("opening", "moment", "zones", "expected"),
    [
        (_opening("mon-fri", "9:00-17:00"), "2026-11-20T10:00-06:00", [CHICAGO], "2026-11-20T10:00-06:00"),
        (_opening("mon-fri", "9:00-17:00"), "2026-11-20T17:00-06:00", [CHICAGO], "2026-11-23T09:00-06:00"),
        (_opening("business days"), "2026-11-25T23:59-06:00", [CHICAGO], "2026-11-25T23:59-06:00"),
        (_opening("business days"), "2026-11-26T00:00-06:00", [CHICAGO], "2026-11-27T00:00-06:00"),
        (
            _opening("mon-fri", "9:00-17:00"),
            "2026-11-20T07:00-06:00",
            [CHICAGO, NEW_YORK],
            "2026-11-20T09:00-06:00",
        ),
        (
            _opening("daily", "9:00-17:00", zone=BERLIN),
            "2026-11-20T18:00+01:00",
            [CHICAGO],
            "2026-11-21T09:00+01:00",
        ),
        (
            _opening("daily", "9:00-17:00", "8:00-21:00", zone=BERLIN),
            "2026-11-20T18:00+01:00",
            [CHICAGO],
            "2026-11-21T08:00-06:00",
        ),
        # Hours that begin in the gap begin right after it; on the day without them at all, the day after.
        (_opening("daily", "2:30-5:00"), "2026-03-08T00:00-06:00", [CHICAGO], "2026-03-08T03:00-05:00"),
        (_opening("daily", "2:15-2:45"), "2026-03-08T00:00-06:00", [CHICAGO], "2026-03-09T02:15-05:00"),
        # Hours that end in the repeated hour are open again when the clock goes back into them.
        (_opening("daily", "0:00-1:30"), "2026-11-01T01:45-05:00", [CHICAGO], "2026-11-01T01:00-06:00"),
    ],
)
def test_a_closed_opening_opens_at_a_moment(
    opening: Opening, moment: str, zones: list[str], expected: str
) -> None:
    """What is open stays where it is; what is closed goes to the next moment at which all is open."""
    assert opening.next(datetime.fromisoformat(moment), tuple(zones), "US") == datetime.fromisoformat(
        expected
    )


def test_hours_without_a_common_minute_never_open() -> None:
    """A window outside the channel's hours is a mistake that a check can name."""
    opening = _opening("daily", "6:00-8:00", "8:00-21:00")
    assert opening.never_opens
    assert not _opening("daily", "6:00-8:01", "8:00-21:00").never_opens
    with pytest.raises(NeverOpen, match="never open"):
        opening.next(datetime(2026, 11, 20, tzinfo=UTC), (CHICAGO,), "US")


def test_zones_too_far_apart_never_open() -> None:
    """When nine to five is never at once in both, the answer is an error and not a wrong hour."""
    opening = _opening("mon-fri", "9:00-17:00")
    assert not opening.never_opens
    with pytest.raises(NeverOpen):
        opening.next(datetime(2026, 11, 20, tzinfo=UTC), (BERLIN, "Pacific/Honolulu"), None)


def test_an_opening_is_made_of_a_window_and_the_hours_of_a_channel() -> None:
    """Only a window that goes by the show's clock takes the show's zone and country."""
    by_contact = SendWindow(days=Days.parse("mon-fri"))
    assert Opening.of(by_contact, None, show_zone=BERLIN, show_country="DE") == Opening(
        days=Days.parse("mon-fri")
    )
    by_show = SendWindow.model_validate({"in": "show"})
    hours = Hours.parse("8:00-21:00")
    assert Opening.of(by_show, hours, show_zone=BERLIN, show_country="DE") == Opening(
        hours=ALL_DAY, channel_hours=hours, zone=BERLIN, country="DE"
    )
    with pytest.raises(ValueError, match="`in: show` needs a show"):
        Opening.of(by_show, hours)


hours = st.builds(
    lambda start, end: f"{start // 60}:{start % 60:02}-{end // 60}:{end % 60:02}",
    st.integers(0, 1439),
    st.integers(0, 1440),
).filter(lambda text: text.split("-")[0] != text.split("-")[1])
openings = st.builds(
    _opening,
    days=st.sampled_from(["daily", "mon-fri", "business days", "sat, sun", "wed"]),
    hours=st.one_of(st.just("0:00-24:00"), st.just("1:15-2:45"), hours),
    channel=st.one_of(st.just("0:00-24:00"), st.just("8:00-21:00"), hours),
)
#: Around changes of the clocks, and before holidays.
moments = st.builds(
    lambda start, minutes: start + timedelta(minutes=minutes),
    st.sampled_from(
        [
            datetime(2026, month, day, tzinfo=UTC)
            for month, day in ((3, 7), (3, 28), (4, 4), (10, 3), (10, 24), (10, 31), (11, 25), (12, 24))
        ]
    ),
    st.integers(0, 2 * 24 * 60),
)
places = st.sampled_from([(CHICAGO,), (BERLIN,), (SYDNEY,), ("Asia/Kolkata",), (CHICAGO, NEW_YORK)])


@settings(max_examples=150)
@given(opening=openings, moment=moments, zones=places)
def test_the_next_moment_is_the_first_open_minute(
    opening: Opening, moment: datetime, zones: tuple[str, ...]
) -> None:
    """It is what somebody finds who tries one minute after the other."""
    try:
        following = opening.next(moment, zones, "US")
    except NeverOpen:
        following = moment + 3000 * MINUTE
    tried = min(int((following - moment) / MINUTE), 3000)
    assert not any(opening.is_open(moment + minute * MINUTE, zones, "US") for minute in range(tried))
    assert following == moment or tried == 3000 or opening.is_open(following, zones, "US")


@settings(max_examples=100)
@given(opening=openings, moment=moments, zones=places)
def test_what_is_said_to_be_open_is_open(opening: Opening, moment: datetime, zones: tuple[str, ...]) -> None:
    """The next moment is open, not before the moment asked for, and its own next."""
    if opening.never_opens:
        return
    try:
        following = opening.next(moment, zones, "US")
    except NeverOpen:
        assert len(zones) > 1
        return
    assert following >= moment
    assert opening.is_open(following, zones, "US")
    assert opening.next(following, zones, "US") == following
