"""Import several lead files, whatever becomes of each."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from psycopg import DataError as DriversDataError
from sqlalchemy import Engine
from sqlalchemy.exc import DataError, StatementError

from aftershow.errors import LeadFileError, UsageError
from aftershow.leads.aside import Tried, begin_trying, put_aside
from aftershow.leads.importing import Progress, import_files
from aftershow.leads.readers.opening import require_file, sha256_of
from aftershow.leads.result import ImportResult
from aftershow.signs import plain
from aftershow.workspace.settings import Settings
from aftershow.workspace.shows import Show

#: What a cell may bring about that nobody foresaw; of the database, that it can't keep something.
_BY_A_CELL: tuple[type[Exception], ...] = (ArithmeticError, LookupError, TypeError, ValueError)
_BY_A_CELL += (RecursionError, DataError, DriversDataError)


@dataclass(frozen=True, kw_only=True, slots=True)
class Imported:
    """What became of some files."""

    #: of those that were imported
    result: ImportResult
    #: why nothing was imported from the others
    unreadable: list[LeadFileError]


def import_each(
    engine: Engine,
    show: Show,
    settings: Settings,
    paths: Sequence[Path],
    *,
    now: datetime,
    progress: Progress | None = None,
) -> Imported:
    """Import the lead files of a show; one that fails is set aside, and those behind it come in.

    Raises UsageError, before anything is done, where there is no such file. `now` is aware.
    """
    for path in paths:
        require_file(path)
    total, behind = sum(path.stat().st_size for path in paths), 0
    result, unreadable = ImportResult(), list[LeadFileError]()
    for path in paths:
        size = path.stat().st_size if path.is_file() else 0

        def report(done: int, _of: int, before: int = behind) -> None:
            if progress:
                progress(before + done, total)

        try:
            result += _import_one(engine, show, settings, path, now=now, progress=report)
        except LeadFileError as error:
            unreadable.append(error)
        behind += size
    return Imported(result=result, unreadable=unreadable)


def _import_one(
    engine: Engine, show: Show, settings: Settings, path: Path, *, now: datetime, progress: Progress
) -> ImportResult:
    try:
        file = Tried(show=show, name=plain(path.name), sha256=sha256_of(path), now=now)
        with engine.begin() as connection:
            begin_trying(connection, file)
        return _import_whole(engine, show, settings, path, now=now, progress=progress)
    except LeadFileError as error:
        with engine.begin() as connection:
            put_aside(connection, file, error)
        raise
    except (FileNotFoundError, UsageError) as error:
        raise LeadFileError(f"{path.name}: this file was taken away before it was imported.") from error


def _import_whole(
    engine: Engine, show: Show, settings: Settings, path: Path, *, now: datetime, progress: Progress
) -> ImportResult:
    """Import a file; raises LeadFileError for everything that is the fault of its content."""
    try:
        return import_files(engine, show, settings, [path], now=now, progress=progress)
    except Exception as error:
        # Other errors of the database say nothing of the file; a StatementError itself is about a value.
        if not isinstance(error, _BY_A_CELL) and type(error) is not StatementError:
            raise
        # Without the cause, whose words may quote people.
        raise LeadFileError(
            f"{path.name}: something in this file breaks what imports it ({type(error).__name__}). Nothing "
            "was imported from it. That is a mistake of Aftershow's: please report it."
        ) from None
