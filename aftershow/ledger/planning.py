"""Write down who gets a step and who does not, in set statements over the whole audience."""

from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Numeric,
    Select,
    and_,
    case,
    exists,
    literal,
    or_,
    select,
    true,
)

from aftershow.ledger.holds import any_reason, people_of, person_reason
from aftershow.ledger.states import By, beginning, moving, parting
from aftershow.ledger.step_rules import StepRules
from aftershow.store.insert_missing import insert_missing
from aftershow.store.tables import enrollment, message
from aftershow.store.types import Moment, later
from aftershow.words.reasons import Lasts, lasting
from aftershow.words.states import State

#: Reasons that are decided at the due time and then stay: such a message is not looked at again.
LASTING = lasting(Lasts.FOR_GOOD)

#: Reasons that go away by themselves or by a person's hand: the person waits at the step until they do.
PASSING = lasting(Lasts.PASSES)

#: Why a message expired; after a colon stands what had held it.
LATE = "late"

#: So many occurrences of a recurring step fit beside each other.
ROUNDS = 1_000

#: Another message of the same enrollment.
_FOLLOWER = message.alias("follower")

_REVIEW = parting(State.PLANNED, State.HELD, to=State.PLANNED, otherwise=State.HELD, by=By.TURN)
_EXPIRE = moving(State.PLANNED, State.HELD, to=State.EXPIRED, by=By.TURN)

_GOING_OUT = (State.PLANNED, State.CLAIMED, State.HANDING_OVER)


def plan_messages(connection: Connection, rules: StepRules, *, now: datetime, due_by: datetime | None) -> int:
    """Make the ledger rows of everyone who has come to this step; returns how many are new.

    `due_by` is the moment up to which people have come to the step; None takes everyone who will come to it,
    however late, which is what a plan looks at. A person whose row is there already gets no second one.
    """
    return insert_missing(connection, message, _people_at_the_step(rules, now=now, due_by=due_by))


def update_holds(connection: Connection, rules: StepRules, *, now: datetime, due_by: datetime | None) -> None:
    """Look again at what was not sent: hold what must not go, release what nothing holds any more."""
    verdict = (
        select(message.c.id, any_reason(rules, now=now).label("reason"))
        .select_from(
            people_of(message.join(enrollment, enrollment.c.id == message.c.enrollment_id), rules.show_id)
        )
        .where(
            rules.messages,
            _may_change(rules),
            message.c.expires_at > now,
            _due(message.c.due_at, due_by),
        )
        .cte("verdict")
        # Else both databases would look for the reason again wherever it is read.
        .prefix_with("MATERIALIZED")
    )
    connection.execute(
        # It asks for the state again: on PostgreSQL a worker may have sent it while this waited for its row.
        _REVIEW(verdict.c.reason.is_(None))
        .where(message.c.id == verdict.c.id, message.c.reason.is_distinct_from(verdict.c.reason))
        .values(reason=verdict.c.reason)
    )


def expire(connection: Connection, rules: StepRules, *, now: datetime) -> int:
    """Give up what was not sent in time; returns how many."""
    waits = or_(message.c.state == State.PLANNED, message.c.reason.in_(PASSING))
    return connection.execute(
        _EXPIRE.where(rules.messages, waits, message.c.expires_at <= now).values(
            reason=case((message.c.reason.is_(None), LATE), else_=literal(f"{LATE}: ") + message.c.reason),
            settled_at=now,
        )
    ).rowcount


def _people_at_the_step(rules: StepRules, *, now: datetime, due_by: datetime | None) -> Select[Any]:
    reason = person_reason(rules)
    here = message.c.enrollment_id == enrollment.c.id
    there_already = exists().where(
        message.c.campaign == rules.campaign,
        message.c.step == rules.step,
        message.c.contact_id == enrollment.c.contact_id,
        message.c.occurrence == occurrence(),
    )
    # Someone whose earlier step is going out after all comes to this one after it, not in the same breath.
    busy = exists().where(here, message.c.state.in_(_GOING_OUT))
    return (
        select(
            enrollment.c.campaign,
            enrollment.c.step,
            enrollment.c.contact_id,
            occurrence().label("occurrence"),
            literal(rules.version_id).label("version_id"),
            enrollment.c.id.label("enrollment_id"),
            literal(rules.channel.value).label("channel"),
            literal(rules.template).label("template"),
            beginning(reason.is_(None)).label("state"),
            reason.label("reason"),
            literal(now, Moment()).label("planned_at"),
            enrollment.c.due_at,
            later(enrollment.c.due_at, rules.expires.total_seconds()).label("expires_at"),
            literal(0).label("attempts"),
            literal(rules.cost, Numeric(14, 4)).label("cost"),
        )
        .select_from(people_of(enrollment, rules.show_id))
        .where(
            rules.people,
            enrollment.c.due_at.is_not(None),
            _due(enrollment.c.due_at, due_by),
            ~there_already,
            ~busy,
        )
    )


def occurrence() -> ColumnElement[int]:
    """Return which occurrence of its step an enrollment has come to."""
    return enrollment.c.occurrence * ROUNDS + enrollment.c.round


def _due(column: ColumnElement[datetime], due_by: datetime | None) -> ColumnElement[bool]:
    return true() if due_by is None else column <= due_by


def _may_change(rules: StepRules) -> ColumnElement[bool]:
    """A planned message may; a held one while nothing else has come for the person since."""
    went_on = exists().where(
        _FOLLOWER.c.enrollment_id == message.c.enrollment_id, _FOLLOWER.c.id > message.c.id
    )
    held = and_(message.c.reason.not_in(LASTING), ~went_on)
    if rules.has_instead:
        held = and_(held, enrollment.c.step == rules.step)
    # One search for both states: SQLite would make two, and keep each row's id in memory to unite them.
    return and_(message.c.state.in_((State.PLANNED, State.HELD)), or_(message.c.state == State.PLANNED, held))
