"""Run a flow in this process: on the Prefect server that the environment names, else on a temporary one."""

from collections.abc import Callable
from typing import Any

from prefect.settings import PREFECT_FLOWS_HEARTBEAT_FREQUENCY, temporary_settings

from flows.verdict import SomeNotSentError


def run_here(flow: Callable[..., Any], **parameters: Any) -> dict[str, Any]:
    """Run a flow and return its figures, also of a run that Prefect shows in red; raises what it raises.

    Without the heartbeat: its thread takes a second to end, and whoever started the command sees it die.
    """
    with temporary_settings({PREFECT_FLOWS_HEARTBEAT_FREQUENCY: None}):
        result = flow(**parameters, return_state=True).result(raise_on_failure=False)
    if isinstance(result, SomeNotSentError):
        return result.result
    if isinstance(result, BaseException):
        raise result
    return dict(result)
