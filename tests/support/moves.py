"""Triggers that refuse what ledger/states.py does not allow, in every database that the tests make.

They are made from the table, so that each test checks it. What is rehearsed may be undone or stand on a copy,
never be committed to a database that people are written to from.
"""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from functools import wraps
from typing import Any

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, Engine, event

from aftershow.ledger.states import MOVES, By
from aftershow.store.tables import message

_REAL = {(move.source, move.target) for move in MOVES if move.by is not By.REHEARSAL}
_REHEARSED = {(move.source, move.target) for move in MOVES} - _REAL
#: The names of what is put into a database.
TRIGGERS = ("message_begins", "message_moves", "message_rehearses")
#: Only SQLite has it: a row of it refers to nothing, which is noticed when it is committed.
TABLE = "message_rehearsed"


def watch_every_database() -> None:
    """Watch each database that Alembic brings to the newest tables, and each copy, in this process."""
    command.upgrade = _and_then_watch(command.upgrade)
    event.listen(message, "after_create", lambda _table, connection, **_: watch(connection, is_copy=True))


def _and_then_watch(upgrade: Callable[..., None]) -> Callable[..., None]:
    @wraps(upgrade)
    def upgraded(config: Config, revision: str, *rest: Any, **more: Any) -> None:
        upgrade(config, revision, *rest, **more)
        if revision == "head":
            watch(config.attributes["connection"])

    return upgraded


@contextmanager
def unwatched(connection: Connection) -> Iterator[None]:
    """Let a test put messages where it wants them."""
    let_be(connection)
    yield
    watch(connection)


@contextmanager
def rehearsing(engine: Engine) -> Iterator[None]:
    """Let a test play in virtual time on a database that is no copy, and from which nobody is written to."""
    with engine.begin() as connection:
        watch(connection, is_copy=True)
    try:
        yield
    finally:
        with engine.begin() as connection:
            watch(connection)


def watch(connection: Connection, *, is_copy: bool = False) -> None:
    """Refuse from now on what is not in the table; on a copy only moves, since it is filled with what is."""
    let_be(connection)
    put = {"sqlite": _on_sqlite, "postgresql": _on_postgresql}[connection.dialect.name]
    for statement in put(is_copy=is_copy):
        connection.exec_driver_sql(statement)


def let_be(connection: Connection) -> None:
    """Refuse nothing any more."""
    on = " ON message" if connection.dialect.name == "postgresql" else ""
    for name in TRIGGERS:
        connection.exec_driver_sql(f"DROP TRIGGER IF EXISTS {name}{on}")


def _on_sqlite(*, is_copy: bool) -> Iterator[str]:
    refuse = "BEGIN SELECT RAISE(ABORT, 'ledger/states.py has no such move'); END"
    yield f"CREATE TRIGGER message_moves AFTER UPDATE OF state ON message WHEN NOT ({_may_move()}) {refuse}"
    if is_copy:
        return
    yield f"CREATE TRIGGER message_begins AFTER INSERT ON message WHEN NOT ({_may_begin()}) {refuse}"
    yield (
        f"CREATE TABLE IF NOT EXISTS {TABLE}"
        f" (id INTEGER PRIMARY KEY, parent INTEGER REFERENCES {TABLE} (id) DEFERRABLE INITIALLY DEFERRED)"
    )
    yield (
        f"CREATE TRIGGER message_rehearses AFTER UPDATE OF state ON message WHEN {_among(_REHEARSED)}"
        f" BEGIN INSERT INTO {TABLE} (parent) VALUES (-1); END"
    )


def _on_postgresql(*, is_copy: bool) -> Iterator[str]:
    yield (
        "CREATE OR REPLACE FUNCTION refuse_move() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
        " RAISE EXCEPTION 'ledger/states.py has no such move: %% to %%', OLD.state, NEW.state; END $$"
    )
    # Afterwards: a trigger before it would lock rows sooner than the statement alone does.
    refuse = "EXECUTE FUNCTION refuse_move()"
    yield (
        "CREATE TRIGGER message_moves AFTER UPDATE OF state ON message"
        f" FOR EACH ROW WHEN (NOT ({_may_move()})) {refuse}"
    )
    if is_copy:
        return
    yield (
        "CREATE TRIGGER message_begins AFTER INSERT ON message"
        f" FOR EACH ROW WHEN (NOT ({_may_begin()})) {refuse}"
    )
    yield (
        "CREATE CONSTRAINT TRIGGER message_rehearses AFTER UPDATE OF state ON message"
        f" DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN ({_among(_REHEARSED)}) {refuse}"
    )


def _may_move() -> str:
    return f"OLD.state = NEW.state OR {_among(_REAL | _REHEARSED)}"


def _may_begin() -> str:
    return f"NEW.state IN ({_listed(target for source, target in _REAL if source is None)})"


def _among(pairs: Iterable[tuple[Any, Any]]) -> str:
    moves = _listed(f"{source}>{target}" for source, target in pairs if source)
    return f"OLD.state || '>' || NEW.state IN ({moves})"


def _listed(words: Iterable[str]) -> str:
    return ", ".join(f"'{word}'" for word in sorted(words))
