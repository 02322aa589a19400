"""Play campaigns ahead in virtual time: the same turns as in earnest, with nobody written to.

Everything that is due and held by nothing counts as sent at once, what waits for approval gets it, and only
what a caller lets happen comes back. It is for a copy of the database: see aftershow.store.copying.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from heapq import heappop, heappush
from itertools import count
from typing import Protocol
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, Engine, exists, func, literal, select

from aftershow.campaign.campaign import Campaign
from aftershow.campaign.versions import Version, entered, in_use
from aftershow.journey.enrolling import changes_with_time
from aftershow.journey.turn import Prepared, take_turn, within
from aftershow.ledger.approvals import approve
from aftershow.ledger.planning import occurrence, update_holds
from aftershow.ledger.pretending import is_due, pretend_due
from aftershow.ledger.send_counts import SendCounts
from aftershow.ledger.settling import log_sent
from aftershow.ledger.step_rules import StepRules
from aftershow.people.normalizing.zones import zones_of
from aftershow.store.tables import contact, enrollment, message
from aftershow.store.types import Moment, later
from aftershow.words.reasons import HoldReason
from aftershow.words.states import State
from aftershow.workspace.times.crons import Cron
from aftershow.workspace.times.durations import Cap
from aftershow.workspace.times.openings import NeverOpen

#: The turns of a campaign that has no schedule.
HOURLY = Cron.parse("0 * * * *")
#: Who approves while it is played.
NOBODY = "virtual time"
#: A campaign in which only dates matter is looked at so often all the same.
MOST_DAYS = 7
_INSTANT = timedelta(microseconds=1)


class Turn(Protocol):
    """Takes one turn of a campaign at a moment; `news`: somebody may come in."""

    def __call__(self, engine: Engine, campaign: Campaign, now: datetime, /, *, news: bool) -> None:
        """Take it."""


#: Told the moment of each turn.
Tell = Callable[[datetime], None]


@dataclass(frozen=True, kw_only=True, slots=True)
class Event:
    """Something that happens while campaigns are played."""

    #: aware
    at: datetime
    happen: Callable[[Engine], None]
    #: the campaigns that should look at it soon; None: all of them
    concerns: tuple[str, ...] | None = None


class Agenda:
    """What is to happen; more may be added while campaigns are played."""

    def __init__(self, events: Iterable[Event] = ()) -> None:
        self._heap: list[tuple[datetime, int, Event]] = []
        self._added = count()
        for event in events:
            self.add(event)

    def add(self, event: Event) -> None:
        """Let something happen; of two at the same moment, the one that was added first."""
        heappush(self._heap, (event.at, next(self._added), event))

    def take(self, now: datetime) -> Event | None:
        """Return the next event that has happened by now, once; None when there is none."""
        return heappop(self._heap)[2] if self._heap and self._heap[0][0] <= now else None


def in_virtual_time(engine: Engine, campaign: Campaign, now: datetime, *, news: bool) -> None:
    """Take one turn in which everything arrives that nothing holds, in one transaction."""
    with engine.begin() as connection:
        everything = partial(_send_everything, connection, campaign, now)
        take_turn(within(connection), campaign, now=now, send=everything, news=news)


def play(
    engine: Engine,
    campaigns: Iterable[Campaign],
    *,
    start: datetime,
    until: datetime,
    agenda: Agenda | None = None,
    turn: Turn = in_virtual_time,
    tell: Tell | None = None,
) -> None:
    """Play campaigns from one moment to another; the first turn of each is at the start.

    A turn is taken at those times of the campaign's schedule at which there may be something to do: when
    someone is due or has waited long enough, after an event, once a week, and once a day where days count.
    """
    agenda = agenda or Agenda()
    known = {campaign.name: campaign for campaign in campaigns}
    waiting = dict.fromkeys(known, start)
    news = set(known)
    while waiting and min(waiting.values()) <= until:
        name = min(waiting, key=lambda name: (waiting[name], name))
        now = waiting[name]
        event = agenda.take(now)
        if event is not None:
            event.happen(engine)
            for other in list(waiting) if event.concerns is None else event.concerns:
                waiting[other] = min(waiting[other], next_turn(known[other], max(event.at, start)))
            news |= set(known)
            continue
        turn(engine, known[name], now, news=name in news)
        news.discard(name)
        with engine.begin() as connection:
            waiting[name] = next_turn(known[name], _wanted(connection, known[name], now=now))
        if tell is not None:
            tell(now)


def next_turn(campaign: Campaign, at: datetime) -> datetime:
    """Return the first time of the campaign's schedule from a moment on, in UTC."""
    schedule = campaign.model.schedule
    zone = (schedule.timezone if schedule else None) or campaign.settings.timezone
    return (schedule.every if schedule else HOURLY).next(at - _INSTANT, zone)


def _send_everything(connection: Connection, campaign: Campaign, now: datetime, _: Prepared) -> SendCounts:
    """Approve what waits for it, and let everything arrive that is due and held by nothing."""
    sent = 0
    approve(connection, campaign.name, None, by=NOBODY, now=now)
    for version in in_use(connection, campaign):
        due = _steps_due(connection, campaign, now=now)
        for step in version.campaign.message_steps:
            if step.key not in due:
                continue
            rules = version.rules(step, now)
            # Asked again for each step: what an earlier one has just sent counts for the cap.
            update_holds(connection, rules, now=now, due_by=now)
            sent += _send(connection, rules, now=now)
    return SendCounts(accepted=sent, interactions=sent)


def _steps_due(connection: Connection, campaign: Campaign, *, now: datetime) -> frozenset[str]:
    planned = (
        message.c.campaign == campaign.name,
        message.c.state == State.PLANNED,
        message.c.due_at <= now,
    )
    return frozenset(connection.scalars(select(message.c.step).where(*planned).distinct()))


def _send(connection: Connection, rules: StepRules, *, now: datetime) -> int:
    log_sent(connection, is_due(rules, now=now), now=now)
    return pretend_due(connection, rules, now=now)


def _wanted(connection: Connection, campaign: Campaign, *, now: datetime) -> datetime:
    """Return the first moment after now at which a turn may find something to do."""
    zone = ZoneInfo(campaign.settings.timezone)
    tomorrow = now.astimezone(zone).date() + timedelta(days=1 if _changes_with_time(campaign) else MOST_DAYS)
    midnight = datetime.combine(tomorrow, datetime.min.time(), zone)
    moments = [midnight.astimezone(UTC), _due(connection, campaign, now=now)]
    moments += (moment for moment in (campaign.starts_at(), campaign.ends_at()) if moment and moment > now)
    for version in in_use(connection, campaign):
        moments += _deadlines(connection, version, now=now)
        moments += _openings(connection, version, now=now)
    cap = (campaign.model.limits or campaign.settings.limits).per_contact
    if cap is not None:
        moments.append(_heard_less(connection, campaign, cap, now=now))
    return min(moment for moment in moments if moment is not None)


def _changes_with_time(campaign: Campaign) -> bool:
    """Whether somebody may come in, or leave, because a day has passed and nothing else has happened."""
    conditions = [track.audience for track in campaign.tracks] + [stop.condition for stop in campaign.stops]
    return any(changes_with_time(condition) for condition in conditions)


def _due(connection: Connection, campaign: Campaign, *, now: datetime) -> datetime | None:
    ahead = select(func.min(enrollment.c.due_at)).where(
        entered(campaign.name),
        enrollment.c.step.is_not(None),
        enrollment.c.exited_at.is_(None),
        ~exists().where(
            message.c.enrollment_id == enrollment.c.id,
            message.c.step == enrollment.c.step,
            message.c.occurrence == occurrence(),
        ),
    )
    moment: datetime | None = connection.scalar(ahead)
    # Who has come to a step in this turn, later than it was due, gets it in the next one.
    return moment and max(moment, now + _INSTANT)


def _deadlines(connection: Connection, version: Version, *, now: datetime) -> list[datetime | None]:
    """Return when the first person has been listened to for long enough, for each step that listens."""
    return [
        connection.scalar(
            select(func.min(later(message.c.handed_over_at, step.sends.listen.seconds)))
            .join_from(message, enrollment, enrollment.c.id == message.c.enrollment_id)
            .where(
                message.c.campaign == version.campaign.name,
                message.c.step == step.key,
                enrollment.c.step == step.key,
                message.c.state == State.ACCEPTED,
                later(message.c.handed_over_at, step.sends.listen.seconds) > literal(now, Moment()),
            )
        )
        for step in version.campaign.message_steps
        if step.sends.listens
    ]


def _heard_less(connection: Connection, campaign: Campaign, cap: Cap, *, now: datetime) -> datetime | None:
    """Return when the first of those who have heard enough will have heard less."""
    held, heard = message.alias("held"), message.alias("heard")
    free_at = later(heard.c.handed_over_at, cap.per.total_seconds())
    moment: datetime | None = connection.scalar(
        select(func.min(free_at))
        .join_from(held, heard, heard.c.contact_id == held.c.contact_id)
        .where(
            held.c.campaign == campaign.name,
            held.c.state == State.HELD,
            held.c.reason == HoldReason.FREQUENCY_CAP,
            free_at > literal(now, Moment()),
        )
    )
    return moment


def _openings(connection: Connection, version: Version, *, now: datetime) -> Iterator[datetime]:
    """Return when the channel opens to those who are held until it does, once for each place."""
    home = version.campaign.settings.timezone
    steps = {step.key: step for step in version.campaign.message_steps}
    places = (
        select(message.c.step, contact.c.timezone, contact.c.possible_zones, contact.c.country)
        .join_from(message, contact, contact.c.id == message.c.contact_id)
        .where(
            message.c.campaign == version.campaign.name,
            message.c.state == State.HELD,
            message.c.reason == HoldReason.QUIET_HOURS,
            message.c.version_id == version.id,
        )
        .distinct()
    )
    for step, timezone, possible, country in connection.execute(places):
        zones = zones_of(timezone, possible, country, home=home)
        try:
            yield version.campaign.opening(steps[step]).next(now + _INSTANT, zones, country)
        except NeverOpen:
            continue
