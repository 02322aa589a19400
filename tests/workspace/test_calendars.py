"""Business days are Monday to Friday without the public holidays of a country."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aftershow.workspace.times.calendars import business_day, closed_countries, is_business_day

FRIDAY = date(2026, 11, 20)


@pytest.mark.parametrize(
    ("day", "country", "expected"),
    [
        (FRIDAY, "US", True),
        (date(2026, 11, 21), "US", False),
        (date(2026, 11, 22), "US", False),
        (date(2026, 11, 26), "US", False),
        (date(2026, 11, 26), "DE", True),
        (date(2026, 11, 26), None, True),
        (date(2026, 10, 3), "DE", False),
        # In 2026 the 4th of July is a Saturday; people have the Friday off.
        (date(2026, 7, 3), "US", False),
        (date(2026, 12, 25), None, True),
        (date(2026, 12, 25), "ZZ", True),
    ],
)
def test_a_business_day_is_no_weekend_and_no_holiday(day: date, country: str | None, expected: bool) -> None:
    """Holidays are those of the country; where none are known, Monday to Friday counts."""
    assert is_business_day(day, country) is expected


@pytest.mark.parametrize(
    ("day", "count", "country", "expected"),
    [
        (FRIDAY, 1, "US", date(2026, 11, 23)),
        (date(2026, 11, 21), 1, "US", date(2026, 11, 23)),
        (date(2026, 11, 25), 1, "US", date(2026, 11, 27)),
        (date(2026, 11, 25), 1, "DE", date(2026, 11, 26)),
        (date(2026, 11, 23), -1, "US", FRIDAY),
        (date(2026, 11, 22), -1, "US", FRIDAY),
        (date(2026, 12, 31), 1, "DE", date(2027, 1, 4)),
    ],
)
def test_business_days_are_counted_over_weekends_and_holidays(
    day: date, count: int, country: str, expected: date
) -> None:
    """One business day after Friday is Monday, and one before Monday is Friday."""
    assert business_day(day, count, country) == expected


@given(
    day=st.dates(date(2025, 1, 1), date(2028, 12, 31)),
    count=st.integers(-30, 30).filter(bool),
    country=st.sampled_from(["US", "DE", "AU", "JP", None]),
)
def test_business_days_agree_with_counting_on_fingers(day: date, count: int, country: str | None) -> None:
    """Between a day and its n-th business day lie exactly n - 1 others."""
    reached = business_day(day, count, country)
    step = timedelta(days=1 if count > 0 else -1)
    walked = [day + step * number for number in range(1, abs((reached - day).days) + 1)]
    assert sum(is_business_day(one, country) for one in walked) == abs(count)
    assert is_business_day(reached, country)


def test_a_holiday_closes_the_countries_that_have_it() -> None:
    """On Thanksgiving the United States are closed, and Germany is not."""
    closed = closed_countries(date(2026, 11, 26))
    assert ("US" in closed, "DE" in closed) == (True, False)
    assert {"US", "DE", "GB", "FR"} <= closed_countries(date(2026, 12, 25))
