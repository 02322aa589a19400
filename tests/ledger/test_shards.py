"""How many help one run, and what all of them did."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import Engine

from aftershow.ledger.send_counts import SendCounts
from aftershow.ledger.shards import SHARD, helpers_for, together


@pytest.mark.parametrize(
    ("due", "workers", "helpers"),
    [
        (0, 5, 0),
        (SHARD, 5, 0),
        (2 * SHARD - 1, 5, 0),
        (2 * SHARD, 5, 1),
        (9 * SHARD, 5, 4),
        (9 * SHARD, 0, 0),
    ],
)
def test_helpers(due: int, workers: int, helpers: int) -> None:
    """One for each further whole shard, at most one for each other worker, and never less than none."""
    assert helpers_for(due, workers) == helpers


def test_who_lived_tells_what_was_put_off(sqlite_engine: Engine) -> None:
    """What was settled is counted in the ledger; what was put off, and why, only those know who did it."""
    told = SendCounts(accepted=3, deferred=2, interactions=5, trouble="busy")
    with sqlite_engine.connect() as connection:
        counted = together(connection, "c", told, since=datetime(2026, 9, 18, tzinfo=UTC))
    assert counted == SendCounts(deferred=2, interactions=2, trouble="busy")
