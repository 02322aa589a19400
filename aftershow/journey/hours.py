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
    return frozenset(
        zone for zone in _all_zones() if hours.contains(minute.astimezone(ZoneInfo(zone)).time())
    )


@lru_cache(maxsize=1)
def _all_zones() -> frozenset[str]:
    # "localtime" and the like are the machine's, not a place's.
    return frozenset(zone for zone in available_timezones() if zone != "localtime")
