"""The Prefect server that the environment names."""

from collections.abc import Iterator
from contextlib import contextmanager

from prefect.client.orchestration import SyncPrefectClient, get_client
from prefect.settings import PREFECT_API_URL

from aftershow.errors import AftershowError


@contextmanager
def connected() -> Iterator[SyncPrefectClient]:
    """Talk to the server that PREFECT_API_URL names; raises AftershowError when there is none."""
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
        yield client
