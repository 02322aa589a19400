"""Engines for the two databases, set up so that what is committed stays."""

from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, ExceptionContext, create_engine, event, make_url
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.exc import ArgumentError
from sqlalchemy.sql.dml import Insert
from sqlalchemy.sql.schema import Table

from aftershow.errors import UsageError
from aftershow.privacy import close_to_others

#: The databases that the tests run on.
DIALECTS = ("sqlite", "postgresql")


def open_engine(url: str) -> Engine:
    """Return an engine for a database URL.

    SQLite writes ahead (WAL), fully synced, with foreign keys, and takes the write lock at BEGIN so that two
    processes wait for each other instead of failing half way. PostgreSQL uses psycopg 3. Errors of both never
    show the values of a statement, which are data of people.
    Raises UsageError for another database or a URL that can't be read.
    """
    try:
        parsed = make_url(url)
    except ArgumentError as error:
        raise UsageError(
            "The database URL can't be read. Write sqlite:///file.db or postgresql://…"
        ) from error
    backend = parsed.get_backend_name()
    if backend not in DIALECTS:
        raise UsageError(f"Aftershow does not run on {backend}. Use sqlite:///file.db or postgresql://…")
    if backend == "postgresql":
        with_driver = parsed.set(drivername="postgresql+psycopg")
        engine = create_engine(with_driver, pool_pre_ping=True, hide_parameters=True)
        event.listen(engine, "handle_error", _hide_values)
        return engine
    engine = create_engine(parsed, connect_args={"timeout": 30}, hide_parameters=True)
    if file := database_file(url):
        event.listen(engine, "do_connect", partial(_keep_private, file))
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_immediate)
    return engine


def database_file(url: str) -> Path | None:
    """Return the file that an SQLite database lies in; None for other databases and for one in memory."""
    try:
        parsed = make_url(url)
    except ArgumentError:
        return None
    name = parsed.database if parsed.get_backend_name() == "sqlite" else None
    return Path(name) if name and name != ":memory:" and not name.startswith("file:") else None


def _keep_private(file: Path, *_: Any) -> None:
    """Let nobody else read the database, whose logs (-wal, -shm) get the same rights from SQLite."""
    with suppress(OSError):
        file.touch(mode=0o600, exist_ok=False)
    close_to_others(file)


def _hide_values(context: ExceptionContext) -> None:
    """Keep the first line of PostgreSQL's errors: the ones after it (DETAIL, CONTEXT) quote the row."""
    for error in (context.original_exception, context.sqlalchemy_exception):
        if error is not None and error.args:
            error.args = (str(error.args[0]).partition("\n")[0], *error.args[1:])


def _prepare_sqlite(connection: Any, _record: Any) -> None:
    # The driver must not open transactions by itself: BEGIN is ours, see _begin_immediate.
    connection.isolation_level = None
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "busy_timeout=30000"):
        connection.execute(f"PRAGMA {pragma}")


def _begin_immediate(connection: Connection) -> None:
    read_only = connection.get_execution_options().get("read_only", False)
    connection.exec_driver_sql("BEGIN" if read_only else "BEGIN IMMEDIATE")


def reading(engine: Engine) -> Engine:
    """Return the engine for work that only reads: on SQLite it does not wait for writers."""
    return engine.execution_options(read_only=True)


def insert_into(connection: Connection, table: Table) -> Any:
    """Return the dialect's INSERT, which has on_conflict_do_nothing and on_conflict_do_update on both."""
    build: Any = postgresql_insert if connection.dialect.name == "postgresql" else sqlite_insert
    statement: Insert = build(table)
    return statement
