"""Import lead files: each becomes captures, contacts and leads, or nothing at all."""

import gc
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from sqlalchemy import Connection, Engine, select, text, update

from aftershow.errors import LeadFileError
from aftershow.leads.aside import take_back
from aftershow.leads.batches import ImportCounts, Target, import_batch, newest_contact
from aftershow.leads.readers.apart import reading_apart
from aftershow.leads.readers.headings import Columns
from aftershow.leads.readers.opening import sha256_of
from aftershow.leads.readers.rows import Batch
from aftershow.leads.result import ImportResult
from aftershow.leads.row_reader import RowReader
from aftershow.people.record.shows import show_id
from aftershow.signs import plain
from aftershow.store.engine import insert_into
from aftershow.store.insert_missing import MANY
from aftershow.store.tables import import_file
from aftershow.workspace.settings import Settings
from aftershow.workspace.shows import Show

__all__ = ["ImportResult", "import_files"]

#: Names the lock that imports into PostgreSQL wait for; any number that nothing else uses.
_LOCK = 0x41465445

#: Called with how many bytes are behind, and how many there are in all files.
Progress = Callable[[int, int], None]


def import_files(
    engine: Engine,
    show: Show,
    settings: Settings,
    paths: Sequence[Path],
    *,
    now: datetime,
    progress: Progress | None = None,
) -> ImportResult:
    """Import the lead files of a show, each in a transaction of its own; returns the figures of all.

    A file that was imported before changes nothing. Raises UsageError when there is no such file, and
    LeadFileError for one that can't be read: nothing of it is in the database then, files before it are.
    `now` is aware.
    """
    columns = Columns(show.leads)
    understand = RowReader(show, settings, columns)
    total = sum(path.stat().st_size for path in paths if path.is_file())
    behind = 0
    result = ImportResult()
    for path in paths:

        def report(done: int, before: int = behind) -> None:
            if progress:
                progress(before + done, total)

        with engine.begin() as connection:
            result += _import_file(connection, show, columns, understand, path, now=now, report=report)
        behind += path.stat().st_size
        report(path.stat().st_size)
    return result


def _import_file(
    connection: Connection,
    show: Show,
    columns: Columns,
    understand: RowReader,
    path: Path,
    *,
    now: datetime,
    report: Callable[[int], None],
) -> ImportResult:
    with reading_apart(path, columns) as batches:
        sha256 = sha256_of(path)
        _wait_for_other_imports(connection)
        number = show_id(connection, show)
        target = Target(
            connection=connection,
            show=show,
            show_id=number,
            file_id=_file_id(connection, path.name, sha256, number, now),
            now=now,
            newest_contact=newest_contact(connection),
        )
        totals = _import_batches(target, understand, batches, report)
    if sha256_of(path) != sha256:
        raise LeadFileError(
            f"{path.name}: this file changed while it was read. Nothing was imported from it; it is read "
            "again when it is whole."
        )
    _remember_rows(connection, target.file_id, totals.rows)
    take_back(connection, number, name=path.name, sha256=sha256)
    _count_anew(connection, totals.captures)
    return ImportResult(
        rows=totals.rows,
        captures=totals.captures,
        contacts_new=totals.contacts_new,
        contacts_matched=len(totals.matched),
        leads_new=totals.leads_new,
        review=totals.review,
        fix_list=tuple(sorted(totals.fix_list, key=lambda entry: entry.line)),
        notes=tuple(totals.notes),
    )


def _import_batches(
    target: Target, understand: RowReader, batches: Iterator[Batch], report: Callable[[int], None]
) -> ImportCounts:
    totals = ImportCounts()
    with _garbage_left_lying():
        for batch in batches:
            import_batch(target, understand, batch.rows, totals)
            report(batch.done)
            # Of what came with the batch alone.
            gc.collect(1)
    return totals


def _count_anew(connection: Connection, captures: int) -> None:
    # PostgreSQL counts by itself some time after the commit; until then a campaign is planned as for nobody.
    if captures >= MANY and connection.dialect.name == "postgresql":
        connection.exec_driver_sql("ANALYZE (SKIP_LOCKED) account, contact, contact_key, lead, permission")


@contextmanager
def _garbage_left_lying() -> Iterator[None]:
    # A batch makes many objects and few cycles; searching all modules for some took a fifth of an import.
    collects = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collects:
            gc.enable()


def _wait_for_other_imports(connection: Connection) -> None:
    # Two imports at once could both find that a person is new. SQLite has one writer anyway.
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})


def _file_id(connection: Connection, name: str, sha256: str, show_number: int, now: datetime) -> int:
    connection.execute(
        insert_into(connection, import_file)
        .values(show_id=show_number, sha256=sha256, name=plain(name), rows=0, imported_at=now)
        .on_conflict_do_nothing()
    )
    same = (import_file.c.show_id == show_number, import_file.c.sha256 == sha256)
    return int(connection.execute(select(import_file.c.id).where(*same)).scalar_one())


def _remember_rows(connection: Connection, file_id: int, rows: int) -> None:
    connection.execute(
        update(import_file).where(import_file.c.id == file_id, import_file.c.rows != rows).values(rows=rows)
    )
