"""Take people out of a campaign: the goal is reached, a `stop_on` holds, or the campaign is over."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import (
    ColumnElement,
    Connection,
    String,
    and_,
    case,
    cast,
    exists,
    func,
    literal,
    null,
    select,
    true,
    tuple_,
    update,
)

from aftershow.audience.expression import Expression
from aftershow.audience.functions import MemberName, member
from aftershow.campaign.campaign import MEETING, Track
from aftershow.campaign.versions import Version
from aftershow.journey.answer_dates import day_number
from aftershow.ledger.holds import people_of
from aftershow.people.record.interactions import new_interactions, write_from
from aftershow.store.tables import enrollment, interaction, lead, message
from aftershow.store.types import Moment
from aftershow.words.kinds import InteractionKind

#: Who reports that a goal was reached.
GOAL = "goal"
OVER = "the campaign is over"
OUTDATED = "the date was changed"


def leave(connection: Connection, version: Version, *, now: datetime) -> int:
    """Take out everyone of a version whom something takes out; returns how many enrolments ended.

    What counts is what happened since the person was enrolled. The goal is an interaction, once a person.
    """
    campaign = version.campaign
    if campaign.goal is not None:
        _record_goal(connection, version, campaign.goal, now=now)
    reasons = [(stop.condition.sql(campaign.step_scope(now)), stop.reason) for stop in campaign.stops]
    reasons += [
        (_outdated(connection, version, track, track.each), OUTDATED)
        for track in campaign.tracks
        if track.each is not None and track.each != MEETING
    ]
    ends = campaign.ends_at()
    if ends is not None and now >= ends:
        reasons.append((true(), OVER))
    return _take_out(connection, version, reasons, now=now) if reasons else 0


def _take_out(
    connection: Connection,
    version: Version,
    reasons: Sequence[tuple[ColumnElement[bool], str]],
    *,
    now: datetime,
) -> int:
    """Take out whom any of these reasons takes out, for the first that does."""
    first = case(*((applies, literal(reason, String)) for applies, reason in reasons), else_=null())
    verdict = (
        select(enrollment.c.id, first.label("reason"))
        .select_from(people_of(enrollment, version.show_id))
        .where(*_inside(version))
        .subquery("verdict")
    )
    leaving = (
        update(enrollment)
        .where(enrollment.c.id == verdict.c.id, verdict.c.reason.is_not(None))
        .where(enrollment.c.exited_at.is_(None))
        .values(exited_at=now, exit_reason=verdict.c.reason)
    )
    return connection.execute(leaving).rowcount


def _inside(version: Version) -> tuple[ColumnElement[bool], ...]:
    return (
        version.people,
        enrollment.c.exited_at.is_(None),
        enrollment.c.step.is_not(None),
    )


def _outdated(connection: Connection, version: Version, track: Track, each: str) -> ColumnElement[bool]:
    """Of a track for each date of an answer: nothing went out yet, and the answer is another one now."""
    said = func.coalesce(member(lead.c.answers, literal(each.removeprefix("answers."), MemberName())), "")
    begun = exists().where(message.c.enrollment_id == enrollment.c.id, message.c.handed_over_at.is_not(None))
    waits = and_(enrollment.c.track == track.name, ~begun)
    people = people_of(enrollment, version.show_id)
    dates = select(enrollment.c.occurrence, said).select_from(people).where(*_inside(version), waits)
    pairs = connection.execute(dates.distinct()).tuples()
    changed = [(number, text) for number, text in pairs if day_number(text) != number]
    return and_(waits, tuple_(enrollment.c.occurrence, said).in_(changed))


def _record_goal(connection: Connection, version: Version, goal: Expression, *, now: datetime) -> None:
    campaign = version.campaign
    name = literal(f"{campaign.name}:", String) + cast(enrollment.c.contact_id, String)
    recorded = exists().where(interaction.c.source == GOAL, interaction.c.external_id == name)
    moment = literal(now, Moment())
    reached = (
        new_interactions(
            InteractionKind.GOAL_REACHED,
            contact_id=enrollment.c.contact_id,
            at=moment,
            source=GOAL,
            external_id=name,
            note=literal(goal.source, String),
            now=moment,
        )
        .select_from(people_of(enrollment, version.show_id))
        .where(
            version.people,
            ~recorded,
            goal.sql(campaign.step_scope(now)),
        )
    )
    write_from(connection, reached)
