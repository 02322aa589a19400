"""Business days: Monday to Friday without the public holidays of a country."""

from datetime import date, timedelta
from functools import cache, lru_cache

from holidays import country_holidays, list_supported_countries

_SATURDAY = 5


@lru_cache(maxsize=65_536)
def is_business_day(day: date, country: str | None) -> bool:
    """Say whether people work on a day in a country (ISO 3166-1 alpha-2).

    Without a country, or in one whose holidays are not known, every day from Monday to Friday is one.
    """
    return day.weekday() < _SATURDAY and not (country and day in _holidays(country, day.year))


@lru_cache(maxsize=65_536)
def business_day(day: date, count: int, country: str | None) -> date:
    """Return the business day that is so many after a day (before it, when negative); `count` is not 0."""
    step = timedelta(days=1 if count > 0 else -1)
    for _ in range(abs(count)):
        day += step
        while not is_business_day(day, country):
            day += step
    return day


@lru_cache(maxsize=64)
def closed_countries(day: date) -> frozenset[str]:
    """Return the countries that have a public holiday on a day; each new year takes 0.2 s."""
    return frozenset(country for country in _countries() if day in _holidays(country, day.year))


@cache
def _countries() -> tuple[str, ...]:
    return tuple(sorted(list_supported_countries(include_aliases=False)))


@lru_cache(maxsize=4_096)
def _holidays(country: str, year: int) -> frozenset[date]:
    if country not in _countries():
        return frozenset()
    return frozenset(country_holidays(country, years=year))
