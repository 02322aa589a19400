"""Take people out of a campaign: the goal is reached, a `stop_on` holds, or the campaign is over."""

from datetime import datetime

from sqlalchemy import ColumnElement, Connection, String, cast, literal, null, select, update

from aftershow.audience.expression import Expression
from aftershow.journey.versions import Version
from aftershow.ledger.holds import people_of
from aftershow.store.engine import insert_into
from aftershow.store.tables import enrollment, interaction
from aftershow.store.types import Moment
from aftershow.words import Direction, InteractionKind

OVER = "the campaign is over"


def leave(connection: Connection, version: Version, *, now: datetime) -> int:
    """Take out everyone of a version whom something takes out; returns how many enrolments ended.

    What counts is what happened since the person was enrolled. The goal is an interaction, once a person.
    """
    campaign = version.campaign
    if campaign.goal is not None:
        _record_goal(connection, version, campaign.goal, now=now)
    left = sum(
        _take_out(connection, version, stop.condition.sql(campaign.step_scope(now)), stop.reason, now=now)
        for stop in campaign.stops
    )
    ends = campaign.ends_at()
    if ends is not None and now >= ends:
        left += _take_out(connection, version, None, OVER, now=now)
    return left


def _take_out(
    connection: Connection,
    version: Version,
    condition: ColumnElement[bool] | None,
    reason: str,
    *,
    now: datetime,
) -> int:
    inside = (
        enrollment.c.campaign == version.campaign.name,
        enrollment.c.version_id == version.id,
        enrollment.c.exited_at.is_(None),
        enrollment.c.step.is_not(None),
    )
    leaving = update(enrollment).where(*inside).values(exited_at=now, exit_reason=reason)
    if condition is not None:
        these = select(enrollment.c.id).select_from(people_of(enrollment, version.show_id))
        leaving = leaving.where(enrollment.c.id.in_(these.where(*inside, condition)))
    return connection.execute(leaving).rowcount


def _record_goal(connection: Connection, version: Version, goal: Expression, *, now: datetime) -> None:
    campaign = version.campaign
    reached = (
        select(
            enrollment.c.contact_id,
            null().label("channel"),
            literal(Direction.NONE.value).label("direction"),
            literal(InteractionKind.GOAL_REACHED.value).label("kind"),
            literal(goal.source, String).label("outcome"),
            literal(now, Moment()).label("occurred_at"),
            literal("goal").label("source"),
            (literal(f"{campaign.name}:", String) + cast(enrollment.c.contact_id, String)).label(
                "external_id"
            ),
            literal(now, Moment()).label("recorded_at"),
        )
        .select_from(people_of(enrollment, version.show_id))
        .where(
            enrollment.c.campaign == campaign.name,
            enrollment.c.version_id == version.id,
            goal.sql(campaign.step_scope(now)),
        )
    )
    columns = [column.name for column in reached.selected_columns]
    connection.execute(
        insert_into(connection, interaction).from_select(columns, reached).on_conflict_do_nothing()
    )
