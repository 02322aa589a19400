"""Open the desk at the beginning of a run, patiently: a database that is away comes back."""

from contextlib import ExitStack
from pathlib import Path
from typing import Any

from prefect import task
from prefect.cache_policies import NO_CACHE
from prefect.client.schemas.objects import State, TaskRun
from prefect.tasks import Task
from sqlalchemy.exc import OperationalError

from aftershow.desk import Desk, open_desk

#: Seconds before each further try.
PATIENCE: list[float] = [5, 20, 60]


def database_is_away(task: Task[Any, Any], run: TaskRun, state: State[Any]) -> bool:
    """Return whether a task failed for want of the database, so that trying again helps and harms nothing."""
    error = state.result(raise_on_failure=False)
    return isinstance(error, OperationalError)


@task(
    task_run_name="open",
    cache_policy=NO_CACHE,
    persist_result=False,
    retries=len(PATIENCE),
    retry_delay_seconds=PATIENCE,
    retry_condition_fn=database_is_away,
)
def opened(stack: ExitStack, workspace: Path) -> Desk:
    """Open the workspace and its database until `stack` closes; raises WorkspaceError for mistakes."""
    return stack.enter_context(open_desk(workspace))
