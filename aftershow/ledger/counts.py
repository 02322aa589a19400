"""The ledger, counted."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, Row, case, func, select

from aftershow.store.tables import message
from aftershow.words.states import State


def planned_counts(connection: Connection, campaign: str, *, now: datetime) -> tuple[int, int]:
    """Return how many planned messages are due by now, and how many later."""
    due = func.coalesce(func.sum(case((message.c.due_at <= now, 1), else_=0)), 0)
    query = select(due, func.count()).where(message.c.campaign == campaign, message.c.state == State.PLANNED)
    by_now, planned = connection.execute(query).one()
    return int(by_now), int(planned) - int(by_now)


def held_by_reason(connection: Connection, campaign: str) -> dict[str, int]:
    """Return how many messages are held, by reason."""
    return _counted(
        connection, message.c.reason, message.c.campaign == campaign, message.c.state == State.HELD
    )


def by_step(connection: Connection, campaign: str) -> Sequence[Row[tuple[str, str, str, str | None, int]]]:
    """Return rows of step, channel, state, reason and count, in the order in which the steps came up."""
    columns = (message.c.step, message.c.channel, message.c.state, message.c.reason)
    return connection.execute(
        select(*columns, func.count().label("messages"))
        .where(message.c.campaign == campaign)
        .group_by(*columns)
        .order_by(func.min(message.c.id))
    ).all()


@dataclass(frozen=True, kw_only=True, slots=True)
class Summary:
    """A campaign's ledger in figures: the document of `aftershow ledger --json`."""

    messages: int
    by_state: dict[str, int]
    #: held messages by reason
    held: dict[str, int]
    by_channel: dict[str, int]


def summary(connection: Connection, campaign: str) -> Summary:
    """Count a campaign's messages."""
    states = _counted(connection, message.c.state, message.c.campaign == campaign)
    return Summary(
        messages=sum(states.values()),
        by_state=states,
        held=held_by_reason(connection, campaign),
        by_channel=_counted(connection, message.c.channel, message.c.campaign == campaign),
    )


def _counted(
    connection: Connection, column: ColumnElement[str | None], *where: ColumnElement[bool]
) -> dict[str, int]:
    query = select(column, func.count()).where(*where).group_by(column).order_by(column)
    return {str(value): count for value, count in connection.execute(query)}
