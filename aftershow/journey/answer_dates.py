"""Dates as people and files write them into answers."""

import re
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

_MONTH = re.compile(r"\d{4}-\d\d", re.ASCII)


def moment_in(text: str | None, zone: str) -> datetime | None:
    """Return the moment, in UTC, that an ISO 8601 date or time means; None for any other text.

    A bare date is its first moment in the zone (IANA name), and a bare month, 2027-03, its first day.
    """
    if text is None:
        return None
    text = text.strip()
    try:
        moment = datetime.fromisoformat(f"{text}-01" if _MONTH.fullmatch(text) else text)
    except ValueError:
        return None
    if not 1900 <= moment.year <= 2200:
        return None
    aware = moment if moment.tzinfo else moment.replace(tzinfo=ZoneInfo(zone))
    return aware.astimezone(UTC)


def day_number(text: str | None) -> int | None:
    """Return the number of the day that a text means (1 is 0001-01-01); None for any other text."""
    moment = moment_in(text, "UTC")
    return moment.toordinal() if moment else None
