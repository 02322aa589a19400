"""Which steps of a version have anybody at them for whom something may be to do: the others cost nothing."""

from datetime import datetime

from sqlalchemy import ColumnElement, Connection, exists, literal, or_, select, union_all

from aftershow.journey.campaign import CampaignStep
from aftershow.journey.dating import MOVING
from aftershow.journey.program import Next
from aftershow.journey.versions import Version
from aftershow.ledger.planning import LASTING, PASSING
from aftershow.store.tables import enrollment, message
from aftershow.words import State


class Alive:
    """The steps of a version that a turn must look at; those to which it sends people join on the way."""

    def __init__(self, connection: Connection, version: Version, *, now: datetime) -> None:
        asked = [
            select(literal(step.key)).where(_may_concern(version, step, now=now))
            for step in version.campaign.steps
        ]
        self._keys: set[Next] = set(connection.scalars(union_all(*asked)))

    def __contains__(self, step: CampaignStep) -> bool:
        """Say whether a turn must look at a step."""
        return step.key in self._keys

    def left(self, step: CampaignStep) -> None:
        """Take note that people went on from a step."""
        self._keys |= step.node.targets


def _may_concern(version: Version, step: CampaignStep, *, now: datetime) -> ColumnElement[bool]:
    """Somebody is due here or has no date yet, or a message of the step may still change."""
    here = (
        enrollment.c.campaign == version.campaign.name,
        enrollment.c.version_id == version.id,
        enrollment.c.step == step.key,
    )
    anchor = step.node.model.when.anchor if step.node.model.when else ""
    if anchor.startswith(MOVING):
        return exists().where(*here)
    theirs = exists().where(message.c.enrollment_id == enrollment.c.id, message.c.step == step.key)
    is_inside = or_(enrollment.c.exited_at.is_(None), ~theirs)
    undated = exists().where(*here, enrollment.c.due_at.is_(None), is_inside)
    due = exists().where(*here, enrollment.c.due_at <= now, is_inside)
    planned = exists().where(*_messages(version, step, State.PLANNED))
    # What is held past its time stays so, but for what must then be given up.
    in_time = or_(message.c.expires_at > now, message.c.reason.in_(PASSING))
    held = exists().where(*_messages(version, step, State.HELD), message.c.reason.not_in(LASTING), in_time)
    return or_(undated, due, planned, held)


def _messages(version: Version, step: CampaignStep, state: State) -> tuple[ColumnElement[bool], ...]:
    # One state at a time, since there is an index for it: those that were sent are never looked at.
    return (
        message.c.campaign == version.campaign.name,
        message.c.state == state,
        message.c.step == step.key,
        message.c.version_id == version.id,
    )
