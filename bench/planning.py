"""Planning one turn of six campaigns, beside SQL by hand that writes the same rows."""

import statistics
import time
from argparse import ArgumentParser
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TypeAlias

from sqlalchemy import Connection, Engine, event

from aftershow.campaign.campaign import Campaign
from aftershow.campaign.versions import Version, newest
from aftershow.journey.turn import prepare
from aftershow.ledger.claims import claim
from aftershow.rehearsal.virtual_time import in_virtual_time
from aftershow.store.engine import DIALECTS
from aftershow.words.channels import Channel
from bench import bare
from bench.databases import opened
from bench.population import NOW, fill, write_workspace
from bench.row import Row

#: A step that sends, and by which channel.
Sending: TypeAlias = tuple[str, Channel]

#: How often each way is measured; what it wrote is rolled back each time.
RUNS = 3
#: How many batches of messages are claimed each way.
BATCH, CLAIMS = 500, 20
#: People wait for the second step; then it is due for all of them.
WAITING = NOW + timedelta(days=3)
SECOND = NOW + timedelta(days=7, hours=2)
FIRST_STEP = (("thanks", Channel.EMAIL),)
SECOND_STEPS = (("question", Channel.EMAIL), ("card", Channel.LETTER))


def rows(contacts: int, *, interactions: int = 0, dialects: Sequence[str] = ("sqlite",)) -> Iterator[Row]:
    """Measure the first turn, claiming in it, one in which nothing is due, and one in which everybody is."""
    for dialect in dialects:
        with TemporaryDirectory() as folder, opened(dialect, Path(folder)) as engine:
            yield from measured(engine, Path(folder), contacts, interactions=interactions)


def measured(engine: Engine, folder: Path, contacts: int, *, interactions: int = 0) -> Iterator[Row]:
    """Measure with a database that has the tables, and a folder for the workspace."""
    campaigns = fill(engine, write_workspace(folder), contacts, interactions=interactions)
    if engine.dialect.name == "postgresql":
        with engine.begin() as connection:
            connection.exec_driver_sql("ANALYZE")
    people = f"{contacts:,} people in {len(campaigns)} campaigns, {engine.dialect.name}"
    yield _beside_sql(engine, f"plan a turn: {people} come in", campaigns, FIRST_STEP, now=NOW)
    yield _claiming(engine, f"claim {BATCH} messages: {people} are due", campaigns[0])
    take_first(engine, campaigns)
    yield _beside_sql(engine, f"plan a turn: {people} wait", campaigns, SECOND_STEPS, now=WAITING)
    yield _beside_sql(engine, f"plan a turn: {people} are due", campaigns, SECOND_STEPS, now=SECOND)


def take_first(engine: Engine, campaigns: Sequence[Campaign]) -> None:
    """Let everybody come in, get the first step, and go on to the one they wait for."""
    for now in (NOW, NOW + timedelta(hours=1), NOW + timedelta(hours=2)):
        for campaign in campaigns:
            in_virtual_time(engine, campaign, now, news=True)


def _claiming(engine: Engine, what: str, campaign: Campaign) -> Row:
    """Measure claiming one batch after the other of what a first turn has planned."""
    [version] = versions_of(engine, [campaign], now=NOW)
    step = next(campaign.message_steps)
    rules = version.rules(step, NOW)
    ours, theirs = [], []
    with _rolled_back(engine) as (connection, _):
        due = prepare(connection, campaign, now=NOW).due
        for _ in range(max(min(CLAIMS, due // (2 * BATCH)), 1)):
            ours.append(_cost(lambda: claim(connection, rules, worker="bench", now=NOW, limit=BATCH), engine))
            by_hand = partial(bare.claim, connection, campaign.name, step.key, now=NOW, most=BATCH)
            theirs.append(_cost(by_hand, engine))
    return Row(
        what=what, aftershow=statistics.median(ours), other=statistics.median(theirs), beside="SQL by hand"
    )


def plan_all(connection: Connection, campaigns: Sequence[Campaign], *, now: datetime) -> None:
    """Plan a turn of each campaign, as `aftershow run` does."""
    for campaign in campaigns:
        prepare(connection, campaign, now=now)


def plan_by_hand(
    connection: Connection, versions: Sequence[Version], steps: Sequence[Sending], *, now: datetime
) -> None:
    """Write what such a turn writes when these steps are due."""
    for version in versions:
        campaign = version.campaign.name
        bare.enrol(connection, campaign, version=version.id, show=version.show_id or 0, now=now)
        for step, channel in steps:
            bare.plan(connection, campaign, step, channel, version=version.id, now=now)


def versions_of(engine: Engine, campaigns: Sequence[Campaign], *, now: datetime) -> list[Version]:
    """Return the versions that SQL by hand is told."""
    with engine.begin() as connection:
        return [newest(connection, campaign, now=now) for campaign in campaigns]


def _beside_sql(
    engine: Engine, what: str, campaigns: Sequence[Campaign], steps: Sequence[Sending], *, now: datetime
) -> Row:
    versions = versions_of(engine, campaigns, now=now)
    ours, theirs = [], []
    for _ in range(RUNS):
        with _rolled_back(engine) as (connection, statements):
            ours.append(_cost(partial(plan_all, connection, campaigns, now=now), engine))
        with _rolled_back(engine) as (connection, _):
            theirs.append(_cost(partial(plan_by_hand, connection, versions, steps, now=now), engine))
    return Row(
        what=f"{what}: {len(statements)} statements",
        aftershow=statistics.median(ours),
        other=statistics.median(theirs),
        beside="SQL by hand",
    )


@contextmanager
def _rolled_back(engine: Engine) -> Iterator[tuple[Connection, list[str]]]:
    """Open a transaction that leaves nothing behind, with a list of the statements that it executes."""
    statements = list[str]()

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        statements.append(statement)

    with engine.connect() as connection:
        event.listen(connection, "before_cursor_execute", note)
        with connection.begin() as transaction:
            yield connection, statements
            transaction.rollback()


def _cost(work: Callable[[], object], engine: Engine) -> float:
    """Return CPU on SQLite, which works in this process, and the time by the clock on PostgreSQL."""
    now = time.process_time if engine.dialect.name == "sqlite" else time.perf_counter
    start = now()
    work()
    return now() - start


def main() -> None:
    """Print the lines about planning, for as many people as the database is to know."""
    parser = ArgumentParser(
        prog="python -m bench.planning", description="Measure planning beside SQL by hand."
    )
    parser.add_argument("--contacts", type=int, default=1_000_000)
    parser.add_argument("--interactions", type=int, default=5, help="of each contact, in the past")
    given = parser.parse_args()
    for row in rows(given.contacts, interactions=given.interactions, dialects=DIALECTS):
        print(row, flush=True)


if __name__ == "__main__":
    main()
