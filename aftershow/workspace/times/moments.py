"""Moments relative to others, such as `6 weeks before show.starts`, and times of the day."""

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import ClassVar, Self

from pydantic.json_schema import JsonSchemaValue

from aftershow.workspace.times.calendars import business_day
from aftershow.workspace.times.clocks import first_moment, zone_of
from aftershow.workspace.times.durations import FromText, Unit, Wait
from aftershow.workspace.yaml.wording import found

_ANCHOR = re.compile(r"[a-z][a-z0-9_-]*(\.[a-z][a-z0-9_-]*)*")
_TIME = re.compile(r"(\d\d?):(\d\d)", re.ASCII)


@dataclass(frozen=True, kw_only=True, slots=True)
class TimeOfDay(FromText):
    """A time on the clock, such as `18:00`."""

    schema: ClassVar[JsonSchemaValue] = {"type": "string", "examples": ["9:00", "18:00"]}

    time: time

    @classmethod
    def parse(cls, text: object) -> Self:
        """Read `9:00` or `18:30`, up to `23:59`."""
        match = _TIME.fullmatch(text.strip()) if isinstance(text, str) else None
        if match is None or int(match[1]) > 23 or int(match[2]) > 59:
            raise ValueError(f"expected a time of day such as `18:00`, found {found(text)}")
        return cls(time=time(int(match[1]), int(match[2])))

    def __str__(self) -> str:
        return f"{self.time:%H:%M}"


@dataclass(frozen=True, kw_only=True, slots=True)
class When(FromText):
    """A moment that is counted from another: so long before or after it, or the moment itself."""

    schema: ClassVar[JsonSchemaValue] = {
        "type": "string",
        "examples": ["6 weeks before show.starts", "10 days after answers.delivered", "show.ends"],
    }

    wait: Wait
    #: true: the wait ends at the anchor; false: it begins there
    before: bool
    #: a name with dots; whether it means a moment is for the campaign to say
    anchor: str

    @classmethod
    def parse(cls, text: object) -> Self:
        """Read `6 weeks before show.starts`, `1 business day after captured_at` or `show.ends`."""
        words = " ".join(text.split()) if isinstance(text, str) else ""
        length, side, anchor = words.rpartition(" before ")
        if not side:
            length, side, anchor = words.rpartition(" after ")
        if not _ANCHOR.fullmatch(anchor):
            raise ValueError(
                "expected a moment such as `6 weeks before show.starts`, `2 days after captured_at` or "
                f"`show.ends`, found {found(text)}"
            )
        wait = Wait.parse(length if side else 0)
        return cls(wait=wait, before=side == " before " and wait.count > 0, anchor=anchor)

    def __str__(self) -> str:
        if not self.wait.count:
            return self.anchor
        return f"{self.wait} {'before' if self.before else 'after'} {self.anchor}"


def shifted(base: datetime, wait: Wait, *, before: bool = False, zone: str, country: str | None) -> datetime:
    """Return the moment, in UTC, that lies a wait after `base` (aware), or before it.

    Minutes and hours are exact. Days, weeks and months lead to the same time on the clocks of `zone`: of a
    time that they show twice the first, for one that they skip the moment right after, and the last day of a
    month that is too short. Business days lead to the start of a day, by the public holidays of `country`.
    """
    count = -wait.count if before else wait.count
    if wait.is_exact:
        return base.astimezone(UTC) + count * timedelta(minutes=60 if wait.unit is Unit.HOUR else 1)
    wall = base.astimezone(zone_of(zone))
    if wait.unit is Unit.BUSINESS_DAY:
        return first_moment(business_day(wall.date(), count, country), time.min, zone)
    if wait.unit is Unit.MONTH:
        return first_moment(_months_later(wall.date(), count), wall.time(), zone)
    days = timedelta(weeks=count) if wait.unit is Unit.WEEK else timedelta(days=count)
    return first_moment(wall.date() + days, wall.time(), zone)


def _months_later(day: date, count: int) -> date:
    year, month = divmod(day.year * 12 + day.month - 1 + count, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))
