"""One turn of a campaign: enrol, plan, send what is due, log, move everyone on.

A turn may be repeated, interrupted or run by several workers at once; the ledger makes that harmless.
"""

import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Literal, Protocol, TypeAlias, TypeVar

from sqlalchemy import Connection, Engine

from aftershow.campaign.campaign import Campaign, CampaignStep, MessageStep
from aftershow.campaign.versions import Moved, Version, in_use, move, newest
from aftershow.journey.active_steps import ActiveSteps
from aftershow.journey.advancing import advance
from aftershow.journey.dating import set_due_dates
from aftershow.journey.enrolling import coming, enrol
from aftershow.journey.leaving import leave
from aftershow.journey.routing import route
from aftershow.ledger.claims import recover
from aftershow.ledger.counts import held_by_reason, planned_counts
from aftershow.ledger.pace import Pace
from aftershow.ledger.planning import expire, plan_messages, update_holds
from aftershow.ledger.send_counts import SendCounts
from aftershow.ledger.sending import Clock, SendJob, send_due
from aftershow.messages.rendering import StepRenderer
from aftershow.ports import Sender
from aftershow.words.channels import Channel


@dataclass(frozen=True, kw_only=True, slots=True)
class Prepared:
    """What a turn found and wrote down before anything was sent."""

    #: people who came into the campaign
    enrolled: int
    #: messages that are due and held by nothing
    due: int
    #: held messages, by reason, of this turn and before
    held: dict[str, int]
    #: of a sender that died: messages that may have been sent
    in_doubt: int
    #: messages given up in this turn, because they were not sent in their time
    expired: int
    #: enrolments that ended before their last step
    left: int
    #: people who go on with a newer version of the campaign
    moved: tuple[Moved, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class TurnResult:
    """What one turn did: the document of `aftershow run --json`."""

    campaign: str
    #: ISO 8601, with its zone
    at: str
    enrolled: int
    #: messages that were due and that nothing held when the turn began
    planned: int
    #: messages that are to come later: planned for later, or the next step of someone
    later: int
    #: messages given up in this turn, because they were not sent in their time
    expired: int
    #: all held messages of the campaign, by reason
    held: dict[str, int]
    accepted: int
    rejected: int
    #: may have been sent; also those that an earlier sender left behind when it died
    unknown: int
    #: nothing was sent; tried again in a later turn
    deferred: int
    #: interactions written
    interactions: int
    #: enrolments that ended before their last step
    left: int
    #: people who go on with a newer version of the campaign
    moved: tuple[Moved, ...]
    #: why nothing could be sent to some, who are tried again; the first reason
    trouble: str | None
    #: why the provider refuses us, when it does
    stopped: str | None


#: What comes of a part of a turn.
T = TypeVar("T")
#: The parts of a turn that only read and write the database: what is before sending, and what is after it.
Part: TypeAlias = Literal["plan", "log"]
#: Sends what a turn found due, and commits for itself; returns what happened.
Send: TypeAlias = Callable[[Prepared], SendCounts]


#: A part of a turn, which is done in the transaction that it is handed.
Doing: TypeAlias = Callable[[Connection], T]


class Transact(Protocol):
    """Does a part of a turn inside a transaction."""

    def __call__(self, part: Part, work: Doing[T], /) -> T:
        """Do it, all or nothing; returns what comes of it."""


def committing(engine: Engine) -> Transact:
    """Return what does each part in a transaction of its own."""

    def transact(_: Part, work: Doing[T], /) -> T:
        with engine.begin() as connection:
            return work(connection)

    return transact


def within(connection: Connection) -> Transact:
    """Return what does all parts in the transaction that is open."""

    def transact(_: Part, work: Doing[T], /) -> T:
        return work(connection)

    return transact


def take_turn(
    transact: Transact, campaign: Campaign, *, now: datetime, send: Send, news: bool = True
) -> TurnResult:
    """Take one turn of a campaign: plan, send, log.

    `transact` says where the transactions of its parts stand, and `send` how messages go out; it is called
    once planning is done, whether or not anything is due. `now` is aware, the moment of the whole turn.
    Without `news`, nothing but time has brought anybody into the campaign since its last turn.
    """
    prepared = transact("plan", partial(prepare, campaign=campaign, now=now, news=news))
    totals = send(prepared)
    return transact("log", partial(finish, campaign=campaign, prepared=prepared, totals=totals, now=now))


def prepare(connection: Connection, campaign: Campaign, *, now: datetime, news: bool = True) -> Prepared:
    """Enrol, let go, plan and hold, in the caller's transaction.

    Without `news`, nothing but time has brought anybody into the campaign since its last turn.
    """
    _, in_doubt = recover(connection, campaign.name, now=now)
    current = newest(connection, campaign, now=now)
    moved = move(connection, campaign, current, now=now)
    enrolled = enrol(connection, current, now=now, news=news)
    left = expired = 0
    for version in in_use(connection, campaign):
        left += leave(connection, version, now=now)
        active = ActiveSteps(connection, version, now=now)
        for step in version.campaign.steps:
            if step in active:
                expired += _come_to(connection, version, step, active, now=now)
    due, _ = planned_counts(connection, campaign.name, now=now)
    held = held_by_reason(connection, campaign.name)
    return Prepared(
        enrolled=enrolled,
        due=due,
        held=held,
        in_doubt=in_doubt,
        expired=expired,
        left=left,
        moved=tuple(moved),
    )


def _come_to(
    connection: Connection, version: Version, step: CampaignStep, active: ActiveSteps, *, now: datetime
) -> int:
    """Write down who has come to a step, and move on who is through; returns how many were too late."""
    expired = 0
    while True:
        set_due_dates(connection, version, step, now=now)
        if route(connection, version, step, now=now, due_by=now):
            active.left(step)
        if not isinstance(step, MessageStep):
            return 0
        rules = version.rules(step, now)
        plan_messages(connection, rules, now=now, due_by=now)
        expired += expire(connection, rules, now=now)
        update_holds(connection, rules, now=now, due_by=now)
        moved = advance(connection, version, step, now=now)
        if moved:
            active.left(step)
        # After an outage, each occurrence of a recurring step is written down, and the last one goes out.
        if step.sends.every is None or not moved:
            return expired


def send_shard(
    engine: Engine,
    renderers: Sequence[StepRenderer],
    senders: Mapping[Channel, Sender],
    *,
    worker: str,
    clock: Clock,
    limit: int = sys.maxsize,
) -> tuple[SendCounts, int]:
    """Send up to `limit` of a campaign's due messages; returns what happened and how many were taken.

    `renderers` has one for each step of each version: they keep their compiled templates from shard to shard.
    """
    totals, taken = SendCounts(), 0
    for renderer in renderers:
        work = SendJob(
            rules_at=partial(renderer.version.rules, renderer.step),
            render=partial(renderer.render, clock=clock),
            sender=senders[renderer.step.sends.channel],
            worker=worker,
            clock=clock,
            pace=_pace(renderer),
        )
        more, count = send_due(engine, work, limit=limit - taken)
        totals, taken = totals + more, taken + count
        if totals.ended_early:
            break
    return totals, taken


def _pace(renderer: StepRenderer) -> Pace | None:
    settings, channel = renderer.version.campaign.settings, renderer.step.sends.channel
    rate = settings.rates.get(channel)
    return Pace(channel=channel, rate=rate, zone=settings.timezone) if rate else None


def finish(
    connection: Connection, campaign: Campaign, prepared: Prepared, totals: SendCounts, *, now: datetime
) -> TurnResult:
    """Move on everyone whose message went out, in the caller's transaction; returns what the turn did."""
    _move_on(connection, campaign, now=now)
    return TurnResult(
        campaign=campaign.name,
        at=now.isoformat(),
        enrolled=prepared.enrolled,
        planned=prepared.due,
        later=planned_counts(connection, campaign.name, now=now)[1]
        + coming(connection, campaign.name, now=now),
        expired=prepared.expired,
        held=held_by_reason(connection, campaign.name),
        accepted=totals.accepted,
        rejected=totals.rejected,
        unknown=totals.unknown + prepared.in_doubt,
        deferred=totals.deferred + totals.untouched,
        interactions=totals.interactions,
        left=prepared.left,
        moved=prepared.moved,
        trouble=totals.trouble,
        stopped=totals.stopped,
    )


def _move_on(connection: Connection, campaign: Campaign, *, now: datetime) -> None:
    """Move on everyone whose message went out, in the caller's transaction, and date what comes next."""
    for version in in_use(connection, campaign):
        active = ActiveSteps(connection, version, now=now)
        for sending in version.campaign.message_steps:
            if sending in active and advance(connection, version, sending, now=now):
                active.left(sending)
        for step in version.campaign.steps:
            if step in active:
                set_due_dates(connection, version, step, now=now)
