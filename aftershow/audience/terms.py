"""The values that conditions compare: facts of a person, days since a moment, and what is written out."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Double, Text, false, true
from sqlalchemy import literal as bound

from aftershow.audience.functions import whole_days
from aftershow.audience.person import PersonFacts, Value
from aftershow.audience.scope import Scope
from aftershow.store.types import Moment


class Type(StrEnum):
    """What kind of value a term has, in the words of an error message."""

    TEXT = "text"
    NUMBER = "a number"
    #: never missing
    TRUTH = "true or false"
    MOMENT = "a moment"


@dataclass(frozen=True, kw_only=True, slots=True)
class FieldTerm:
    """Something known of a person, such as grade or permission("email")."""

    #: as it is written in a condition
    text: str
    #: the name in the catalogue
    name: str
    type: Type
    sql: Callable[[Scope], ColumnElement[Any]]
    value: Callable[[PersonFacts], Value]
    #: what it means, in a line
    about: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class DaysSince:
    """Whole days from a person's moment to now, rounded down; missing with the moment, negative before it."""

    text: str
    name: str = "days_since"
    type: Type = Type.NUMBER
    moment: FieldTerm

    def sql(self, scope: Scope) -> ColumnElement[int]:
        """The days, counted to the microsecond."""
        return whole_days(self.moment.sql(scope), bound(scope.now, Moment()))

    def value(self, person: PersonFacts) -> Value:
        """The days, counted to the microsecond."""
        moment = self.moment.value(person)
        return (person.now - moment) // timedelta(days=1) if isinstance(moment, datetime) else None


@dataclass(frozen=True, kw_only=True, slots=True)
class Literal:
    """A text, a number, true or false, written out in the condition."""

    constant: str | float | bool

    @property
    def text(self) -> str:
        """The value as it would be written; numbers without needless zeros."""
        if isinstance(self.constant, float) and self.constant.is_integer():
            return str(int(self.constant))
        return json.dumps(self.constant, ensure_ascii=False)

    @property
    def type(self) -> Type:
        """Text, number or truth."""
        if isinstance(self.constant, bool):
            return Type.TRUTH
        return Type.TEXT if isinstance(self.constant, str) else Type.NUMBER

    def sql(self, _scope: Scope) -> ColumnElement[Any]:
        """The value as a bound parameter."""
        if isinstance(self.constant, bool):
            return true() if self.constant else false()
        return bound(self.constant, Text() if isinstance(self.constant, str) else Double())

    def value(self, _person: PersonFacts) -> Value:
        """The value itself."""
        return self.constant


@dataclass(frozen=True, kw_only=True, slots=True)
class Date:
    """A moment written out in ISO 8601; a bare date is its start. The scope has the zone if none is said."""

    written: str
    type: Type = Type.MOMENT

    @property
    def text(self) -> str:
        """The moment in quotes, as it was written."""
        return json.dumps(self.written, ensure_ascii=False)

    def sql(self, scope: Scope) -> ColumnElement[datetime]:
        """The moment as a bound parameter."""
        return bound(moment_of(self.written, scope.zone), Moment())

    def value(self, person: PersonFacts) -> Value:
        """The moment in the person's scope."""
        return moment_of(self.written, person.zone)


Term = FieldTerm | DaysSince | Literal | Date


def is_fixed(term: Term) -> bool:
    """Tell whether a term is written out, the same for every person."""
    return isinstance(term, Literal | Date)


def moment_of(written: str, zone: str) -> datetime:
    """Return the moment that an ISO 8601 date or time means, in UTC; raises ValueError for anything else."""
    moment = datetime.fromisoformat(written)
    if not 1900 <= moment.year <= 2200:
        raise ValueError("a year from 1900 to 2200 is expected")
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=ZoneInfo(zone))
    return moment.astimezone(UTC)
