"""Which steps of a version have anybody at them for whom something may be to do: the others cost nothing."""

from datetime import datetime

from sqlalchemy import Boolean, ColumnElement, Connection, String, and_, column, exists, or_, select

from aftershow.campaign.campaign import CampaignStep
from aftershow.campaign.program import Next
from aftershow.campaign.versions import Version
from aftershow.journey.dating import MOVING
from aftershow.ledger.planning import LASTING, PASSING
from aftershow.store.tables import enrollment, message
from aftershow.store.value_tables import value_tables
from aftershow.words.states import State

#: A step's key, and whether its date may change while somebody waits for it.
_COLUMNS = (column("key", String), column("moves", Boolean))


class ActiveSteps:
    """The steps of a version that a turn must look at; those to which it sends people join on the way."""

    def __init__(self, connection: Connection, version: Version, *, now: datetime) -> None:
        self._keys: set[Next] = set()
        for steps in value_tables(
            "steps", _COLUMNS, ((step.key, _moves(step)) for step in version.campaign.steps)
        ):
            concerned = _may_concern(version, steps.c.key, steps.c.moves, now=now)
            self._keys |= set(connection.scalars(select(steps.c.key).where(concerned)))

    def __contains__(self, step: CampaignStep) -> bool:
        """Say whether a turn must look at a step."""
        return step.key in self._keys

    def left(self, step: CampaignStep) -> None:
        """Take note that people went on from a step."""
        self._keys |= step.node.targets


def _moves(step: CampaignStep) -> bool:
    when = step.node.model.when
    return when is not None and when.anchor.startswith(MOVING)


def _may_concern(
    version: Version, key: ColumnElement[str], moves: ColumnElement[bool], *, now: datetime
) -> ColumnElement[bool]:
    """Somebody is due here or has no date yet, or a message of the step may still change."""
    here = version.people_at(key)
    theirs = exists().where(message.c.enrollment_id == enrollment.c.id, message.c.step == enrollment.c.step)
    is_inside = or_(enrollment.c.exited_at.is_(None), ~theirs)
    undated = exists().where(here, enrollment.c.due_at.is_(None), is_inside)
    due = exists().where(here, enrollment.c.due_at <= now, is_inside)
    # One state at a time, since there is an index for it: those that were sent are never looked at.
    planned = exists().where(version.messages_of(key), message.c.state == State.PLANNED)
    # What is held past its time stays so, but for what must then be given up.
    in_time = or_(message.c.expires_at > now, message.c.reason.in_(PASSING))
    held = exists().where(
        version.messages_of(key),
        message.c.state == State.HELD,
        message.c.reason.not_in(LASTING),
        in_time,
    )
    return or_(and_(moves, exists().where(here)), undated, due, planned, held)
