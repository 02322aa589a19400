"""The one writer of interactions: what happened between us and contacts, only ever added to.

An interaction is one by its source and the source's own name for it: what is there already is not written
again. Who moved follows from the kind.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from weakref import WeakKeyDictionary

from sqlalchemy import ColumnElement, Connection, Dialect, Select, literal, select

from aftershow.store.bulk import insert_rows
from aftershow.store.engine import insert_into
from aftershow.store.insert_missing import insert_missing
from aftershow.store.tables import interaction
from aftershow.words.channels import Channel
from aftershow.words.kinds import InteractionKind


@dataclass(frozen=True, kw_only=True, slots=True)
class Interaction:
    """Something that happened between us and a contact."""

    contact_id: int
    kind: InteractionKind
    #: aware; when it happened
    at: datetime
    #: who reports it, and its own name for it
    source: str
    external_id: str
    channel: Channel | None = None
    message_id: int | None = None
    #: what was said, in words
    note: str | None = None
    data: Mapping[str, Any] = field(default_factory=dict)


def write(connection: Connection, interactions: Sequence[Interaction], *, now: datetime) -> int:
    """Write down what happened; returns how many were not known already. `now` is aware."""
    if not interactions:
        return 0
    added = insert_into(connection, interaction).on_conflict_do_nothing().returning(interaction.c.id)
    return len(connection.execute(added, [_row(one, now) for one in interactions]).all())


def write_many(connection: Connection, interactions: Sequence[Interaction], *, now: datetime) -> None:
    """Write down thousands of interactions of which none is known already: one that is would be an error."""
    insert_rows(connection, interaction, [_row(one, now) for one in interactions])


def new_interactions(
    kind: InteractionKind,
    *,
    contact_id: ColumnElement[Any],
    at: ColumnElement[datetime],
    source: str,
    external_id: ColumnElement[str],
    now: ColumnElement[datetime],
    channel: ColumnElement[str] | None = None,
    message_id: ColumnElement[Any] | None = None,
    note: ColumnElement[str] | None = None,
    data: ColumnElement[Any] | None = None,
) -> Select[Any]:
    """Return a query that gives one interaction for each row; whoever asks adds from where, and which."""
    values = {
        "contact_id": contact_id,
        "channel": channel,
        "direction": literal(kind.row.moved.value),
        "kind": literal(kind.value),
        "note": note,
        "occurred_at": at,
        "source": literal(source),
        "external_id": external_id,
        "message_id": message_id,
        "data": data,
        "recorded_at": now,
    }
    return select(*(value.label(name) for name, value in values.items() if value is not None))


def write_from(connection: Connection, query: Select[Any]) -> int:
    """Write down what a query of `new_interactions` gives; returns how many were not known already."""
    return insert_missing(connection, interaction, query)


class Writer:
    """Writes down what one query of `new_interactions` gives, time after time.

    SQLAlchemy remembers no statement with ON CONFLICT, and would put it into words each time.
    """

    def __init__(self, query: Select[Any]) -> None:
        self._query = query
        self._compiled: WeakKeyDictionary[Dialect, Any] = WeakKeyDictionary()

    def write(self, connection: Connection, values: Mapping[str, Any]) -> None:
        """Write it down, with values for the query's parameters."""
        connection.execute(self._statement(connection), values)

    def _statement(self, connection: Connection) -> Any:
        dialect = connection.dialect
        if dialect not in self._compiled:
            names = [column.name for column in self._query.selected_columns]
            insert = insert_into(connection, interaction).from_select(names, self._query)
            self._compiled[dialect] = insert.on_conflict_do_nothing().compile(dialect=dialect)
        return self._compiled[dialect]


def _row(one: Interaction, now: datetime) -> dict[str, Any]:
    return {
        "contact_id": one.contact_id,
        "channel": one.channel and one.channel.value,
        "direction": one.kind.row.moved.value,
        "kind": one.kind.value,
        "note": one.note,
        "occurred_at": one.at,
        "source": one.source,
        "external_id": one.external_id,
        "message_id": one.message_id,
        "data": one.data,
        "recorded_at": now,
    }
