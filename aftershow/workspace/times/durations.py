"""Lengths of time, waits, caps and hours of the day, as people write them."""

import re
from dataclasses import dataclass
from datetime import time, timedelta
from enum import StrEnum
from typing import Any, ClassVar, Self

from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, core_schema

from aftershow.workspace.yaml.wording import found

_UNITS = {"minute": 60, "hour": 3600, "day": 86400, "week": 604800}
_LENGTH = re.compile(r"(?P<number>[0-9]{1,6}) (?P<unit>minute|hour|day|week)s?")
_LONGEST = timedelta(days=3653)
_WAIT = re.compile(
    r"(?:(?P<number>[0-9]{1,6}) )?(?P<unit>minute|hour|day|week|month|business day)(?P<many>s?)"
)


class FromText:
    """A value that YAML holds as text; `parse` raises ValueError with what was expected and found."""

    __slots__ = ()

    #: what an editor is told (JSON Schema)
    schema: ClassVar[JsonSchemaValue]

    @classmethod
    def parse(cls, text: object) -> Self:
        """Return the value that `text` means."""
        raise NotImplementedError

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        """Let a model's field have this type."""
        return core_schema.no_info_plain_validator_function(
            lambda value: value if isinstance(value, cls) else cls.parse(value)
        )

    @classmethod
    def __get_pydantic_json_schema__(
        cls, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        """Tell editors what to expect."""
        return dict(cls.schema)


@dataclass(frozen=True, kw_only=True, slots=True)
class Duration(FromText):
    """A length of time such as `2 days`, up to ten years; a day has 24 hours."""

    schema: ClassVar[JsonSchemaValue] = {
        "type": ["string", "integer"],
        "examples": ["30 minutes", "4 hours", "2 days", "1 week", 0],
    }

    #: the whole length, not a part of it
    seconds: int

    @classmethod
    def parse(cls, text: object) -> Self:
        """Read `2 days`, `4 hours`, `30 minutes`, `1 week` or `0`."""
        if text in (0, "0") and not isinstance(text, bool):
            return cls(seconds=0)
        match = _LENGTH.fullmatch(" ".join(text.split())) if isinstance(text, str) else None
        if match is None:
            raise ValueError(
                f"expected a length of time such as `2 days`, found {found(text)}: "
                "write a whole number and minutes, hours, days or weeks"
            )
        seconds = int(match["number"]) * _UNITS[match["unit"]]
        if seconds > _LONGEST.total_seconds():
            raise ValueError(f"expected a length of time below ten years, found {found(text)}")
        return cls(seconds=seconds)

    @property
    def delta(self) -> timedelta:
        """The same length as a timedelta."""
        return timedelta(seconds=self.seconds)

    def __str__(self) -> str:
        for unit, size in reversed(_UNITS.items()):
            if self.seconds and self.seconds % size == 0:
                number = self.seconds // size
                return f"{number} {unit}{'' if number == 1 else 's'}"
        return "0" if not self.seconds else f"{self.seconds} seconds"


class Unit(StrEnum):
    """What a wait is counted in."""

    #: exact: 60 seconds, whatever the clock on the wall does
    MINUTE = "minute"
    #: exact: 60 minutes
    HOUR = "hour"
    #: the same time on the clock, that many days later
    DAY = "day"
    WEEK = "week"
    #: the same day of the month, or the month's last
    MONTH = "month"
    #: Monday to Friday, but no public holiday of the country
    BUSINESS_DAY = "business day"


#: The most of each unit that makes ten years.
_MOST = {
    Unit.MINUTE: 5_260_320,
    Unit.HOUR: 87_672,
    Unit.DAY: 3_653,
    Unit.WEEK: 521,
    Unit.MONTH: 120,
    Unit.BUSINESS_DAY: 2_609,
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Wait(FromText):
    """How long to wait, by the clock and the calendar of a person: `2 days`, `1 business day`, `0`."""

    schema: ClassVar[JsonSchemaValue] = {
        "type": ["string", "integer"],
        "examples": ["30 minutes", "2 days", "1 business day", "8 weeks", "1 month", 0],
    }

    #: 0 is no wait at all, in any unit
    count: int
    unit: Unit

    @classmethod
    def parse(cls, text: object) -> Self:
        """Read `2 days`, `4 hours`, `1 business day`, `8 weeks` or `0`; `month` alone is one month."""
        if text in (0, "0") and not isinstance(text, bool):
            return cls(count=0, unit=Unit.MINUTE)
        match = _WAIT.fullmatch(" ".join(text.split())) if isinstance(text, str) else None
        if match is None or (match["many"] and not match["number"]):
            raise ValueError(
                f"expected a wait such as `2 days` or `1 business day`, found {found(text)}: "
                "write a whole number and minutes, hours, days, business days, weeks or months"
            )
        wait = cls(count=int(match["number"] or 1), unit=Unit(match["unit"]))
        if wait.count > _MOST[wait.unit]:
            raise ValueError(f"expected a wait below ten years, found {found(text)}")
        return wait

    @property
    def is_exact(self) -> bool:
        """True for minutes, hours and no wait at all, which no calendar changes."""
        return self.count == 0 or self.unit in (Unit.MINUTE, Unit.HOUR)

    def times(self, number: int) -> Self:
        """Return so many waits in one: a month twice from 31 January is 31 March, not 28."""
        return type(self)(count=self.count * number, unit=self.unit)

    def __str__(self) -> str:
        return f"{self.count} {self.unit}{'' if self.count == 1 else 's'}" if self.count else "0"


@dataclass(frozen=True, kw_only=True, slots=True)
class Cap(FromText):
    """How many messages a person gets within a sliding length of time, at most."""

    schema: ClassVar[JsonSchemaValue] = {"type": "string", "examples": ["2 per 7 days", "1 per 4 hours"]}

    #: at least 1
    count: int
    per: timedelta

    @classmethod
    def parse(cls, text: object) -> Self:
        """Read `2 per 7 days`, or `1 per day`."""
        count, _, length = text.partition(" per ") if isinstance(text, str) else ("", "", "")
        length = f"1 {length.strip()}" if length.strip() in _UNITS else length.strip()
        if not re.fullmatch(r"[1-9][0-9]{0,5}", count.strip()) or not _LENGTH.fullmatch(length):
            raise ValueError(f"expected a limit such as `2 per 7 days`, found {found(text)}")
        return cls(count=int(count), per=Duration.parse(length).delta)

    def __str__(self) -> str:
        return f"{self.count} per {Duration(seconds=int(self.per.total_seconds()))}"


@dataclass(frozen=True, kw_only=True, slots=True)
class Hours(FromText):
    """Hours of the day in local time, from `start` up to but without `end`; equal means all day."""

    schema: ClassVar[JsonSchemaValue] = {"type": "string", "examples": ["8:00-21:00", "0:00-24:00"]}

    start: time
    #: before `start` when the hours go past midnight; 0:00 for the end of the day
    end: time

    @classmethod
    def parse(cls, text: object) -> Self:
        """Read `8:00-21:00`; `21:00-8:00` goes past midnight, `0:00-24:00` is all day."""
        match = re.fullmatch(r"\s*(\d\d?):(\d\d)\s*-\s*(\d\d?):(\d\d)\s*", str(text), re.ASCII)
        if match and isinstance(text, str):
            start, end = (int(match[1]), int(match[2])), (int(match[3]), int(match[4]))
            if start < (24, 0) and end <= (24, 0) and max(start[1], end[1]) < 60 and start != end:
                return cls(start=time(*start), end=time(end[0] % 24, end[1]))
        raise ValueError(f"expected hours of the day such as `8:00-21:00`, found {found(text)}")

    def overlaps(self, other: "Hours") -> bool:
        """Say whether some time of day lies within both."""
        return self.contains(other.start) or other.contains(self.start)

    def contains(self, moment: time) -> bool:
        """Say whether a local time of day lies within these hours."""
        if self.start < self.end:
            return self.start <= moment < self.end
        return moment >= self.start or moment < self.end

    def __str__(self) -> str:
        end = "24:00" if self.end == time(0) else f"{self.end:%H:%M}"
        return f"{self.start:%H:%M}-{end}"


#: Hours that exclude nothing.
ALL_DAY = Hours(start=time(0), end=time(0))
