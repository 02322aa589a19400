"""The plan: who would get what and when, who would not and why.

A plan is made by the very statements that a run performs, in a transaction that is rolled back: what it shows
is what a run would do if nothing else happened. For steps to come it assumes that each step before them goes
out at its time, that what waits for approval gets it, and that nothing comes back; and it judges conditions
and permissions by what is known now. Of a recurring step it shows the next occurrence.
"""

from collections import Counter
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, Connection, Engine, Row, and_, func, or_, select

from aftershow.audience.loading import load_person
from aftershow.audience.query import belongs
from aftershow.audience.scope import people_from
from aftershow.audience.segments import contact_label
from aftershow.campaign.campaign import Campaign, CampaignStep, MessageStep
from aftershow.campaign.versions import Moved, Version, entered, in_use
from aftershow.journey.advancing import advance
from aftershow.journey.dating import set_due_dates
from aftershow.journey.routing import route
from aftershow.journey.turn import prepare
from aftershow.ledger.planning import plan_messages, update_holds
from aftershow.ledger.pretending import pretend_all
from aftershow.ledger.step_rules import StepRules
from aftershow.people.normalizing.zones import zones_of
from aftershow.people.record.shows import show_id
from aftershow.store.tables import contact, enrollment, message
from aftershow.words.populations import Population
from aftershow.words.reasons import HoldReason
from aftershow.words.states import State
from aftershow.workspace.times.openings import NeverOpen

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
    #: aware; when the step is due and the channel open to the person, which is the earliest that it goes out
    due_at: datetime
    #: someone must let it go first
    needs_approval: bool
    #: what it costs, where the step says so
    cost: Decimal | None


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
    #: what all planned messages cost together
    cost: Decimal
    #: leads of the show (without a show: contacts) who are not in it, counted by the clause that fails
    outside: dict[str, int]
    #: people who would go on with the campaign as it was edited
    moved: tuple[Moved, ...]


def make_plan(engine: Engine, campaign: Campaign, *, now: datetime) -> Plan:
    """Make the plan; nothing is written."""
    with engine.connect() as connection, connection.begin() as transaction:
        prepared = prepare(connection, campaign, now=now)
        planned: list[PlannedMessage] = []
        held: list[HeldMessage] = []
        for version in in_use(connection, campaign):
            for step in version.campaign.steps:
                going, staying = _play(connection, version, step, now=now)
                planned += going
                held += staying
        plan = Plan(
            campaign=campaign.name,
            at=now,
            planned=sorted(planned, key=lambda message: (message.due_at, message.contact_id)),
            held=held,
            cost=sum((message.cost for message in planned if message.cost), Decimal(0)),
            outside={},
            moved=prepared.moved,
        )
        transaction.rollback()
    # Asked afterwards: while a plan is being made, its rows are locked.
    with engine.begin() as connection:
        return replace(plan, outside=_outside(connection, campaign, now=now))


def _play(
    connection: Connection, version: Version, step: CampaignStep, *, now: datetime
) -> tuple[list[PlannedMessage], list[HeldMessage]]:
    """Bring everyone to this step, read who would get it and who not, and act as if it had gone out."""
    set_due_dates(connection, version, step, now=now)
    route(connection, version, step, now=now, due_by=None)
    if not isinstance(step, MessageStep):
        return [], []
    rules = version.rules(step, now)
    plan_messages(connection, rules, now=now, due_by=None)
    update_holds(connection, rules, now=now, due_by=None)
    planned = [
        _planned(row, version, step, now=now) for row in connection.execute(_messages(rules, _goes(now)))
    ]
    held = [_held(row) for row in connection.execute(_messages(rules, _stays(now)))]
    pretend_all(connection, rules, now=now)
    advance(connection, version, step, now=None)
    return planned, held


def _goes(now: datetime) -> ColumnElement[bool]:
    """What goes out, or will once the day has come or somebody has let it go."""
    later_on = and_(message.c.reason == HoldReason.APPROVAL, message.c.due_at > now)
    until_it_opens = message.c.reason == HoldReason.QUIET_HOURS
    waits = and_(message.c.state == State.HELD, or_(later_on, until_it_opens), message.c.expires_at > now)
    return or_(message.c.state == State.PLANNED, waits)


def _stays(now: datetime) -> ColumnElement[bool]:
    """Who is held, and who comes too late: what the plan's own moment would give up."""
    given_up = and_(message.c.state == State.EXPIRED, message.c.settled_at == now)
    return or_(and_(message.c.state == State.HELD, ~_goes(now)), given_up)


def _planned(row: Row[Any], version: Version, step: MessageStep, *, now: datetime) -> PlannedMessage:
    return PlannedMessage(
        contact_id=row.contact_id,
        contact=row.contact,
        step=row.step,
        channel=row.channel,
        due_at=_opens(row, version, step, now=now),
        needs_approval=row.reason == HoldReason.APPROVAL,
        cost=row.cost,
    )


def _opens(row: Row[Any], version: Version, step: MessageStep, *, now: datetime) -> datetime:
    """Return when the channel is open to the person: what was due in the night goes out in the morning."""
    due_at: datetime = row.due_at
    if due_at > now or row.reason != HoldReason.QUIET_HOURS:
        return due_at
    home = version.campaign.settings.timezone
    zones = zones_of(row.timezone, row.possible_zones, row.country, home=home)
    try:
        return version.campaign.opening(step).next(now, zones, row.country)
    except NeverOpen:
        return due_at


def _held(row: Row[Any]) -> HeldMessage:
    return HeldMessage(
        contact_id=row.contact_id,
        contact=row.contact,
        step=row.step,
        channel=row.channel,
        reason=row.reason,
    )


def _messages(rules: StepRules, stands: ColumnElement[bool]):  # type: ignore[no-untyped-def]  # the columns say more than a type
    its = message.c
    return (
        select(its.contact_id, its.step, its.channel, its.due_at, its.reason, its.cost)
        .add_columns(contact_label().label("contact"))
        .add_columns(contact.c.timezone, contact.c.possible_zones, contact.c.country)
        .join_from(message, contact, contact.c.id == its.contact_id)
        .where(rules.messages, stands)
        .order_by(its.id)
    )


def _outside(connection: Connection, campaign: Campaign, *, now: datetime) -> dict[str, int]:
    """Return who of the population is on no track, by the clause of the first track's audience that fails."""
    track = campaign.tracks[0]
    show = show_id(connection, campaign.show) if campaign.show else None
    scope = campaign.scope(now)
    inside = select(enrollment.c.contact_id).where(entered(campaign.name))
    others = (
        select(contact.c.id)
        .select_from(people_from(show, track.population))
        .where(belongs(show, track.population, list(campaign.settings.team)))
        .where(~track.audience.sql(scope), contact.c.id.not_in(inside))
    )
    reasons: Counter[str] = Counter()
    lead_of = show if track.population is Population.LEADS else None
    for number in connection.scalars(others.order_by(contact.c.id).limit(EXPLAINED)).all():
        person = load_person(connection, number, show_id=lead_of, scope=scope)
        failing = track.audience.explain(person).first_failing
        if failing:
            reasons[failing.text] += 1
    total = connection.scalar(select(func.count()).select_from(others.subquery())) or 0
    if total > EXPLAINED:
        reasons["not looked into"] = total - EXPLAINED
    return dict(reasons.most_common())
