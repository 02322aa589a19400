"""A trade show, or a standing avenue such as a web form: config/shows/KEY.yaml."""

import re
from collections.abc import Mapping
from datetime import date, datetime, time
from decimal import Decimal
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, BeforeValidator, Field, ValidationInfo, field_validator

from aftershow.words.answers import Answer
from aftershow.words.channels import Channel
from aftershow.words.fields import ContactField
from aftershow.workspace.yaml.model import Country, Key, Line, Model, Text, TimeZone
from aftershow.workspace.yaml.wording import did_you_mean, found

#: What Aftershow knows of a row; everything else is an answer, `answers.NAME`.
FIELDS = (
    *(str(field) for field in ContactField if field.row.cell),
    *(f"permission.{channel}" for channel in Channel if channel.row.asked_in_files),
)
#: A column that is kept in the raw row and nowhere else.
RAW_ONLY = "-"


def _field(text: str) -> str:
    if text in FIELDS or re.fullmatch(r"answers\.[a-z0-9_]{1,80}", text):
        return text
    if text.startswith("answers."):
        raise ValueError(f"the name of an answer has small letters, digits and _ alone, found {found(text)}")
    own_name = re.sub(r"[^a-z0-9]+", "_", text.lower()).strip("_") or "name"
    hint = did_you_mean(text, FIELDS) or f": keep what has no field as `answers.{own_name}`"
    raise ValueError(f"unknown field {found(text)}{hint}")


def _column(value: Any) -> Any:
    if value in (None, [None]):
        raise ValueError('put the hyphen in quotes, as "-"')
    return value


def _field_or_hyphen(text: str) -> str:
    return text if text == RAW_ONLY else _field(text)


FieldName = Annotated[str, AfterValidator(_field)]
Column = Annotated[str, AfterValidator(_field_or_hyphen), BeforeValidator(_column)]


class Terms(Model):
    """What everyone captured at the show agreed to, or declined, by its registration terms."""

    channel: Channel
    answer: Literal[Answer.YES, Answer.NO]
    wording: Text
    """The terms, as people read them: the evidence for this answer."""
    purpose: Line = "marketing"


class Layout(Model):
    """How the lead files of a show are to be read, where their headings do not say it."""

    headings: Mapping[Line, Column] = {}
    """Heading in the file: our field, or "-" for the raw row only. Others are recognised, or are answers."""
    columns: tuple[Column, ...] = ()
    """Our field for each column of files without headings; "-" keeps a column in the raw row only."""
    replace: Mapping[FieldName, Mapping[str, str]] = {}
    """Our field: what to replace in its cells, such as `email: {"*": "@"}`."""
    codes: Mapping[FieldName, Mapping[str, str]] = {}
    """Our field: what its codes mean, such as `answers.role: {B01: Owner}`."""
    phone_country: Country | None = None
    """The country of phone numbers without +, where the row names none."""
    dates: Literal["month_first", "day_first"] | None = None
    """How to read 03/04/2026."""


class Show(Model):
    """A trade show, or a standing avenue such as a web form."""

    show: Key
    """The name of this file, without .yaml."""
    name: Line
    starts: date | None = None
    """The first day; absent for a standing avenue."""
    ends: date | None = None
    """The last day."""
    timezone: TimeZone
    """Where the show is, such as America/Chicago; the times in its lead files are local."""
    city: Line | None = None
    country: Country | None = None
    cost: Decimal | None = Field(default=None, ge=0, max_digits=14, decimal_places=2)
    """What the show cost us altogether."""
    owner: Key | None = None
    """The rep, from `team:`, of leads that name none."""
    permissions: tuple[Terms, ...] = ()
    """What everyone captured there agreed to; counts for rows that say nothing themselves."""
    leads: Layout = Layout()

    @field_validator("ends")
    @classmethod
    def _ends_after_it_starts(cls, ends: date | None, info: ValidationInfo) -> date | None:
        starts = info.data.get("starts")
        if starts and ends and ends < starts:
            raise ValueError(f"the show ends on {ends}, before it starts on {starts}")
        return ends

    @field_validator("permissions")
    @classmethod
    def _one_answer_each(cls, permissions: tuple[Terms, ...]) -> tuple[Terms, ...]:
        seen: set[tuple[Channel, str]] = set()
        for terms in permissions:
            if (terms.channel, terms.purpose) in seen:
                raise ValueError(f"two answers for {terms.channel} and {terms.purpose}: keep one")
            seen.add((terms.channel, terms.purpose))
        return permissions

    @property
    def starts_at(self) -> datetime | None:
        """The first moment of the first day, aware, in the show's zone; None without dates."""
        return self._at(self.starts, time.min)

    @property
    def ends_at(self) -> datetime | None:
        """The last moment of the last day, aware, in the show's zone; None without dates."""
        return self._at(self.ends or self.starts, time.max)

    def _at(self, day: date | None, moment: time) -> datetime | None:
        return datetime.combine(day, moment, ZoneInfo(self.timezone)) if day else None
