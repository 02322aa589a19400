"""The days and hours in which a campaign may reach people."""

import re
from dataclasses import dataclass
from datetime import date
from typing import ClassVar, Literal, Self

from pydantic import Field
from pydantic.json_schema import JsonSchemaValue

from aftershow.workspace.times.calendars import is_business_day
from aftershow.workspace.times.durations import ALL_DAY, FromText, Hours
from aftershow.workspace.yaml.model import Model
from aftershow.workspace.yaml.wording import found

_NAMES = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_NAME = "|".join(_NAMES)
_PART = re.compile(rf"({_NAME})(?: ?- ?({_NAME}))?")


@dataclass(frozen=True, kw_only=True, slots=True)
class Days(FromText):
    """Days of the week, or business days."""

    schema: ClassVar[JsonSchemaValue] = {
        "type": "string",
        "examples": ["daily", "mon-fri", "business days", "mon, wed, sat"],
    }

    #: 0 is Monday; never empty
    weekdays: frozenset[int]
    #: public holidays do not count
    business: bool = False

    @classmethod
    def parse(cls, text: object) -> Self:
        """Read `daily`, `mon-fri`, `mon, wed, sat`, `fri-mon`, or `business days`."""
        words = " ".join(text.lower().split()) if isinstance(text, str) else ""
        if words in ("daily", "business days"):
            business = words != "daily"
            return cls(weekdays=frozenset(range(5 if business else 7)), business=business)
        matches = [_PART.fullmatch(part.strip()) for part in words.split(",")]
        weekdays: set[int] = set()
        for match in matches:
            if match is None:
                raise ValueError(
                    "expected days such as `mon-fri`, `mon, wed, sat`, `business days` or `daily`, "
                    f"found {found(text)}"
                )
            first, last = _NAMES.index(match[1]), _NAMES.index(match[2] or match[1])
            weekdays.update((first + step) % 7 for step in range((last - first) % 7 + 1))
        return cls(weekdays=frozenset(weekdays))

    def contains(self, day: date, country: str | None) -> bool:
        """Say whether a day is one of these, by the public holidays of a country (ISO 3166-1 alpha-2)."""
        if self.business:
            return is_business_day(day, country)
        return day.weekday() in self.weekdays

    def __str__(self) -> str:
        if self.business:
            return "business days"
        if len(self.weekdays) == len(_NAMES):
            return "daily"
        days = sorted(self.weekdays)
        if len(days) > 2 and days[-1] - days[0] == len(days) - 1:
            return f"{_NAMES[days[0]]}-{_NAMES[days[-1]]}"
        return ", ".join(_NAMES[day] for day in days)


#: Every day of the week.
DAILY = Days.parse("daily")


class SendWindow(Model):
    """When a campaign may reach people; outside of it, messages wait."""

    days: Days = DAILY
    """`daily` (the default), `mon-fri`, `mon, wed, sat`, or `business days`."""
    hours: Hours = ALL_DAY
    """Such as 9:00-17:00; hours past midnight belong to the day on which they begin."""
    clock: Literal["contact", "show"] = Field(default="contact", alias="in")
    """Whose clock and holidays count: `contact` (the default) or `show`."""
