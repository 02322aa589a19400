"""The work pool of Aftershow on a Prefect server: where deployments wait for a worker."""

import os
import signal
from contextlib import suppress
from typing import Any

from prefect.client.orchestration import SyncPrefectClient
from prefect.client.schemas.actions import WorkPoolCreate, WorkPoolUpdate
from prefect.client.schemas.filters import FlowRunFilter, WorkPoolFilter
from prefect.client.schemas.objects import FlowRun
from prefect.exceptions import ObjectAlreadyExists
from prefect.states import Crashed

POOL = "aftershow"
#: The states of runs that a process works at, or is about to.
AT_WORK = ["PENDING", "RUNNING", "CANCELLING"]
#: What whoever starts a run may say of its process: nothing. Prefect's own template takes a command, a folder
#: and an environment. Nor may the configuration name them: Prefect fills an `env` that stands there.
TEMPLATE: dict[str, Any] = {
    "job_configuration": {"stream_output": True},
    "variables": {"type": "object", "properties": {}, "additionalProperties": False},
}


def ensure_pool(client: SyncPrefectClient) -> None:
    """Create the pool where it is missing; of one that is there, only the template is put right."""
    try:
        client.create_work_pool(WorkPoolCreate(name=POOL, type="process", base_job_template=TEMPLATE))
    except ObjectAlreadyExists:
        if client.read_work_pool(POOL).base_job_template != TEMPLATE:
            client.update_work_pool(POOL, WorkPoolUpdate(base_job_template=TEMPLATE))


def open_queue(client: SyncPrefectClient, *, is_open: bool) -> None:
    """Let workers take runs, or no more. What people pause is the pool and the deployments, never this."""
    queue = client.read_work_queue_by_name("default", work_pool_name=POOL)
    client.update_work_queue(queue.id, is_paused=not is_open)


def at_work(client: SyncPrefectClient) -> list[FlowRun]:
    """Return the runs of the pool that a process works at."""
    states = FlowRunFilter.model_validate({"state": {"type": {"any_": AT_WORK}}})
    pool = WorkPoolFilter.model_validate({"name": {"any_": [POOL]}})
    return client.read_flow_runs(flow_run_filter=states, work_pool_filter=pool)


def end_runs(client: SyncPrefectClient, why: str) -> int:
    """End the runs at work on this machine without a worker: killed, marked as crashed; returns how many."""
    runs = at_work(client)
    for run in runs:
        _kill(run)
        client.set_flow_run_state(run.id, Crashed(message=why), force=True)
    return len(runs)


def _kill(run: FlowRun) -> None:
    """Kill a run's process, which the worker made the leader of a group of its own."""
    if run.infrastructure_pid and run.infrastructure_pid.isdigit():
        with suppress(ProcessLookupError):
            os.killpg(int(run.infrastructure_pid), signal.SIGKILL)
