"""What waits for a person's word before it goes out."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, and_, func, select

from aftershow.ledger.states import By, moving
from aftershow.store.tables import message
from aftershow.words.reasons import HoldReason
from aftershow.words.states import State

_APPROVE = moving(State.HELD, to=State.PLANNED, by=By.PERSON)


@dataclass(frozen=True, kw_only=True, slots=True)
class Waiting:
    """The messages of one step that wait."""

    campaign: str
    step: str
    channel: str
    messages: int
    #: aware; when the first of them became due
    since: datetime
    #: aware; when the first of them will be given up
    until: datetime


def waiting(connection: Connection, campaign: str, steps: Collection[str] | None = None) -> list[Waiting]:
    """Return what waits for approval in a campaign, by step, the oldest first; None means every step."""
    these = and_(message.c.campaign == campaign, _waits())
    if steps is not None:
        these = and_(these, message.c.step.in_(steps))
    since = func.min(message.c.due_at).label("since")
    query = (
        select(message.c.step, message.c.channel, func.count(), since, func.min(message.c.expires_at))
        .where(these)
        .group_by(message.c.step, message.c.channel)
        .order_by(since, message.c.step)
    )
    return [
        Waiting(campaign=campaign, step=step, channel=channel, messages=count, since=since, until=until)
        for step, channel, count, since, until in connection.execute(query)
    ]


def approve(
    connection: Connection, campaign: str, steps: Collection[str] | None, *, by: str, now: datetime
) -> int:
    """Let what waits go out with the next turn; returns how many. None means every step.

    Only what waits now is approved: who comes to the step later waits for a word of their own.
    """
    these = and_(message.c.campaign == campaign, _waits(), message.c.expires_at > now)
    if steps is not None:
        these = and_(these, message.c.step.in_(steps))
    return connection.execute(
        _APPROVE.where(these).values(reason=None, approved_at=now, approved_by=by)
    ).rowcount


def _waits() -> ColumnElement[bool]:
    return and_(message.c.state == State.HELD, message.c.reason == HoldReason.APPROVAL)
