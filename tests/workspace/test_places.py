"""Where it is open now is found for all the people of a set at once."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st

from aftershow.workspace.times.clocks import all_zones
from aftershow.workspace.times.durations import Hours
from aftershow.workspace.times.openings import Opening
from aftershow.workspace.times.places import open_places
from aftershow.workspace.times.windows import Days

CHICAGO, BERLIN, NEW_YORK = "America/Chicago", "Europe/Berlin", "America/New_York"
OFFICE = Opening(days=Days.parse("business days"), hours=Hours.parse("9:00-17:00"))
#: On Thanksgiving it is ten in Chicago, eleven in New York and five in Berlin.
THANKSGIVING = datetime(2026, 11, 26, 16, tzinfo=UTC)


def test_a_holiday_closes_a_country_and_not_a_zone() -> None:
    """A Canadian in Chicago's zone has no Thanksgiving in November."""
    places = open_places(OFFICE, THANKSGIVING)
    assert [places.open_for(CHICAGO, country) for country in ("US", "CA", None)] == [False, True, True]
    assert not places.open_for(BERLIN, "DE")


def test_who_may_be_in_several_zones_is_reached_when_all_are_open() -> None:
    """At four in Chicago it is five in New York, and closed for who may be there."""
    places = open_places(OFFICE, datetime(2026, 11, 24, 22, tzinfo=UTC))
    assert places.open_for(CHICAGO, "US")
    assert not places.open_for(f"{CHICAGO} {NEW_YORK}", "US")
    assert not places.open_for(CHICAGO + " Not/AZone", "US")


def test_a_holiday_in_one_of_several_zones_closes() -> None:
    """It is Christmas in Auckland and the 24th in Hawaii: closed for who may be in either."""
    always = Opening(days=Days.parse("business days"))
    places = open_places(always, datetime(2026, 12, 24, 22, tzinfo=UTC))
    auckland, hawaii = "Pacific/Auckland", "Pacific/Honolulu"
    assert len(places.groups) == 2
    found = [places.open_for(text, "US") for text in (auckland, hawaii, f"{auckland} {hawaii}")]
    assert found == [False, True, False]


def test_texts_of_zones_come_in_groups() -> None:
    """Of the texts in a column those that are open are left, with the countries closed there."""
    texts = [CHICAGO, f"{CHICAGO} {NEW_YORK}", f"{BERLIN} {CHICAGO}"]
    (group,) = open_places(OFFICE, THANKSGIVING).grouped(texts)
    assert group.zones == {CHICAGO, f"{CHICAGO} {NEW_YORK}"}
    assert "US" in group.closed


def test_a_country_is_open_when_all_its_zones_are() -> None:
    """Of someone in the United States, no more is known: nine to five holds from Hawaii to New York."""
    noon = datetime(2026, 11, 24, 21, tzinfo=UTC)
    assert "US" in open_places(OFFICE, noon).countries()
    assert "US" not in open_places(OFFICE, noon + timedelta(hours=2)).countries()
    assert "US" not in open_places(OFFICE, noon + timedelta(days=2)).countries()


def test_a_window_by_the_clock_of_the_show_is_open_or_closed_for_all() -> None:
    """Then only the channel's hours ask where the person is, and only the show's holidays count."""
    by_show = Opening(
        days=Days.parse("business days"),
        hours=Hours.parse("9:00-17:00"),
        channel_hours=Hours.parse("8:00-21:00"),
        zone=BERLIN,
        country="DE",
    )
    places = open_places(by_show, datetime(2026, 11, 26, 15, tzinfo=UTC))
    assert [places.open_for(zone, "US") for zone in (CHICAGO, BERLIN, "Asia/Tokyo")] == [True, True, False]
    assert open_places(by_show, THANKSGIVING).groups == ()


def test_the_two_passes_of_a_repeated_hour_are_told_apart() -> None:
    """Asked by a clock that shows half past one twice, the answer is that of the moment."""
    morning = Opening(hours=Hours.parse("7:30-8:00"))
    wall = datetime(2026, 11, 1, 1, 30, tzinfo=ZoneInfo(CHICAGO))
    found = [open_places(morning, wall.replace(fold=fold)).open_for("UTC", None) for fold in (0, 1)]
    assert found == [False, True]


@settings(max_examples=25)
@given(
    minutes=st.integers(0, 365 * 24 * 60),
    days=st.sampled_from(["daily", "mon-fri", "business days"]),
    hours=st.sampled_from(["9:00-17:00", "21:00-6:00", "0:00-24:00"]),
    country=st.sampled_from(["US", "DE", "JP", None]),
)
def test_places_agree_with_the_opening(minutes: int, days: str, hours: str, country: str | None) -> None:
    """For every zone on earth, the set says what the opening says for one person."""
    now = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)
    opening = Opening(
        days=Days.parse(days), hours=Hours.parse(hours), channel_hours=Hours.parse("8:00-21:00")
    )
    places = open_places(opening, now)
    assert len(places.groups) <= 3
    for zone in all_zones():
        assert places.open_for(zone, country) is opening.is_open(now, (zone,), country)
