"""The catalogue: every name that conditions and templates share, with its type, meaning and source."""

from typing import Any, NamedTuple

from sqlalchemy import Column, ColumnElement, func, or_
from sqlalchemy import literal as bound

from aftershow.audience import history, meetings
from aftershow.audience.functions import MemberName, member
from aftershow.audience.questions import DAYS_SINCE, QUESTIONS
from aftershow.audience.terms import Fact, Type
from aftershow.store.tables import account, contact, lead, meeting, show
from aftershow.store.types import Moment
from aftershow.words import InteractionKind


def _column(name: str, column: Column[Any], about: str) -> Fact:
    return Fact(
        text=name,
        name=name,
        type=Type.MOMENT if isinstance(column.type, Moment) else Type.TEXT,
        sql=lambda scope: column,
        value=lambda person: person.facts.get(name),
        about=about,
    )


def _flag(name: str, condition: ColumnElement[bool], about: str) -> Fact:
    return Fact(
        text=name,
        name=name,
        type=Type.TRUTH,
        sql=lambda scope: condition,
        value=lambda person: bool(person.facts.get(name)),
        about=about,
    )


def _happened(name: str, kind: InteractionKind, about: str) -> Fact:
    return Fact(
        text=name,
        name=name,
        type=Type.TRUTH,
        sql=lambda scope: history.occurred(kind, scope),
        value=lambda person: kind in person.last,
        about=about,
    )


def _of_meeting(part: str, column: Column[Any], about: str) -> Fact:
    name = f"meeting.{part}"
    return Fact(
        text=name,
        name=name,
        type=Type.MOMENT if isinstance(column.type, Moment) else Type.TEXT,
        sql=lambda scope: meetings.current(column, scope),
        value=lambda person: person.facts.get(name),
        about=about,
    )


_ACCOUNT_IS_CUSTOMER = func.coalesce(account.c.is_customer, False)
_IS_CUSTOMER = or_(contact.c.is_customer, _ACCOUNT_IS_CUSTOMER)

#: What stands in the record of a person: the contact, the company, the lead, the show and the meeting.
RECORDED = (
    _column("given_name", contact.c.given_name, "first name"),
    _column("family_name", contact.c.family_name, "last name"),
    _column("title", contact.c.title, "position in the company"),
    _column("email", contact.c.email, "email address, in lower case"),
    _column("phone", contact.c.phone, "phone number, as +15085550114"),
    _column("mobile", contact.c.mobile, "a number that takes texts, as +15085550114"),
    _column("city", contact.c.city, "town of the contact"),
    _column("state", contact.c.state, "state or province of the contact"),
    _column("postal_code", contact.c.postal_code, "postal code of the contact"),
    _column("country", contact.c.country, "country of the contact, in two letters (ISO 3166-1)"),
    _column("timezone", contact.c.timezone, "where the contact's clock stands, such as America/Chicago"),
    _column("language", contact.c.language, "language of the contact, such as de"),
    _flag("is_customer", _IS_CUSTOMER, "the contact or the company is a customer"),
    _column("company", account.c.name, "name of the company, the same as account.name"),
    _column("account.name", account.c.name, "name of the company"),
    _column("account.country", account.c.country, "country of the company, in two letters (ISO 3166-1)"),
    _flag("account.is_customer", _ACCOUNT_IS_CUSTOMER, "the company is a customer"),
    _column("grade", lead.c.grade, "grade of the lead: A, B or C"),
    _column("owner", lead.c.owner, "the rep who talked to the contact"),
    _column("status", lead.c.status, "where the lead stands, such as new"),
    _column("captured_at", lead.c.last_captured_at, "when the lead was captured last"),
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
HAPPENED = (
    _happened("contacted", InteractionKind.SENT, "anything was sent to the contact"),
    _happened("replied", InteractionKind.REPLIED, "the contact wrote back, by email or text"),
    _happened("opened", InteractionKind.OPENED, "an email was opened, or looked at by a machine"),
    _happened("clicked", InteractionKind.CLICKED, "a link was followed"),
    _happened("bounced", InteractionKind.BOUNCED, "an email came back"),
    _happened("complained", InteractionKind.COMPLAINED, "the contact called an email spam"),
    _happened("unsubscribed", InteractionKind.UNSUBSCRIBED, "the contact unsubscribed"),
    _happened("connected", InteractionKind.CONNECTED, "we reached the contact by phone"),
    _happened("form_submitted", InteractionKind.FORM_SUBMITTED, "the contact filled in a form"),
    _happened("meeting.accepted", InteractionKind.ACCEPTED, "the contact accepted a meeting"),
    _happened("meeting.tentative", InteractionKind.TENTATIVE, "the contact may come to a meeting"),
    _happened("meeting.declined", InteractionKind.DECLINED, "the contact declined a meeting"),
    _happened("meeting.held", InteractionKind.HELD, "a meeting took place"),
    _happened("meeting.no_show", InteractionKind.NO_SHOW, "the contact did not come to a meeting"),
    _happened("meeting.cancelled", InteractionKind.CANCELLED, "a meeting was called off"),
)

#: What is counted of it; in a campaign's step, since the contact was enrolled.
COUNTED = (
    Fact(
        text="unanswered",
        name="unanswered",
        type=Type.NUMBER,
        sql=history.unanswered,
        value=lambda person: person.unanswered,
        about="messages that went out since the contact last wrote, clicked, picked up or filled in a form",
    ),
)

FIELDS = {fact.name: fact for fact in (*RECORDED, *HAPPENED, *COUNTED)}

#: Names that stand before a dot. The parts of answers are the questions that reps and badges answered.
GROUPS = ("account", "answers", "meeting", "show")


def answer(name: str) -> Fact:
    """Return the fact for `answers.NAME`: what the lead's answer to a question is, as text."""
    return Fact(
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
