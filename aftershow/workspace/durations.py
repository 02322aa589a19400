"""Lengths of time, caps and hours of the day, as people write them."""

import re
from dataclasses import dataclass
from datetime import time, timedelta
from typing import Any, ClassVar, Self

from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, core_schema

from aftershow.workspace.wording import found

_UNITS = {"minute": 60, "hour": 3600, "day": 86400, "week": 604800}
_LENGTH = re.compile(r"(?P<number>[0-9]{1,6}) (?P<unit>minute|hour|day|week)s?")
_LONGEST = timedelta(days=3653)


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

    def contains(self, moment: time) -> bool:
        """Say whether a local time of day lies within these hours."""
        if self.start < self.end:
            return self.start <= moment < self.end
        return moment >= self.start or moment < self.end

    def __str__(self) -> str:
        end = "24:00" if self.end == time(0) else f"{self.end:%H:%M}"
        return f"{self.start:%H:%M}-{end}"
