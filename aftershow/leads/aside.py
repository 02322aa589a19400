"""Lead files that are set aside: they were tried, and are not tried again until something changes.

That is their content, how the show's YAML says to read them, or Aftershow. A file is written down before it
is read, so that one that ends the process which imports it is known, too.
"""

import hashlib
import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from importlib.metadata import version
from typing import Any

from sqlalchemy import Connection, Select, delete, or_, select

from aftershow.errors import LeadFileError
from aftershow.people.record.shows import show_id
from aftershow.signs import plain
from aftershow.store.engine import insert_into
from aftershow.store.tables import set_aside
from aftershow.store.tables import show as show_table
from aftershow.store.types import in_list
from aftershow.workspace.shows import Show

#: A process may end for other reasons, such as a power cut: only a file that was there so often is blamed.
MOST_TRIES = 3
_ENDED = f"{MOST_TRIES} times the process that imported it ended in the middle. Nothing was imported."
_KEY = ["show_id", "sha256"]
_IS_ASIDE = or_(set_aside.c.reason.is_not(None), set_aside.c.tries >= MOST_TRIES)


@dataclass(frozen=True, kw_only=True, slots=True)
class Tried:
    """A lead file that is being tried."""

    show: Show
    #: as it is printed: what a file system calls a file, no database has to take
    name: str
    #: see sha256_of
    sha256: str
    #: aware
    now: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class Aside:
    """A lead file that is not tried again."""

    #: key of its show
    show: str
    file: str
    #: what is wrong, and what to do
    reason: str
    #: aware
    tried_at: datetime


def begin_trying(connection: Connection, file: Tried) -> None:
    """Write down that a file is going to be read."""
    row = {**_row(file), "reason": None}
    _write(connection, file, {**row, "tries": 1}, {**row, "tries": set_aside.c.tries + 1})


def put_aside(connection: Connection, file: Tried, error: LeadFileError) -> None:
    """Set a file aside that could not be imported; the next time it is tried, its tries count anew."""
    row = {**_row(file), "reason": _reason(file.name, error), "tries": 0}
    _write(connection, file, row, row)


def _row(file: Tried) -> dict[str, Any]:
    return {"name": file.name, "tried_at": file.now, "read_as": _read_as(file.show)}


def _read_as(show: Show) -> str:
    said = f"{version('aftershow')} {show.leads.model_dump_json()}"
    return hashlib.sha256(said.encode()).hexdigest()


def _write(connection: Connection, file: Tried, row: dict[str, Any], again: dict[str, Any]) -> None:
    key = {"show_id": show_id(connection, file.show), "sha256": file.sha256}
    written = insert_into(connection, set_aside).values(**key, **row)
    connection.execute(written.on_conflict_do_update(index_elements=_KEY, set_=again))


def _reason(name: str, error: LeadFileError) -> str:
    """Return what is wrong with a file, without its name."""
    named = re.match(rf"{re.escape(name)}:(?:(\d+):)? ", str(error))
    if not named:
        return str(error)
    reason = str(error)[named.end() :]
    return f"line {named[1]}: {reason}" if named[1] else reason


def take_back(connection: Connection, show_number: int, *, name: str, sha256: str) -> None:
    """Forget that a file, or what had its name before, could not be imported: now it was."""
    same = or_(set_aside.c.sha256 == sha256, set_aside.c.name == plain(name))
    connection.execute(delete(set_aside).where(set_aside.c.show_id == show_number, same))


def forget_others(
    connection: Connection, show: Show, *, present: Collection[str], arriving: Collection[str]
) -> None:
    """Forget the files of a show that were corrected or taken out.

    `present` are the hashes of those that are there, `arriving` the names of those that may still change.
    """
    rows, names = connection.execute(_listed(show.show)), set(map(plain, arriving))
    gone = [row.sha256 for row in rows if row.sha256 not in present and row.name not in names]
    number = select(show_table.c.id).where(show_table.c.key == show.show).scalar_subquery()
    connection.execute(
        delete(set_aside).where(set_aside.c.show_id == number, in_list(set_aside.c.sha256, values=gone))
    )


def hashes_aside(connection: Connection, show: Show) -> set[str]:
    """Return the hashes of the files of a show that would not be read otherwise now."""
    same = set_aside.c.read_as == _read_as(show)
    return {row.sha256 for row in connection.execute(_listed(show.show).where(_IS_ASIDE, same))}


def files_aside(connection: Connection, show_key: str | None = None) -> Sequence[Aside]:
    """Return the files that are set aside, of one show or of all, by show and name."""
    return [
        Aside(show=row.key, file=row.name, reason=row.reason or _ENDED, tried_at=row.tried_at)
        for row in connection.execute(_listed(show_key).where(_IS_ASIDE))
    ]


def _listed(show_key: str | None) -> Select[Any]:
    query = (
        select(set_aside, show_table.c.key)
        .join(show_table, show_table.c.id == set_aside.c.show_id)
        .order_by(show_table.c.key, set_aside.c.name, set_aside.c.sha256)
    )
    return query if show_key is None else query.where(show_table.c.key == show_key)
