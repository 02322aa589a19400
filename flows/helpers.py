"""The runs that help one run of a campaign to send, on the other workers of the pool.

Nothing is shared out beforehand: whoever has time claims the next messages in the ledger. So a helper that
never begins takes nothing away, and what one that dies had claimed waits again when its lease has run out.
"""

import json
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast
from uuid import UUID

from prefect import get_run_logger
from prefect.client.orchestration import SyncPrefectClient, get_client
from prefect.client.schemas.filters import ArtifactFilter, FlowRunFilter, WorkerFilter
from prefect.client.schemas.objects import FlowRun, StateType
from prefect.deployments import run_deployment
from prefect.exceptions import ObjectNotFound
from prefect.runtime import deployment
from prefect.states import Cancelled

from aftershow.desk import Desk
from aftershow.ledger.claims import recover
from aftershow.ledger.send_counts import SendCounts
from aftershow.ledger.sending import Clock
from aftershow.ledger.shards import helpers_for, together
from aftershow.ledger.workers import held_by
from aftershow.phrases import number_of
from aftershow.workspace.fingerprint import fingerprint
from flows.artifacts import SHARE
from flows.pool import POOL
from flows.shards import run_mark

#: The name of the one deployment of the flow send-shards.
HELPERS = "all-campaigns"
#: Seconds between two looks at the helpers.
PULSE = 1.0
#: A helper that holds nothing and has not ended after so many looks is not waited for any longer.
QUIET_LOOKS = 15


@dataclass(frozen=True, kw_only=True, slots=True)
class Help:
    """What became of the helpers of one run."""

    #: what they told: not that of the dead
    told: SendCounts
    #: how many ended without a word
    dead: int
    #: why others could not help
    failures: tuple[str, ...]

    @property
    def note(self) -> str | None:
        """Say what a person should look at, if anything."""
        said = [f"{number_of(self.dead, 'helper')} died"] if self.dead else []
        said += [f"a helper failed: {why}" for why in self.failures]
        return "; ".join(said) or None


def ask_for_help(desk: Desk, campaign: str, due: int) -> list[UUID]:
    """Start a helper for each further shard of what is due, at most one for each other worker.

    Returns their runs. There are none when a command runs the campaign in its own process, and on SQLite,
    which has one writer.
    """
    if deployment.id is None or desk.engine.dialect.name == "sqlite":
        return []
    with get_client(sync_client=True) as client:
        online = WorkerFilter.model_validate({"status": {"any_": ["ONLINE"]}})
        workers = len(client.read_workers_for_work_pool(POOL, worker_filter=online))
    name = f"send-shards/{HELPERS}"
    words = {"campaign": campaign, "edition": fingerprint(desk.workspace.root)}
    try:
        return [_start(name, words) for _ in range(helpers_for(due, workers))]
    except ObjectNotFound:
        get_run_logger().warning("`%s` is not deployed, so nobody helps: run `aftershow deploy`.", name)
        return []


def _start(name: str, words: dict[str, Any]) -> UUID:
    # Prefect's types also speak of coroutines, which are for async flows.
    return cast(FlowRun, run_deployment(name, parameters=words, timeout=0)).id


def wait_for_helpers(
    desk: Desk, campaign: str, helpers: list[UUID], clock: Clock, *, more: Callable[[], None]
) -> Help:
    """Wait until no helper holds a message any more, and call `more` whenever some may wait again.

    The dead hold theirs until the lease ends. Helpers that have not begun are sent away.
    """
    with get_client(sync_client=True) as client:
        _dismiss(client, helpers)
        at_work, quiet = len(helpers), 0
        while quiet < QUIET_LOOKS:
            left = sum(_is_at_work(run) for run in _read(client, helpers))
            freed, held = _look(desk, campaign, helpers, clock())
            if freed or left < at_work:
                more()
            elif not left and not held:
                break
            at_work, quiet = left, 0 if held else quiet + 1
            time.sleep(PULSE)
        return _help(client, helpers)


def _dismiss(client: SyncPrefectClient, helpers: list[UUID]) -> None:
    for run in _read(client, helpers):
        if run.state_type in (StateType.SCHEDULED, StateType.PENDING):
            client.set_flow_run_state(run.id, Cancelled(message="All was sent before this helper began."))


def _read(client: SyncPrefectClient, helpers: list[UUID]) -> list[FlowRun]:
    ours = FlowRunFilter.model_validate({"id": {"any_": helpers}})
    return client.read_flow_runs(flow_run_filter=ours)


def _is_at_work(run: FlowRun) -> bool:
    return run.state is not None and not run.state.is_final()


def _look(desk: Desk, campaign: str, helpers: list[UUID], now: datetime) -> tuple[int, int]:
    """Return how many messages wait again since their lease ended, and how many helpers still hold."""
    with desk.engine.begin() as connection:
        freed, _ = recover(connection, campaign, now=now)
        return freed, held_by(connection, campaign, [run_mark(run) for run in helpers])


def _help(client: SyncPrefectClient, helpers: list[UUID]) -> Help:
    told, dead, failures = _told(client, helpers), 0, list[str]()
    for run in _read(client, helpers):
        if run.id in told or run.state_type == StateType.CANCELLED:
            continue
        if run.state is not None and run.state.is_failed():
            failures.append(run.state.message or "see its log")
        else:
            dead += 1
    return Help(told=sum(told.values(), SendCounts()), dead=dead, failures=tuple(failures))


def _told(client: SyncPrefectClient, helpers: list[UUID]) -> dict[UUID, SendCounts]:
    """Return the counts that helpers left on their pages, by their runs."""
    shares = ArtifactFilter.model_validate({"flow_run_id": {"any_": helpers}, "key": {"like_": f"{SHARE}-%"}})
    return {
        one.flow_run_id: SendCounts(**json.loads(str(one.data))[0])
        for one in client.read_artifacts(artifact_filter=shares)
        if one.flow_run_id is not None
    }


def whole(desk: Desk, campaign: str, own: SendCounts, help_: Help, since: datetime) -> SendCounts:
    """Return what a run and its helpers did together since its beginning, the dead ones included."""
    with desk.engine.connect() as connection:
        return together(connection, campaign, own + help_.told, since=since)
