"""Where on earth a channel may be used at this moment."""

from datetime import datetime
from functools import lru_cache
from zoneinfo import ZoneInfo, available_timezones

from aftershow.workspace.durations import Hours


def open_zones(hours: Hours | None, now: datetime) -> frozenset[str] | None:
    """Return the time zones where it is within the hours now; None when there are no hours to keep."""
    if hours is None:
        return None
    return _open_zones(hours, now.replace(second=0, microsecond=0))


@lru_cache(maxsize=64)
def _open_zones(hours: Hours, minute: datetime) -> frozenset[str]:
    open_now = (zone for zone in _all_zones() if hours.contains(minute.astimezone(zone).time()))
    return frozenset(zone.key for zone in open_now)


@lru_cache(maxsize=1)
def _all_zones() -> tuple[ZoneInfo, ...]:
    # Held here: zoneinfo itself keeps only a few, and reading six hundred files takes a tenth of a second.
    # "localtime" is the machine's zone, not a place's.
    return tuple(ZoneInfo(name) for name in available_timezones() if name != "localtime")
