"""Run a flow in this process: on a Prefect server that is there, else on a temporary one."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import httpx
from prefect.exceptions import PrefectException
from prefect.settings import PREFECT_FLOWS_HEARTBEAT_FREQUENCY, temporary_settings

from aftershow.errors import AftershowError
from flows.connecting import with_server
from flows.occasion import Occasion, on
from flows.verdict import SomeNotSentError


def run_here(
    flow: Callable[..., Any], *, workspace: Path, at: datetime | None = None, **parameters: Any
) -> dict[str, Any]:
    """Run a flow on a workspace, at a moment or now; returns its figures, also where Prefect shows it in red.

    Raises what it raises, and AftershowError when there is no server, or when it goes away in the middle.

    Without the heartbeat: its thread takes a second to end, and whoever started the command sees it die.
    """
    with (
        with_server(workspace),
        temporary_settings({PREFECT_FLOWS_HEARTBEAT_FREQUENCY: None}),
        on(Occasion(workspace=workspace.resolve(), at=at)),
    ):
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
