"""Messages that count as sent where nobody is written to: in a plan, and in virtual time."""

from datetime import datetime

from sqlalchemy import ColumnElement, Connection, and_, case, literal, or_, select

from aftershow.audience.record import ADDRESSES
from aftershow.ledger.planning import PASSING
from aftershow.ledger.states import By, moving
from aftershow.ledger.step_rules import StepRules
from aftershow.store.tables import contact, message
from aftershow.store.types import Moment
from aftershow.words.reasons import HoldReason
from aftershow.words.states import State

_SEND = moving(State.PLANNED, to=State.ACCEPTED, by=By.REHEARSAL)
_SEND_ALL = moving(State.PLANNED, State.HELD, to=State.ACCEPTED, by=By.REHEARSAL)
_GIVE_UP = moving(State.HELD, to=State.EXPIRED, by=By.REHEARSAL)


def is_due(rules: StepRules, *, now: datetime) -> ColumnElement[bool]:
    """Whether a message of a step goes out now."""
    return and_(
        rules.messages,
        message.c.state == State.PLANNED,
        message.c.due_at <= now,
        message.c.expires_at > now,
    )


def pretend_due(connection: Connection, rules: StepRules, *, now: datetime) -> int:
    """Let what is due count as accepted now, at the address that the person has; returns how many."""
    address = select(ADDRESSES[rules.channel]).where(contact.c.id == message.c.contact_id).scalar_subquery()
    return connection.execute(
        _SEND.where(is_due(rules, now=now)).values(handed_over_at=now, settled_at=now, address=address)
    ).rowcount


def pretend_all(connection: Connection, rules: StepRules, *, now: datetime) -> None:
    """Act as if everything had gone out that will, and as if time had run out for the rest that waits."""
    went_out = case((message.c.due_at > now, message.c.due_at), else_=literal(now, Moment()))
    waits = and_(message.c.state == State.HELD, message.c.reason.in_(PASSING))
    approved = and_(waits, message.c.reason != HoldReason.FREQUENCY_CAP)
    connection.execute(
        _SEND_ALL.where(rules.messages, or_(message.c.state == State.PLANNED, approved)).values(
            handed_over_at=went_out
        )
    )
    connection.execute(_GIVE_UP.where(rules.messages, message.c.reason.in_(PASSING)))
