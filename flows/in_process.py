"""Run a flow in this process: on the Prefect server that the environment names, else on a temporary one."""

from collections.abc import Callable
from typing import Any

import httpx
from prefect.exceptions import PrefectException
from prefect.settings import PREFECT_FLOWS_HEARTBEAT_FREQUENCY, temporary_settings

from aftershow.errors import AftershowError
from flows.connecting import require_server
from flows.verdict import SomeNotSentError


def run_here(flow: Callable[..., Any], **parameters: Any) -> dict[str, Any]:
    """Run a flow and return its figures, also of a run that Prefect shows in red; raises what it raises.

    Raises AftershowError too when there is no server, or when it goes away in the middle.

    Without the heartbeat: its thread takes a second to end, and whoever started the command sees it die.
    """
    require_server()
    with temporary_settings({PREFECT_FLOWS_HEARTBEAT_FREQUENCY: None}):
        try:
            state = flow(**parameters, return_state=True)
        except (httpx.HTTPError, PrefectException) as error:
            # What the flow itself raises is in its state.
            raise AftershowError(
                f"The Prefect server was lost during the run ({type(error).__name__}). What was sent stands "
                "in the ledger; the next run goes on from there."
            ) from error
    result = state.result(raise_on_failure=False)
    if isinstance(result, SomeNotSentError):
        return result.result
    if isinstance(result, BaseException):
        raise result
    return dict(result)
