"""Those who send a campaign at the same time: what they still hold, and what they settled together."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection, false, func, or_, select

from aftershow.ledger.send_counts import SendCounts
from aftershow.store.tables import message
from aftershow.words.states import State


def held_by(connection: Connection, campaign: str, marks: Sequence[str]) -> int:
    """Return how many messages are held by senders whose names end in one of `marks`."""
    theirs = or_(false(), *(message.c.claimed_by.endswith(mark, autoescape=True) for mark in marks))
    at_work = message.c.state.in_([State.CLAIMED, State.HANDING_OVER])
    query = select(func.count()).where(message.c.campaign == campaign, at_work, theirs)
    return connection.scalars(query).one()


def settled_after(connection: Connection, campaign: str, *, moment: datetime) -> SendCounts:
    """Count what became of messages after a moment, whoever sent them, those that died included.

    What was put off is not in it: such a message waits as if nobody had touched it.
    """
    query = (
        select(message.c.state, func.count())
        .where(message.c.campaign == campaign, message.c.settled_at > moment)
        .group_by(message.c.state)
    )
    counts: dict[str, int] = dict(connection.execute(query).tuples().all())
    return SendCounts(
        accepted=counts.get(State.ACCEPTED, 0),
        rejected=counts.get(State.REJECTED, 0),
        unknown=counts.get(State.UNKNOWN, 0),
    )
