"""A copy of the whole database in a file of its own, to try things on."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from sqlalchemy import Engine, event, select

from aftershow.store.bulk import insert_rows
from aftershow.store.engine import open_engine, reading
from aftershow.store.tables import metadata

#: Rows that are read and written at a time.
_BATCH = 5_000


@contextmanager
def copied(engine: Engine) -> Iterator[Engine]:
    """Open a copy of a database, whichever it is, as an SQLite file that is gone afterwards.

    It is only for the computing: it is not synced to the disk, and foreign keys are not enforced.
    """
    with TemporaryDirectory(prefix="aftershow-") as folder:
        copy = scratch_engine(Path(folder) / "copy.db")
        try:
            _copy(engine, copy)
            yield copy
        finally:
            copy.dispose()


def scratch_engine(path: Path | None = None) -> Engine:
    """Open a new SQLite database with this version's tables, in a file or in memory."""
    engine = open_engine(f"sqlite:///{path}" if path else "sqlite://")
    event.listen(engine, "connect", _hurry)
    metadata.create_all(engine)
    return engine


def _hurry(connection: Any, _record: Any) -> None:
    for pragma in ("synchronous=OFF", "foreign_keys=OFF", "journal_mode=MEMORY"):
        connection.execute(f"PRAGMA {pragma}")


def _at_one_moment(engine: Engine) -> Engine:
    """Return the engine for a transaction that sees all tables at one moment, as on SQLite each does."""
    once = reading(engine)
    if engine.dialect.name == "postgresql":
        return once.execution_options(isolation_level="REPEATABLE READ")
    return once


def _copy(engine: Engine, copy: Engine) -> None:
    with _at_one_moment(engine).connect() as source, copy.begin() as target:
        for table in metadata.sorted_tables:
            rows = source.execution_options(yield_per=_BATCH).execute(select(table)).mappings()
            for part in rows.partitions(_BATCH):
                insert_rows(target, table, [dict(row) for row in part])
