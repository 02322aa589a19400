"""Insert many rows at once: prepared statements on SQLite, COPY on PostgreSQL, the same call for both.

SQLAlchemy takes longer to prepare the parameters of a row than the databases take to write it: an import is
twice as fast this way.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import psycopg
from sqlalchemy import Connection, Table

#: What a column does to a value before the driver gets it; None for nothing.
_Process = Callable[[Any], Any] | None


def insert_rows(connection: Connection, table: Table, rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert rows that all name the same columns; defaults of columns are not filled in.

    Values are processed by their column's type. A row that is already there is an error: look before.
    """
    if not rows:
        return
    names = list(rows[0])
    columns = [_processed([row[name] for row in rows], _processor(connection, table, name)) for name in names]
    listed = ", ".join(f'"{name}"' for name in names)
    if connection.dialect.name == "postgresql":
        _copy(connection, f'COPY "{table.name}" ({listed}) FROM STDIN', zip(*columns, strict=True))
    else:
        marks = ", ".join("?" * len(names))
        insert = f'INSERT INTO "{table.name}" ({listed}) VALUES ({marks})'  # noqa: S608  names are our tables'
        connection.exec_driver_sql(insert, list(zip(*columns, strict=True)))


def _processor(connection: Connection, table: Table, name: str) -> _Process:
    dialect = connection.dialect
    return table.c[name].type.dialect_impl(dialect).bind_processor(dialect)


def _processed(values: list[Any], process: _Process) -> list[Any]:
    if process is None:
        return values
    # Times of a batch repeat, and so do words of ours; documents can't be told apart quickly.
    done: dict[Any, Any] = {}
    results = []
    for value in values:
        if isinstance(value, dict | list):
            results.append(process(value))
            continue
        if value not in done:
            done[value] = process(value)
        results.append(done[value])
    return results


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
