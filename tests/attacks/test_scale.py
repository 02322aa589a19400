"""More people cost more in proportion, and what is done for a few costs the same among many.

What is counted is what the database looks at, not how long it takes: blocks and index entries of the tables
that grow on PostgreSQL, steps of its virtual machine on SQLite. Both are the same on any machine.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, Engine, event, text

from aftershow.campaign.campaign import Campaign
from aftershow.campaign.versions import newest
from aftershow.journey.turn import prepare
from aftershow.ledger.claims import claim
from aftershow.rehearsal.virtual_time import in_virtual_time
from aftershow.store.tables import metadata
from bench.planning import SECOND, WAITING
from bench.population import NOW, fill, write_workspace
from tests.support.moves import rehearsing

#: PostgreSQL is told at once of as many as FEW; of fewer only after a while.
FEW, MANY = 1_300, 5_200
#: Work that grows in proportion may grow so much; the square would be 16 times as much.
IN_PROPORTION = 1.3 * MANY / FEW
BATCH = 50
_LOOKED_AT = """
    SELECT sum(pg_stat_get_xact_blocks_fetched(oid) + pg_stat_get_xact_tuples_returned(oid))
    FROM (
      SELECT oid FROM pg_class WHERE relname IN ('enrollment', 'message')
      UNION SELECT indexrelid FROM pg_index
        WHERE indrelid IN ('enrollment'::regclass, 'message'::regclass)
    ) AS growing
"""
#: After so many steps SQLite calls back.
_STEPS = 100


class Work:
    """What a database has looked at."""

    def __init__(self, engine: Engine) -> None:
        self._engine, self.count = engine, 0

    @contextmanager
    def counted(self) -> Iterator[Connection]:
        """Open a transaction whose statements count; what they write stays."""
        self.count = 0
        with self._engine.begin() as connection:
            if self._engine.dialect.name == "postgresql":
                event.listen(connection, "before_cursor_execute", self._before)
                event.listen(connection, "after_cursor_execute", self._after)
                yield connection
                return
            driver: Any = connection.connection.driver_connection
            driver.set_progress_handler(self._step, _STEPS)
            yield connection
            driver.set_progress_handler(None, 0)

    def _step(self) -> None:
        self.count += 1

    def _before(self, connection: Connection, *_rest: object) -> None:
        # Around each statement: an ANALYZE in the transaction begins the database's own count anew.
        self.count -= _looked_at(connection)

    def _after(self, connection: Connection, *_rest: object) -> None:
        self.count += _looked_at(connection)


def _looked_at(connection: Connection) -> int:
    driver: Any = connection.connection.driver_connection
    (count,) = driver.execute(_LOOKED_AT).fetchone()
    return int(count)


class Crowd:
    """A campaign, and as many people as one wants in an otherwise empty database."""

    def __init__(self, engine: Engine, folder: Path) -> None:
        self.engine, self._folder = engine, folder

    def gathered(self, people: int) -> Campaign:
        with self.engine.begin() as connection:
            if self.engine.dialect.name == "postgresql":
                connection.execute(text(f"TRUNCATE {', '.join(metadata.tables)} RESTART IDENTITY"))
            for table in reversed(metadata.sorted_tables):
                connection.execute(table.delete())
        [campaign] = fill(self.engine, write_workspace(self._folder, campaigns=1), people)
        self.count_anew()
        return campaign

    def count_anew(self) -> None:
        """Let PostgreSQL know how much there is, as it does by itself after a while."""
        if self.engine.dialect.name == "postgresql":
            with self.engine.begin() as connection:
                connection.execute(text("ANALYZE"))

    def turn(self, campaign: Campaign, now: datetime) -> int:
        """Plan a turn; returns what was looked at."""
        work = Work(self.engine)
        with work.counted() as connection:
            prepare(connection, campaign, now=now)
        return work.count


@pytest.fixture
def crowd(engine: Engine, tmp_path: Path) -> Crowd:
    return Crowd(engine, tmp_path)


def test_planning_costs_the_same_for_each_person(crowd: Crowd) -> None:
    """Coming in, waiting, and coming to a later step."""

    def plan(people: int) -> dict[str, int]:
        campaign = crowd.gathered(people)
        come_in = crowd.turn(campaign, NOW)
        come_through_the_first_step(crowd, campaign)
        wait, come_further = crowd.turn(campaign, WAITING), crowd.turn(campaign, SECOND)
        return {"come in": come_in, "wait": wait, "come to a later step": come_further}

    few, many = plan(FEW), plan(MANY)
    assert {what: many[what] / cost < IN_PROPORTION for what, cost in few.items()} == dict.fromkeys(few, True)


def test_claiming_costs_the_same_however_much_is_due(crowd: Crowd) -> None:
    """A claim reads what it takes."""

    def take_some(people: int) -> int:
        campaign = crowd.gathered(people)
        crowd.turn(campaign, NOW)
        crowd.count_anew()
        work = Work(crowd.engine)
        with crowd.engine.begin() as connection:
            version = newest(connection, campaign, now=NOW)
        with work.counted() as connection:
            rules = version.rules(next(campaign.message_steps), NOW)
            assert len(claim(connection, rules, worker="w", now=NOW, limit=BATCH)) == BATCH
        return work.count

    assert take_some(MANY) / take_some(FEW) < 2


def come_through_the_first_step(crowd: Crowd, campaign: Campaign) -> None:
    for hours in (1, 2):
        with rehearsing(crowd.engine):
            in_virtual_time(crowd.engine, campaign, NOW + timedelta(hours=hours), news=True)
