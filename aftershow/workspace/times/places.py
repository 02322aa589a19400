"""Where on earth an opening is open at a moment, for statements over whole sets of people."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache

from aftershow.workspace.times.calendars import closed_countries
from aftershow.workspace.times.clocks import all_zones, country_zones, known_countries
from aftershow.workspace.times.openings import Opening


@dataclass(frozen=True, kw_only=True, slots=True)
class Group:
    """Places that are open for the same people."""

    #: IANA names, or several joined by spaces, as contact.timezone and contact.possible_zones hold them
    zones: frozenset[str]
    #: countries (ISO 3166-1 alpha-2) for whose people it is closed there, because of a public holiday
    closed: frozenset[str]


@dataclass(frozen=True, kw_only=True, slots=True)
class Places:
    """Where it is open: in the zones of these groups, but for the people of countries that have a holiday."""

    #: at most three, since at most three dates are on the calendars of the earth at once
    groups: tuple[Group, ...]

    def open_for(self, zones: str, country: str | None) -> bool:
        """Say whether it is open for a person in all zones of a text (names joined by spaces)."""
        closed = self._closed(zones)
        return closed is not None and country not in closed

    def grouped(self, texts: Iterable[str]) -> tuple[Group, ...]:
        """Return those of some texts (zones joined by spaces) that are open in all their zones, in groups."""
        groups: dict[frozenset[str], set[str]] = defaultdict(set)
        for text in texts:
            closed = self._closed(text)
            if closed is not None:
                groups[closed].add(text)
        return _groups(groups)

    def countries(self) -> frozenset[str]:
        """Return the countries in all of whose zones it is open, for people of whom no more is known."""
        return frozenset(
            country
            for country in known_countries()
            if self.open_for(" ".join(country_zones(country)), country)
        )

    def _closed(self, zones: str) -> frozenset[str] | None:
        """Return the countries that have a holiday in one of the zones; None where one is not open at all."""
        closed: frozenset[str] = frozenset()
        for zone in zones.split():
            group = next((group for group in self.groups if zone in group.zones), None)
            if group is None:
                return None
            closed |= group.closed
        return closed


def open_places(opening: Opening, now: datetime) -> Places:
    """Return where an opening is open at a moment (aware), to the minute."""
    return _open_places(opening, now.astimezone(UTC).replace(second=0, microsecond=0))


@lru_cache(maxsize=64)
def _open_places(opening: Opening, minute: datetime) -> Places:
    # Only days by the person's own calendar are closed for some and open for others at one place.
    by_country = opening.days.business and opening.zone is None
    groups: dict[frozenset[str], set[str]] = defaultdict(set)
    for zone in all_zones():
        if opening.is_open(minute, (zone,), None):
            day = opening.day(minute, zone)
            groups[closed_countries(day) if by_country else frozenset()].add(zone)
    return Places(groups=_groups(groups))


def _groups(zones: dict[frozenset[str], set[str]]) -> tuple[Group, ...]:
    return tuple(Group(zones=frozenset(names), closed=closed) for closed, names in zones.items())
