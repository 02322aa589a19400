"""A person's captures, in the order of their time: what everything that we know of a person comes from."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select

from aftershow.store.tables import capture, show
from aftershow.store.types import in_list

#: A capture's cells as they were understood: field to text, flag, or mapping (see leads/row_reader.py).
Fields = Mapping[str, Any]


@dataclass(frozen=True, kw_only=True, slots=True)
class Captured:
    """One capture, as far as it says who a person is and what they want."""

    #: of the capture
    id: int
    show_id: int
    #: aware; for rows without a time the end of their show, see moment_of
    at: datetime
    fields: Fields


#: Contact id to captures, oldest first.
CapturesByContact = Mapping[int, Sequence[Captured]]


def moment_of(captured_at: datetime | None, show_ends_at: datetime | None, imported_at: datetime) -> datetime:
    """Return when a capture counts as made; all times aware.

    A row without a time was captured at its show, at the latest in its last moment; without dates of a show,
    or while the show lasts, when it was imported.
    """
    if captured_at:
        return captured_at
    return min(show_ends_at, imported_at) if show_ends_at else imported_at


def load_captures(connection: Connection, contact_ids: Iterable[int]) -> dict[int, list[Captured]]:
    """Return the captures of contacts, oldest first."""
    table = capture.c
    rows = connection.execute(
        select(table.id, table.contact_id, table.show_id, table.fields)
        .add_columns(table.captured_at, show.c.ends_at, table.imported_at)
        .join(show, show.c.id == table.show_id)
        .where(in_list(table.contact_id, values=contact_ids))
    )
    captures: dict[int, list[Captured]] = defaultdict(list)
    for number, contact_id, show_id, fields, *times in rows:
        captures[contact_id].append(Captured(id=number, show_id=show_id, at=moment_of(*times), fields=fields))
    for captured_rows in captures.values():
        sort_captures(captured_rows)
    return captures


def sort_captures(captured_rows: list[Captured]) -> None:
    """Put captures in the order of their time; of the same time, in the order in which they were imported."""
    captured_rows.sort(key=lambda captured: (captured.at, captured.id))
