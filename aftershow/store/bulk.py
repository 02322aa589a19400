"""Insert many rows at once, the same call for both databases.

Rows go in by prepared statements on SQLite and by COPY on PostgreSQL. SQLAlchemy takes longer to prepare the
parameters of a row than the databases take to write it. Times and documents, which make up most of what has
to be prepared, are written as the text that both databases read.
"""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from functools import lru_cache
from operator import itemgetter
from typing import Any

import psycopg
from sqlalchemy import Connection, Dialect, Table
from sqlalchemy.types import TypeEngine

from aftershow.store.types import Document, Moment

#: What a column does to a value before the driver gets it; None for nothing.
_Process = Callable[[Any], Any] | None

_as_json = json.JSONEncoder(check_circular=False).encode


def insert_rows(connection: Connection, table: Table, rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert rows that all name the same columns; defaults of columns are not filled in.

    Values are processed by their column's type. A row that is already there is an error: look before.
    """
    if not rows:
        return
    names = list(rows[0])
    dialect = connection.dialect
    columns = [
        _processed(list(map(itemgetter(name), rows)), _processor(table.c[name].type, dialect))
        for name in names
    ]
    listed = ", ".join(f'"{name}"' for name in names)
    if dialect.name == "postgresql":
        _copy(connection, f'COPY "{table.name}" ({listed}) FROM STDIN', zip(*columns, strict=True))
    else:
        marks = ", ".join("?" * len(names))
        insert = f'INSERT INTO "{table.name}" ({listed}) VALUES ({marks})'  # noqa: S608  names are our tables'
        connection.exec_driver_sql(insert, list(zip(*columns, strict=True)))


def _processor(kind: TypeEngine[Any], dialect: Dialect) -> _Process:
    if isinstance(kind, Moment):
        return _as_text if dialect.name == "sqlite" else _as_text_with_zone
    if kind is Document:
        return _as_json
    return kind.dialect_impl(dialect).bind_processor(dialect)


def _processed(values: list[Any], process: _Process) -> list[Any]:
    if process is None:
        return values
    # The same objects come again and again: the time of the import, empty lists, words of ours.
    done: dict[int, Any] = {}
    results = []
    for value in values:
        place = id(value)
        if place not in done:
            done[place] = process(value)
        results.append(done[place])
    return results


def _as_text(moment: datetime | None) -> str | None:
    # Two moments that differ in nothing but the fold are equal, and not the same.
    return None if moment is None else _in_utc(moment, moment.fold)


def _as_text_with_zone(moment: datetime | None) -> str | None:
    return None if moment is None else _in_utc(moment, moment.fold) + "+00"


@lru_cache(maxsize=65_536)
def _in_utc(moment: datetime, _fold: int) -> str:
    if moment.tzinfo is None:
        raise ValueError("a time without a zone can't be stored")
    return moment.astimezone(UTC).replace(tzinfo=None).isoformat(" ", "microseconds")


def _copy(connection: Connection, statement: str, rows: Iterable[tuple[Any, ...]]) -> None:
    driver: Any = connection.connection.cursor()
    try:
        with driver, driver.copy(statement) as copy:
            for row in rows:
                copy.write_row(row)
    except psycopg.Error as error:
        # The lines after the first quote the row, which is data of people.
        error.args = (str(error).partition("\n")[0],)
        raise
