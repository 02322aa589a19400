"""The plan: who would get what and when, who would not and why.

A plan is made by the very statements that a run performs, in a transaction that is rolled back: what it shows
is what a run would do if nothing else happened. For steps to come it assumes that each step before them goes
out at its time, and it judges conditions and permissions by what is known now.
"""

from collections import Counter
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, Engine, and_, case, func, literal, or_, select, update

from aftershow.audience.loading import load_person
from aftershow.audience.scope import people_from
from aftershow.journey.advancing import advance
from aftershow.journey.campaign import Campaign, CampaignStep
from aftershow.journey.segments import contact_label
from aftershow.journey.turn import prepare
from aftershow.leads.shows import show_id
from aftershow.ledger.planning import reach, review
from aftershow.store.tables import contact, enrollment, lead, message
from aftershow.store.types import Moment
from aftershow.words import State

#: Of how many people outside the audience the failing clause is looked up; each costs some queries.
EXPLAINED = 1_000


@dataclass(frozen=True, kw_only=True, slots=True)
class PlannedMessage:
    """One message that would go out."""

    contact_id: int
    #: the person's email address, else the phone number, else the id
    contact: str
    step: str
    channel: str
    #: aware; when the step is due, which is the earliest that it goes out
    due_at: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class HeldMessage:
    """One message that would not go out, and why."""

    contact_id: int
    contact: str
    step: str
    channel: str
    reason: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Plan:
    """What a run would do, for everyone in the campaign."""

    campaign: str
    #: the moment it was made for
    at: datetime
    planned: list[PlannedMessage]
    held: list[HeldMessage]
    #: leads of the show (without a show: contacts) who are not in it, counted by the clause that fails
    outside: dict[str, int]
    #: people whose next step is no longer in the campaign, by the step's name
    stranded: dict[str, int]


def make_plan(engine: Engine, campaign: Campaign, *, now: datetime) -> Plan:
    """Make the plan; nothing is written."""
    with engine.connect() as connection, connection.begin() as transaction:
        prepared = prepare(connection, campaign, now=now)
        planned: list[PlannedMessage] = []
        for step in campaign.steps:
            planned += _play(connection, campaign, step, now=now)
        plan = Plan(
            campaign=campaign.name,
            at=now,
            planned=sorted(planned, key=lambda message: (message.due_at, message.contact_id)),
            held=_held(connection, campaign, now=now),
            outside={},
            stranded=prepared.stranded,
        )
        transaction.rollback()
    # Asked afterwards: while a plan is being made, its rows are locked.
    with engine.begin() as connection:
        return replace(plan, outside=_outside(connection, campaign, now=now))


def _play(
    connection: Connection, campaign: Campaign, step: CampaignStep, *, now: datetime
) -> list[PlannedMessage]:
    """Bring everyone to this step, read who would get it, and act as if it had gone out."""
    rules = campaign.rules(step, now)
    reach(connection, rules, now=now, due_by=None)
    review(connection, rules, now=now, due_by=None)
    planned = [
        PlannedMessage(
            contact_id=row.contact_id,
            contact=row.contact,
            step=step.key,
            channel=row.channel,
            due_at=row.due_at,
        )
        for row in connection.execute(
            _messages(campaign, message.c.state == State.PLANNED).where(message.c.step == step.key)
        )
    ]
    went_out = case((message.c.due_at > now, message.c.due_at), else_=literal(now, Moment()))
    connection.execute(
        update(message)
        .where(
            message.c.campaign == campaign.name, message.c.step == step.key, message.c.state == State.PLANNED
        )
        .values(state=State.ACCEPTED, handed_over_at=went_out)
    )
    advance(connection, campaign, step)
    return planned


def _held(connection: Connection, campaign: Campaign, *, now: datetime) -> list[HeldMessage]:
    """Return who is held, and who comes too late: what the plan's own moment would give up."""
    given_up = and_(message.c.state == State.EXPIRED, message.c.settled_at == now)
    return [
        HeldMessage(
            contact_id=row.contact_id,
            contact=row.contact,
            step=row.step,
            channel=row.channel,
            reason=row.reason,
        )
        for row in connection.execute(_messages(campaign, or_(message.c.state == State.HELD, given_up)))
    ]


def _messages(campaign: Campaign, stands: ColumnElement[bool]):  # type: ignore[no-untyped-def]  # the columns say more than a type
    return (
        select(message.c.contact_id, message.c.step, message.c.channel, message.c.due_at, message.c.reason)
        .add_columns(contact_label().label("contact"))
        .join_from(message, contact, contact.c.id == message.c.contact_id)
        .where(message.c.campaign == campaign.name, stands)
        .order_by(message.c.id)
    )


def _outside(connection: Connection, campaign: Campaign, *, now: datetime) -> dict[str, int]:
    show = show_id(connection, campaign.show) if campaign.show else None
    scope = campaign.scope(now)
    inside = select(enrollment.c.contact_id).where(enrollment.c.campaign == campaign.name)
    others = (
        select(contact.c.id)
        .select_from(people_from(show))
        .where(~campaign.audience.sql(scope), contact.c.id.not_in(inside))
    )
    if show is not None:
        others = others.where(lead.c.show_id == show)
    reasons: Counter[str] = Counter()
    for number in connection.scalars(others.order_by(contact.c.id).limit(EXPLAINED)).all():
        failing = campaign.audience.explain(
            load_person(connection, number, show_id=show, scope=scope)
        ).first_failing
        if failing:
            reasons[failing.text] += 1
    total = connection.scalar(select(func.count()).select_from(others.subquery())) or 0
    if total > EXPLAINED:
        reasons["not looked into"] = total - EXPLAINED
    return dict(reasons.most_common())
