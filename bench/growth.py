"""How the work of a turn grows with the people in one campaign: `python -m bench.growth`."""

import statistics
import time
from argparse import ArgumentParser
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import psutil
from sqlalchemy import Connection, Engine

from aftershow.campaign.campaign import Campaign
from aftershow.journey.turn import prepare
from aftershow.ledger.claims import claim
from aftershow.rehearsal.virtual_time import in_virtual_time
from aftershow.store.engine import DIALECTS
from bench.databases import opened
from bench.planning import BATCH, CLAIMS, RUNS, SECOND, WAITING, versions_of
from bench.population import NOW, fill, write_workspace

#: How many people there are, if nobody says.
SIZES = (5_000, 10_000, 50_000, 100_000, 200_000)
HEADINGS = ("people", "come in", "a person", f"claim {BATCH}", "nothing due", "a later step", "a person")


@dataclass(frozen=True, kw_only=True, slots=True)
class Growth:
    """What one size was measured at, in seconds of CPU, ours and the database's."""

    people: int
    #: everybody comes into the campaign, and gets the message of the first step
    coming_in: float
    #: one batch of what is due is claimed
    claiming: float
    #: a turn in which everybody waits
    waiting: float
    #: everybody gets the message of a later step
    later: float

    def __str__(self) -> str:
        """Return the line as it is printed."""
        cells = (
            f"{self.people:,}", _seconds(self.coming_in), _each(self.coming_in, self.people),
            _seconds(self.claiming), _seconds(self.waiting), _seconds(self.later),
            _each(self.later, self.people),
        )  # fmt: skip
        return line(cells)


def growth(dialect: str, people: int) -> Growth:
    """Measure one campaign of so many people, in a database of its own."""
    with TemporaryDirectory() as folder, opened(dialect, Path(folder)) as engine:
        return measured(engine, Path(folder), people)


def measured(engine: Engine, folder: Path, people: int) -> Growth:
    """Measure with a database that has the tables, and a folder for the workspace."""
    [campaign] = fill(engine, write_workspace(folder, campaigns=1), people)
    if engine.dialect.name == "postgresql":
        with engine.begin() as connection:
            connection.exec_driver_sql("ANALYZE")
    coming_in = _seconds_of(engine, partial(prepare, campaign=campaign, now=NOW))
    # So many batches are due.
    claims = max(min(CLAIMS, people // (2 * BATCH)), 1)
    claiming = _claiming(engine, campaign, claims)
    for hours in (1, 2):
        in_virtual_time(engine, campaign, NOW + timedelta(hours=hours), news=True)
    quiet = partial(prepare, campaign=campaign, now=WAITING)
    waiting = statistics.median(_seconds_of(engine, quiet) for _ in range(RUNS))
    later = _seconds_of(engine, partial(prepare, campaign=campaign, now=SECOND))
    return Growth(people=people, coming_in=coming_in, claiming=claiming, waiting=waiting, later=later)


def _claiming(engine: Engine, campaign: Campaign, claims: int) -> float:
    """Return what claiming a batch costs while everything is due; what was claimed is planned again."""
    [version] = versions_of(engine, [campaign], now=NOW)
    step = next(campaign.message_steps)
    rules = version.rules(step, NOW)
    with engine.connect() as connection, connection.begin() as transaction:
        costs = [
            _timed(connection, lambda: claim(connection, rules, worker="bench", now=NOW, limit=BATCH))
            for _ in range(claims)
        ]
        transaction.rollback()
    # The operating system counts a server's CPU in hundredths of a second.
    return statistics.mean(costs)


def _seconds_of(engine: Engine, work: Callable[[Connection], object]) -> float:
    """Return what some work costs, with its commit."""
    with engine.connect() as connection:
        connection.begin()

        def commit() -> None:
            work(connection)
            connection.commit()

        return _timed(connection, commit)


def _timed(connection: Connection, work: Callable[[], object]) -> float:
    before = time.process_time(), _of_server(connection)
    work()
    return time.process_time() - before[0] + _of_server(connection) - before[1]


def _of_server(connection: Connection) -> float:
    """Return the CPU that a connection has had of a process of its own; SQLite works in this one."""
    if connection.dialect.name == "sqlite":
        return 0
    driver: Any = connection.connection.driver_connection
    times = psutil.Process(driver.info.backend_pid).cpu_times()
    return float(times.user + times.system)


def line(cells: Sequence[str]) -> str:
    """Return a line of the table."""
    return "".join(f"{cell:>14}" for cell in cells)


def _seconds(seconds: float) -> str:
    return f"{seconds:,.1f} s" if seconds >= 1 else f"{seconds * 1e3:,.1f} ms"


def _each(seconds: float, people: int) -> str:
    return f"{seconds / people * 1e6:,.0f} µs"


def table(sizes: Sequence[int], dialects: Sequence[str]) -> Iterator[str]:
    """Return the table, line by line, as it is measured."""
    for dialect in dialects:
        yield dialect
        yield line(HEADINGS)
        for people in sizes:
            yield str(growth(dialect, people))


def main() -> None:
    """Print the table."""
    parser = ArgumentParser(
        prog="python -m bench.growth", description="Measure one campaign with more and more people."
    )
    parser.add_argument("--sizes", type=int, nargs="+", default=SIZES, metavar="PEOPLE")
    parser.add_argument("--dialects", nargs="+", choices=DIALECTS, default=DIALECTS)
    given = parser.parse_args()
    for printed in table(given.sizes, given.dialects):
        print(printed, flush=True)


if __name__ == "__main__":
    main()
