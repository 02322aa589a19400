"""Clocks on the wall: the moments at which they show a time, and the zones that countries have."""

from datetime import UTC, date, datetime, time, timedelta
from functools import cache, lru_cache
from zoneinfo import ZoneInfo, available_timezones

from babel.core import get_global

_DAY = timedelta(days=1)


@cache
def zone_of(name: str) -> ZoneInfo:
    """Return a time zone by its IANA name. Raises ZoneInfoNotFoundError (a KeyError) when there is none."""
    # Held here: zoneinfo itself keeps only a few, and reading six hundred files takes a tenth of a second.
    return ZoneInfo(name)


@cache
def all_zones() -> tuple[str, ...]:
    """Return the names of all time zones that a place may have, sorted."""
    # "localtime" is the machine's zone, not a place's.
    return tuple(sorted(available_timezones() - {"localtime"}))


def country_zones(country: str) -> tuple[str, ...]:
    """Return the time zones of a country (ISO 3166-1 alpha-2), in no useful order; () if unknown."""
    return _zones().get(country, ())


def known_countries() -> tuple[str, ...]:
    """Return the countries (ISO 3166-1 alpha-2) whose zones are known, sorted."""
    return tuple(sorted(_zones()))


@cache
def _zones() -> dict[str, tuple[str, ...]]:
    zones = get_global("territory_zones").items()
    # The world (001) and nowhere (ZZ) have zones of their own.
    return {country: tuple(names) for country, names in zones if country not in ("001", "ZZ")}


@lru_cache(maxsize=65_536)
def first_moment(day: date, at: time, zone: str) -> datetime:
    """Return the moment, in UTC, at which the clocks of a zone first show a time on a day.

    A time that a clock change skips stands for the moment right after the change.
    """
    wall = datetime.combine(day, at.replace(fold=0), zone_of(zone))
    moment = wall.astimezone(UTC)
    if moment.astimezone(zone_of(zone)).replace(tzinfo=None) == wall.replace(tzinfo=None):
        return moment
    return _change(wall.replace(fold=1).astimezone(UTC), moment, zone)


@lru_cache(maxsize=65_536)
def turns(day: date, at: time, zone: str) -> frozenset[datetime]:
    """Return the moments of a day, in UTC, when clocks show a time (twice, in autumn) or are changed.

    Whether a clock is within hours that begin at this time can turn to yes at no other moment of the day.
    """
    wall = datetime.combine(day, at, zone_of(zone))
    shown = {wall.astimezone(UTC), wall.replace(fold=1).astimezone(UTC)}
    start, end = (
        datetime.combine(midnight, time.min, zone_of(zone)).astimezone(UTC) for midnight in (day, day + _DAY)
    )
    changed = {_change(start, end, zone)} if _offset(start, zone) != _offset(end, zone) else set()
    return frozenset(shown | changed)


def _change(start: datetime, end: datetime, zone: str) -> datetime:
    """Return the moment of the only clock change that lies after `start` and not after `end`."""
    before = _offset(start, zone)
    seconds, start = int((end - start).total_seconds()), start.replace(microsecond=0)
    low, high = 0, seconds
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (
            (middle, high) if _offset(start + timedelta(seconds=middle), zone) == before else (low, middle)
        )
    return start + timedelta(seconds=high)


def _offset(moment: datetime, zone: str) -> timedelta | None:
    return moment.astimezone(zone_of(zone)).utcoffset()
