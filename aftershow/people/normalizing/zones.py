"""Where a person's clock may stand: what the address allows and what the phone number allows."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from functools import lru_cache

from aftershow.people.normalizing.phones import zones_of_phone
from aftershow.people.normalizing.places import zones_of_address
from aftershow.workspace.times.clocks import country_zones, zone_of


def likely_zones(country: str | None, state: str | None, phone: str | None, *, year: int) -> tuple[str, ...]:
    """Return the IANA zones in which a person may be, sorted, one for each clock; () if none are known.

    `country` is ISO 3166-1 alpha-2, `state` as `places` has it, `phone` in E.164. Zones whose clocks agree
    through the whole year are one. Only what address and phone both allow counts. Where they contradict each
    other, a phone that points to one clock adds it, since the person may be at either; any other counts for
    nothing.
    """
    return _likely(country, state, zones_of_phone(phone) if phone else (), year)


def zones_of(
    timezone: str | None, possible: str | None, country: str | None, *, home: str
) -> tuple[str, ...]:
    """Return the zones that count for a contact, at least one: by the columns, or its country's, or our own.

    `possible` are names joined by spaces; `home` is the zone of the workspace.
    """
    return tuple((timezone or possible or "").split()) or country_zones(country or "") or (home,)


@lru_cache(maxsize=65_536)
def _likely(country: str | None, state: str | None, called: tuple[str, ...], year: int) -> tuple[str, ...]:
    address = zones_of_address(country, state)
    clocks = {_clock(zone, year) for zone in called}
    # A name that stands in both lists is the one that people know.
    both = [zone for zone in called if zone in address]
    both += [zone for zone in address if _clock(zone, year) in clocks]
    if both or not address or len(clocks) == 1:
        return _by_clock(both or (*address, *called), year)
    return _by_clock(address, year)


def _by_clock(zones: Iterable[str], year: int) -> tuple[str, ...]:
    """Keep the first zone of each clock; sorted."""
    first: dict[tuple[timedelta | None, ...], str] = {}
    for zone in zones:
        first.setdefault(_clock(zone, year), zone)
    return tuple(sorted(first.values()))


@lru_cache(maxsize=2_048)
def _clock(zone: str, year: int) -> tuple[timedelta | None, ...]:
    """Return how far a zone is from UTC on each day of a year: zones with the same are one clock."""
    noon = datetime(year, 1, 1, 12, tzinfo=UTC)
    return tuple((noon + timedelta(days=day)).astimezone(zone_of(zone)).utcoffset() for day in range(365))
