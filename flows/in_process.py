"""Run a flow in this process: on the Prefect server that the environment names, else on a temporary one."""

from collections.abc import Callable
from typing import Any

from prefect.settings import PREFECT_FLOWS_HEARTBEAT_FREQUENCY, temporary_settings


def run_here(flow: Callable[..., dict[str, Any]], **parameters: Any) -> dict[str, Any]:
    """Run a flow and return what it returns.

    Without the heartbeat: its thread takes a second to end, and whoever started the command sees it die.
    """
    with temporary_settings({PREFECT_FLOWS_HEARTBEAT_FREQUENCY: None}):
        return flow(**parameters)
