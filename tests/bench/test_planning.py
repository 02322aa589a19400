"""What planning is compared with."""

from pathlib import Path

import pytest
from sqlalchemy import Connection, Engine, select

from aftershow.store.tables import enrollment, message
from bench.planning import (
    FIRST_STEP,
    SECOND,
    SECOND_STEPS,
    measured,
    plan_all,
    plan_by_hand,
    take_first,
    versions_of,
)
from bench.population import NOW, fill, write_workspace
from tests.support.moves import rehearsing

pytestmark = pytest.mark.either_database

PEOPLE = 150


def test_both_ways_take_the_same_people_in_and_write_the_same_messages(
    engine: Engine, tmp_path: Path
) -> None:
    """The SQL by hand does the work that it is compared by."""
    campaigns = fill(engine, write_workspace(tmp_path), PEOPLE)
    versions = versions_of(engine, campaigns, now=NOW)
    with engine.connect() as connection:
        plan_all(connection, campaigns, now=NOW)
        ours = written(connection)
        connection.rollback()
        plan_by_hand(connection, versions, FIRST_STEP, now=NOW)
        assert written(connection) == ours
    assert {reason for *_, reason in ours[1]} >= {None, "no_address", "suppressed", "permission"}

    with rehearsing(engine):
        take_first(engine, campaigns)
    with engine.connect() as connection:
        plan_all(connection, campaigns, now=SECOND)
        ours = written(connection)
        connection.rollback()
        plan_by_hand(connection, versions, SECOND_STEPS, now=SECOND)
        assert written(connection) == ours
    assert {step for _, _, step, *_ in ours[1]} == {"thanks", "question", "card"}


def test_the_bench_runs_and_says_what_it_compares(sqlite_engine: Engine, tmp_path: Path) -> None:
    """The table is printed from these lines."""
    with rehearsing(sqlite_engine):
        lines = [str(row) for row in measured(sqlite_engine, tmp_path, 60)]
    assert len(lines) == 4
    assert all("60 people in 6 campaigns" in line and "SQL by hand" in line for line in lines)


def written(connection: Connection) -> tuple[list[tuple[object, ...]], list[tuple[object, ...]]]:
    """Everybody who is in a campaign, and every message with the reason that holds it."""
    its = message.c
    people = select(enrollment.c.campaign, enrollment.c.contact_id).order_by(
        *enrollment.c["campaign", "contact_id"]
    )
    messages = select(its.campaign, its.contact_id, its.step, its.state, its.due_at, its.reason).order_by(
        its.campaign, its.contact_id, its.step
    )
    return list(map(tuple, connection.execute(people))), list(map(tuple, connection.execute(messages)))
