"""Send people on from splits and branches, and from recurring steps that have come to an end."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import (
    ColumnElement,
    Connection,
    Integer,
    String,
    Update,
    and_,
    case,
    func,
    literal,
    null,
    select,
    true,
    update,
)

from aftershow.campaign.campaign import CampaignStep, MessageStep
from aftershow.campaign.chance import bounds, lot
from aftershow.campaign.program import Next
from aftershow.campaign.steps.split import SplitStep
from aftershow.campaign.versions import Version
from aftershow.ledger.holds import people_of
from aftershow.store.tables import enrollment


def route(
    connection: Connection, version: Version, step: CampaignStep, *, now: datetime, due_by: datetime | None
) -> int:
    """Send on whoever is due at a split or a branch, or has no more occurrences of a recurring step to come.

    `due_by` is the moment up to which people are due; None takes everyone, however late they are. Returns how
    many went on.
    """
    model = step.node.model
    if isinstance(model, SplitStep):
        return _split(connection, version, step, model, due_by)
    if not isinstance(step, MessageStep):
        conditions = [case.sql(version.campaign.step_scope(now, step)) for case in step.cases]
        return _send_by_condition(connection, version, step, (*conditions, true()), step.node.ways, due_by)
    if step.repeat_while is not None:
        over = ~step.repeat_while.sql(version.campaign.step_scope(now, step))
        return _send_by_condition(connection, version, step, (over,), (step.node.follower,), due_by)
    return 0


def _split(
    connection: Connection, version: Version, step: CampaignStep, split: SplitStep, due_by: datetime | None
) -> int:
    drawn = lot(f"{version.campaign.name}:{split.split}", enrollment.c.contact_id)
    ends = bounds([arm.share.fraction for arm in split.arms.values()])
    before = func.coalesce(enrollment.c.arm + literal("/", String), "")
    arms = [(drawn < end, before + literal(name, String)) for end, name in zip(ends, split.arms, strict=True)]
    ways = [(drawn < end, _name(way)) for end, way in zip(ends, step.node.ways, strict=True)]
    onward = _onward(version, step, due_by).values(arm=case(*arms), step=case(*ways))
    return connection.execute(onward).rowcount


def _send_by_condition(
    connection: Connection,
    version: Version,
    step: CampaignStep,
    conditions: Sequence[ColumnElement[bool]],
    ways: Sequence[Next],
    due_by: datetime | None,
) -> int:
    """Send each person the way of the first condition that holds; who meets none stays."""
    numbered = case(
        *((condition, literal(number, Integer)) for number, condition in enumerate(conditions)), else_=null()
    )
    way = (
        select(enrollment.c.id, numbered.label("number"))
        .select_from(people_of(enrollment, version.show_id))
        .where(_due_here(version, step, due_by))
        .subquery("way")
    )
    names = case(*((way.c.number == number, _name(name)) for number, name in enumerate(ways)))
    onward = _onward(version, step, due_by).where(enrollment.c.id == way.c.id, way.c.number.is_not(None))
    return connection.execute(onward.values(step=names)).rowcount


def _onward(version: Version, step: CampaignStep, due_by: datetime | None) -> Update:
    """Let those who are due here come to another step at the moment at which they were due here."""
    here = update(enrollment).where(_due_here(version, step, due_by))
    return here.values(base_at=enrollment.c.due_at, due_at=null(), round=0)


def _due_here(version: Version, step: CampaignStep, due_by: datetime | None) -> ColumnElement[bool]:
    due = enrollment.c.due_at.is_not(None) if due_by is None else enrollment.c.due_at <= due_by
    return and_(
        version.people_at(step.key),
        enrollment.c.exited_at.is_(None),
        due,
    )


def _name(way: Next) -> ColumnElement[str | None]:
    return literal(way, String)
