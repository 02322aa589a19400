"""The catalogue: every name that conditions and templates share, with its type, meaning and source."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from sqlalchemy import Column, ColumnElement, func, or_
from sqlalchemy import literal as bound

from aftershow.audience import meetings, record
from aftershow.audience.functions import MemberName, member
from aftershow.audience.questions import DAYS_SINCE, QUESTIONS
from aftershow.audience.terms import FieldTerm, Type
from aftershow.store.tables import account, contact, lead, meeting, show
from aftershow.store.types import Moment
from aftershow.words.fields import ContactField, Holder
from aftershow.words.kinds import InteractionKind


def _column(name: str, column: ColumnElement[Any], about: str) -> FieldTerm:
    return FieldTerm(
        text=name,
        name=name,
        type=Type.MOMENT if isinstance(column.type, Moment) else Type.TEXT,
        sql=lambda scope: column,
        value=lambda person: person.facts.get(name),
        about=about,
    )


def _flag(name: str, condition: ColumnElement[bool], about: str) -> FieldTerm:
    return FieldTerm(
        text=name,
        name=name,
        type=Type.TRUTH,
        sql=lambda scope: condition,
        value=lambda person: bool(person.facts.get(name)),
        about=about,
    )


def _happened(name: str, kind: InteractionKind, about: str) -> FieldTerm:
    return FieldTerm(
        text=name,
        name=name,
        type=Type.TRUTH,
        sql=lambda scope: record.occurred(kind, scope),
        value=lambda person: kind in person.last,
        about=about,
    )


def _of_meeting(part: str, column: Column[Any], about: str) -> FieldTerm:
    name = f"meeting.{part}"
    return FieldTerm(
        text=name,
        name=name,
        type=Type.MOMENT if isinstance(column.type, Moment) else Type.TEXT,
        sql=lambda scope: meetings.current(column, scope),
        value=lambda person: person.facts.get(name),
        about=about,
    )


_ACCOUNT_IS_CUSTOMER = func.coalesce(account.c.is_customer, False)
_IS_CUSTOMER = or_(contact.c.is_customer, _ACCOUNT_IS_CUSTOMER)

#: Where a field stands that is no column of the contact with its name.
_ELSEWHERE: Mapping[ContactField, ColumnElement[Any]] = {
    ContactField.IS_CUSTOMER: _IS_CUSTOMER,
    ContactField.COMPANY: account.c.name,
    ContactField.GRADE: lead.c.grade,
    ContactField.OWNER: lead.c.owner,
    ContactField.CAPTURED_AT: lead.c.last_captured_at,
}


def _fields_of(holder: Holder) -> list[FieldTerm]:
    return [_field(field) for field in ContactField if field.row.holder is holder and field.row.in_conditions]


def _field(field: ContactField) -> FieldTerm:
    name, about = str(field), field.row.about
    column = _ELSEWHERE[field] if field in _ELSEWHERE else contact.c[name]
    flag = field.row.kept is not None and field.row.kept.flag
    return _flag(name, column, about) if flag else _column(name, column, about)


#: What stands in the record of a person: the contact, the company, the lead, the show and the meeting.
RECORDED = (
    *_fields_of(Holder.CONTACT),
    *_fields_of(Holder.COMPANY),
    _column("account.name", account.c.name, "name of the company"),
    _column("account.country", account.c.country, "country of the company, in two letters (ISO 3166-1)"),
    _flag("account.is_customer", _ACCOUNT_IS_CUSTOMER, "the company is a customer"),
    *_fields_of(Holder.LEAD),
    _column("status", lead.c.status, "where the lead stands, such as new"),
    _column("show.key", show.c.key, "the show's name in config/shows/"),
    _column("show.name", show.c.name, "the show's name for people"),
    _column("show.city", show.c.city, "town of the show"),
    _column("show.country", show.c.country, "country of the show, in two letters (ISO 3166-1)"),
    _column("show.timezone", show.c.timezone, "where the show's clock stands, such as Europe/Berlin"),
    _column("show.starts", show.c.starts_at, "when the show opens"),
    _column("show.ends", show.c.ends_at, "when the show closes"),
    _of_meeting(
        "starts", meeting.c.starts_at, "when the next meeting with the contact begins, else the latest"
    ),
    _of_meeting("place", meeting.c.place, "where that meeting is"),
    _of_meeting("status", meeting.c.status, "what happened to that meeting last, such as accepted or held"),
)

#: What happened between us and the contact; in a campaign's step, since the contact was enrolled.
HAPPENED = tuple(
    _happened(asked.name, kind, asked.about)
    for kind in InteractionKind
    if (asked := kind.row.condition) is not None
)

#: What is counted of it; in a campaign's step, since the contact was enrolled.
COUNTED = (
    FieldTerm(
        text="unanswered",
        name="unanswered",
        type=Type.NUMBER,
        sql=record.unanswered,
        value=lambda person: person.unanswered,
        about="messages that went out since the contact last wrote, clicked, picked up or filled in a form",
    ),
)

FIELDS = {fact.name: fact for fact in (*RECORDED, *HAPPENED, *COUNTED)}

#: Names that stand before a dot. The parts of answers are the questions that reps and badges answered.
GROUPS = ("account", "answers", "meeting", "show")


def answer(name: str) -> FieldTerm:
    """Return the fact for `answers.NAME`: what the lead's answer to a question is, as text."""
    return FieldTerm(
        text=f"answers.{name}" if name.isidentifier() else f'answers["{name}"]',
        name=f"answers.{name}",
        type=Type.TEXT,
        sql=lambda scope: member(lead.c.answers, bound(name, MemberName())),
        value=lambda person: person.answers.get(name),
    )


class Entry(NamedTuple):
    """A line of the catalogue, for the reference and for editors."""

    #: as it is written in a condition
    text: str
    type: Type
    about: str


def names() -> frozenset[str]:
    """Return the names that a condition may begin with; templates know the same."""
    fields = (name for name in FIELDS if "." not in name)
    return frozenset((*fields, *GROUPS, DAYS_SINCE, *QUESTIONS))


def describe() -> list[Entry]:
    """Return the whole catalogue, in the order in which it is best read."""
    questions = [
        Entry(f'{question.name}("{question.argument}")', Type.TRUTH, question.about)
        for question in QUESTIONS.values()
    ]
    return [
        *(Entry(fact.text, fact.type, fact.about) for fact in RECORDED),
        Entry("answers.NAME", Type.TEXT, 'what a question was answered with; also answers["NAME"]'),
        *(Entry(fact.text, fact.type, fact.about) for fact in (*HAPPENED, *COUNTED)),
        Entry(f'{DAYS_SINCE}("KIND")', Type.NUMBER, "whole days since the last interaction of a kind"),
        Entry(f"{DAYS_SINCE}(MOMENT)", Type.NUMBER, "whole days since a moment, such as show.ends"),
        *questions,
    ]
