"""When something is due for a person."""

from datetime import UTC, datetime, timedelta
from functools import lru_cache

from aftershow.workspace.times.clocks import first_moment, zone_of
from aftershow.workspace.times.durations import Wait
from aftershow.workspace.times.moments import TimeOfDay, shifted
from aftershow.workspace.times.openings import Opening


def due(
    base: datetime,
    *,
    after: Wait,
    before: bool = False,
    at: TimeOfDay | None = None,
    opening: Opening,
    zones: tuple[str, ...],
    country: str | None,
) -> datetime:
    """Return the moment, in UTC, at which something is due: a wait after `base`, at a time, when it is open.

    `zones` are those where the person may be, at least one: the latest of their answers counts, and it is
    open in all of them. `at` is the time on the day to which the wait leads; after minutes, hours or no wait
    it is on the next day when it has passed. Raises NeverOpen when no moment is open in all the zones.
    """
    # In one zone, Python takes the two passes of a repeated hour for equal; in UTC they are two moments.
    return _due(base.astimezone(UTC), after, before, at, opening, zones, country)


@lru_cache(maxsize=65_536)
def _due(
    base: datetime,
    after: Wait,
    before: bool,
    at: TimeOfDay | None,
    opening: Opening,
    zones: tuple[str, ...],
    country: str | None,
) -> datetime:
    wanted = [
        _at(shifted(base, after, before=before, zone=zone, country=country), after, at, zone)
        for zone in zones
    ]
    return opening.next(max(wanted), zones, country)


def _at(moment: datetime, after: Wait, at: TimeOfDay | None, zone: str) -> datetime:
    if at is None:
        return moment
    day = moment.astimezone(zone_of(zone)).date()
    wanted = first_moment(day, at.time, zone)
    if after.is_exact and wanted < moment:
        return first_moment(day + timedelta(days=1), at.time, zone)
    return wanted
