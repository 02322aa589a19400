"""Sending in shards, by one run and its helpers: how much is one, how many help, what they did together."""

from dataclasses import replace
from datetime import datetime

from sqlalchemy import Connection

from aftershow.ledger.send_counts import SendCounts
from aftershow.ledger.workers import settled_after

#: Messages of one task: enough that Prefect's cost for a task does not count, few enough to see progress.
SHARD = 2_000


def helpers_for(due: int, workers: int) -> int:
    """Return how many should help one run: one for each further shard that is due and each other worker."""
    return max(0, min(due // SHARD, workers) - 1)


def together(connection: Connection, campaign: str, told: SendCounts, *, since: datetime) -> SendCounts:
    """Return what a run and its helpers did together since its beginning, the dead ones included.

    `told` is what those counted who lived to tell: only they know what was put off, and why.
    """
    settled = settled_after(connection, campaign, moment=since)
    return replace(
        told,
        accepted=settled.accepted,
        rejected=settled.rejected,
        unknown=settled.unknown,
        interactions=settled.accepted + settled.rejected + told.deferred,
    )
