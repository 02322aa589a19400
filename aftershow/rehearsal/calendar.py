"""What campaigns will do until a day: messages by day and channel, their cost, and who has enough."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, Engine, and_, func, or_, select

from aftershow.audience.segments import contact_label
from aftershow.campaign.campaign import Campaign
from aftershow.ledger.planning import LATE
from aftershow.rehearsal.virtual_time import NOBODY, Tell, play
from aftershow.store.copying import copied
from aftershow.store.tables import contact, message
from aftershow.words.reasons import HoldReason
from aftershow.words.states import State


@dataclass(frozen=True, kw_only=True, slots=True)
class Entry:
    """The messages of one step on one day."""

    #: by the clock of the workspace
    day: date
    campaign: str
    step: str
    channel: str
    messages: int
    #: how many of them wait for a person's word first
    approvals: int
    cost: Decimal


@dataclass(frozen=True, kw_only=True, slots=True)
class TooMuch:
    """A person for whom the caps hold messages back."""

    contact_id: int
    contact: str
    #: messages that were held until they were late, or are held still
    messages: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Calendar:
    """What will happen until a moment if nothing comes back and everything is approved at once."""

    at: datetime
    until: datetime
    entries: list[Entry]
    cost: Decimal
    too_much: list[TooMuch]


def make_calendar(
    engine: Engine,
    campaigns: Sequence[Campaign],
    *,
    only: str | None = None,
    now: datetime,
    until: datetime,
    tell: Tell | None = None,
) -> Calendar:
    """Play all campaigns ahead on a copy, since caps count over all of them, and read off what happened.

    `only` names the campaign that is asked about; without it, all are.
    """
    with copied(engine) as copy:
        play(copy, campaigns, start=now, until=until, tell=tell)
        zone = ZoneInfo(campaigns[0].settings.timezone) if campaigns else ZoneInfo("UTC")
        with copy.begin() as connection:
            entries = _entries(connection, zone, only, now=now)
            return Calendar(
                at=now,
                until=until,
                entries=entries,
                cost=sum((entry.cost for entry in entries), Decimal(0)),
                too_much=_too_much(connection, only, now=now),
            )


def _entries(connection: Connection, zone: ZoneInfo, only: str | None, *, now: datetime) -> list[Entry]:
    its = message.c
    key = (its.handed_over_at, its.campaign, its.step, its.channel)
    approved = func.count().filter(its.approved_by == NOBODY)
    query = (
        select(
            *key,
            func.count().label("messages"),
            approved.label("approvals"),
            func.sum(its.cost).label("cost"),
        )
        .where(its.state == State.ACCEPTED, its.handed_over_at >= now)
        .group_by(*key)
    )
    if only is not None:
        query = query.where(its.campaign == only)
    days: dict[tuple[date, str, str, str], tuple[int, int, Decimal]] = {}
    for row in connection.execute(query):
        day = row.handed_over_at.astimezone(zone).date()
        place = (day, row.campaign, row.step, row.channel)
        messages, approvals, cost = days.get(place, (0, 0, Decimal(0)))
        days[place] = (messages + row.messages, approvals + row.approvals, cost + (row.cost or 0))
    return [
        Entry(
            day=day,
            campaign=campaign,
            step=step,
            channel=channel,
            messages=messages,
            approvals=approvals,
            cost=cost,
        )
        for (day, campaign, step, channel), (messages, approvals, cost) in sorted(days.items())
    ]


def _too_much(connection: Connection, only: str | None, *, now: datetime) -> list[TooMuch]:
    its = message.c
    capped = or_(
        and_(its.state == State.HELD, its.reason == HoldReason.FREQUENCY_CAP),
        and_(
            its.state == State.EXPIRED,
            its.reason == f"{LATE}: {HoldReason.FREQUENCY_CAP}",
            its.settled_at >= now,
        ),
    )
    query = (
        select(its.contact_id, contact_label().label("contact"), func.count().label("messages"))
        .join_from(message, contact, contact.c.id == its.contact_id)
        .where(capped)
        .group_by(its.contact_id, contact.c.id)
        .order_by(func.count().desc(), its.contact_id)
    )
    if only is not None:
        query = query.where(its.campaign == only)
    return [
        TooMuch(contact_id=row.contact_id, contact=row.contact, messages=row.messages)
        for row in connection.execute(query)
    ]
