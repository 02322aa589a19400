"""Clocks on the wall are changed twice a year, and every time on them still means one moment."""

from datetime import UTC, date, datetime, time

import pytest

from aftershow.workspace.times.clocks import all_zones, country_zones, first_moment, known_countries, turns


@pytest.mark.parametrize(
    ("zone", "day", "at", "expected"),
    [
        ("America/Chicago", date(2026, 7, 1), time(9), "2026-07-01T14:00Z"),
        ("America/Chicago", date(2026, 3, 8), time(2, 30), "2026-03-08T08:00Z"),
        ("America/Chicago", date(2026, 3, 8), time(2), "2026-03-08T08:00Z"),
        ("America/Chicago", date(2026, 3, 8), time(3), "2026-03-08T08:00Z"),
        ("America/Chicago", date(2026, 11, 1), time(1, 30), "2026-11-01T06:30Z"),
        ("America/Chicago", date(2026, 11, 1), time(2), "2026-11-01T08:00Z"),
        ("Europe/Berlin", date(2026, 3, 29), time(2, 59, 59, 999999), "2026-03-29T01:00Z"),
        ("Australia/Sydney", date(2026, 4, 5), time(2, 30), "2026-04-04T15:30Z"),
        # Here the day itself begins at 1:00.
        ("America/Santiago", date(2026, 9, 6), time(0), "2026-09-06T04:00Z"),
    ],
)
def test_a_time_on_the_wall_is_one_moment(zone: str, day: date, at: time, expected: str) -> None:
    """Of a time shown twice the first counts; for one that is skipped, the moment right after."""
    assert first_moment(day, at, zone) == datetime.fromisoformat(expected)


def test_the_pass_in_which_a_time_was_read_does_not_matter() -> None:
    """A time taken from the second pass of a repeated hour still means the first."""
    second = time(1, 30, fold=1)
    expected = datetime(2027, 11, 7, 6, 30, tzinfo=UTC)
    assert first_moment(date(2027, 11, 7), second, "America/Chicago") == expected


def test_turns_are_the_times_and_the_changes_of_a_day() -> None:
    """On a plain day a clock shows a time once; in autumn perhaps twice, and the change itself counts."""
    assert turns(date(2026, 7, 1), time(9), "America/Chicago") == {datetime(2026, 7, 1, 14, tzinfo=UTC)}
    assert turns(date(2026, 11, 1), time(1, 30), "America/Chicago") == {
        datetime(2026, 11, 1, 6, 30, tzinfo=UTC),
        datetime(2026, 11, 1, 7, tzinfo=UTC),
        datetime(2026, 11, 1, 7, 30, tzinfo=UTC),
    }


def test_every_zone_of_every_country_is_known() -> None:
    """Zones of countries and zones of the world come from two places, and agree."""
    named = {zone for country in known_countries() for zone in country_zones(country)}
    assert named <= set(all_zones())
    assert len(known_countries()) > 200
    assert country_zones("GB") == ("Europe/London",)
    assert country_zones("XX") == ()
