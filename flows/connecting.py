"""The Prefect server that the environment names, or else a temporary one."""

from collections.abc import Iterator
from contextlib import contextmanager

import httpx
from prefect.client.orchestration import SyncPrefectClient, get_client
from prefect.exceptions import PrefectHTTPStatusError
from prefect.settings import PREFECT_API_URL

from aftershow.errors import AftershowError


@contextmanager
def connected() -> Iterator[SyncPrefectClient]:
    """Talk to the server that PREFECT_API_URL names; raises AftershowError if it is away or refuses."""
    address = PREFECT_API_URL.value()
    if not address:
        raise AftershowError(
            "No Prefect server is named. Start one with `aftershow up`, or set PREFECT_API_URL, such as "
            "http://127.0.0.1:4200/api."
        )
    with get_client(sync_client=True) as client:
        trouble = client.api_healthcheck()
        if trouble is not None:
            raise AftershowError(
                f"The Prefect server at {address} does not answer ({type(trouble).__name__}). Is it running, "
                "and is PREFECT_API_URL right?"
            )
        _require_welcome(client, address)
        yield client


def _require_welcome(client: SyncPrefectClient, address: str) -> None:
    """Ask for something: whether it is healthy, a server tells everybody."""
    try:
        client.read_work_pools(limit=1)
    except PrefectHTTPStatusError as error:
        if error.response.status_code not in (401, 403):
            raise
        raise AftershowError(
            f"The Prefect server at {address} refuses us. Is PREFECT_API_AUTH_STRING the one with which the "
            "server was started?"
        ) from error


def require_server() -> None:
    """See to it that flows find a server: the one that is named, else a temporary one, which is started.

    Raises AftershowError when it does not answer; Prefect itself would say so in a traceback.
    """
    if PREFECT_API_URL.value():
        with connected():
            return
    try:
        get_client(sync_client=True)
    except (RuntimeError, httpx.HTTPError) as error:
        raise AftershowError(
            f"Prefect's temporary server did not start ({type(error).__name__}); nothing was sent. Is the "
            "machine busy? Try again, with PREFECT_SERVER_EPHEMERAL_STARTUP_TIMEOUT_SECONDS=300 if need be."
        ) from error
