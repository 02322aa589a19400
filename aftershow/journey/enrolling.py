"""Take the people who meet a campaign's audience into the campaign, once each."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    Connection,
    Select,
    String,
    Text,
    case,
    column,
    exists,
    func,
    literal,
    null,
    select,
)

from aftershow.audience.expression import Expression
from aftershow.audience.functions import MemberName, member
from aftershow.audience.query import audience
from aftershow.audience.questions import DAYS_SINCE
from aftershow.audience.scope import Scope
from aftershow.campaign.campaign import MEETING, Track
from aftershow.campaign.chance import bounds, lot
from aftershow.campaign.versions import Version, entered
from aftershow.journey.answer_dates import day_number
from aftershow.ledger.holds import HOLD_OUT
from aftershow.people.record.team import keep_team
from aftershow.store.insert_missing import insert_missing
from aftershow.store.tables import contact, enrollment, lead, meeting
from aftershow.store.types import Moment, later
from aftershow.store.value_tables import value_tables
from aftershow.words.populations import Population

#: Names whose value changes with time alone, or with what is sent: the next meeting is among them.
_WITH_TIME = (
    DAYS_SINCE,
    "contacted",
    "meeting.place",
    "meeting.starts",
    "meeting.status",
    "unanswered",
)


def changes_with_time(condition: Expression) -> bool:
    """Say whether somebody may come to meet a condition, or cease to, when nothing has happened to them."""
    return not condition.fields.isdisjoint(_WITH_TIME)


def enrol(connection: Connection, version: Version, *, now: datetime, news: bool = True) -> int:
    """Enrol everyone who meets the audience now and was never in the campaign; returns how many.

    On a track that is about meetings or dates, once for each of them. Nobody comes in before the schedule
    begins or after it ends. Without `news`, nothing has happened to anybody since the campaign's last turn:
    only tracks into which time brings people are looked at.
    """
    campaign = version.campaign
    starts, ends = campaign.starts_at(), campaign.ends_at()
    if (starts and now < starts) or (ends and now >= ends):
        return 0
    if any(track.population is Population.TEAM for track in campaign.tracks):
        keep_team(connection, campaign.settings.team, now)
    return sum(
        _take_in(connection, version, track, people, now=now)
        for track in campaign.tracks
        if news or changes_with_time(track.audience)
        for people in _people(connection, version, track, now=now)
    )


def coming(connection: Connection, campaign: str, *, now: datetime) -> int:
    """Count the people whose next step is due later than now."""
    waiting = select(func.count()).where(
        entered(campaign), enrollment.c.due_at > now, enrollment.c.exited_at.is_(None)
    )
    return connection.scalar(waiting) or 0


def _people(
    connection: Connection, version: Version, track: Track, *, now: datetime
) -> Iterator[Select[Any]]:
    """Return who meets the track's audience, as contact_id, lead_id and occurrence."""
    campaign = version.campaign
    about_meeting = track.each == MEETING
    scope = Scope(now=now, zone=campaign.settings.timezone, meeting=meeting.c.id if about_meeting else None)
    team = list(campaign.settings.team)
    people = audience(track.audience, show_id=version.show_id, scope=scope, of=track.population, team=team)
    if track.each is None:
        yield people.add_columns(literal(0, BigInteger).label("occurrence"))
    elif about_meeting:
        yield people.add_columns(meeting.c.id.label("occurrence")).join(
            meeting, meeting.c.contact_id == contact.c.id
        )
    else:
        yield from _by_date(connection, people, track.each)


def _by_date(connection: Connection, people: Select[Any], each: str) -> Iterator[Select[Any]]:
    """Return people once for each date of an answer; the occurrence is its number in the calendar."""
    said = member(lead.c.answers, literal(each.removeprefix("answers."), MemberName()))
    texts = connection.scalars(people.with_only_columns(said).where(said.is_not(None)).distinct())
    known = ((text, day_number(text)) for text in texts)
    numbered = [(text, number) for text, number in known if number is not None]
    columns = (column("text", Text), column("occurrence", BigInteger))
    for dates in value_tables("dates", columns, numbered):
        yield people.add_columns(dates.c.occurrence).join(dates, dates.c.text == said)


def _take_in(
    connection: Connection, version: Version, track: Track, query: Select[Any], *, now: datetime
) -> int:
    campaign, people = version.campaign, query.subquery("people")
    enrolled_before = exists().where(
        enrollment.c.campaign == campaign.name,
        enrollment.c.contact_id == people.c.contact_id,
        enrollment.c.track == track.name,
        enrollment.c.occurrence == people.c.occurrence,
    )
    arm, base = _hold_out(version, people.c.contact_id, now=now)
    new = select(
        literal(campaign.name, String).label("campaign"),
        literal(track.name, String).label("track"),
        people.c.occurrence,
        literal(version.id).label("version_id"),
        people.c.contact_id,
        people.c.lead_id,
        literal(now, Moment()).label("enrolled_at"),
        arm.label("arm"),
        literal(track.program.first, String).label("step"),
        literal(0).label("round"),
        base.label("base_at"),
    ).where(~enrolled_before)
    return insert_missing(connection, enrollment, new)


def _hold_out(version: Version, number: Any, *, now: datetime) -> tuple[Any, Any]:
    """Return the arm of those who hear nothing, and when everybody begins."""
    begins = literal(now, Moment())
    hold_out = version.campaign.model.audience.hold_out
    if hold_out is None:
        return literal(None, String), begins
    (end,) = bounds([hold_out.share.fraction])
    drawn = lot(f"{version.campaign.name}:{HOLD_OUT}", number) < end
    arm = case((drawn, literal(HOLD_OUT, String)), else_=null())
    if hold_out.lasts is None:
        return arm, begins
    return arm, case((drawn, later(begins, hold_out.lasts.seconds)), else_=begins)
