"""The Prefect server that the environment names, or the workspace's own, or else a temporary one."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from prefect.client.orchestration import SyncPrefectClient, get_client
from prefect.exceptions import PrefectHTTPStatusError
from prefect.settings import PREFECT_API_AUTH_STRING, PREFECT_API_URL

from aftershow.errors import AftershowError
from flows.access import HOME, LOGIN, Access, access_to, using
from flows.serving import temporary_server


@contextmanager
def connected(root: Path) -> Iterator[SyncPrefectClient]:
    """Talk to the server that PREFECT_API_URL names, else to that of the workspace at `root`, if it is up.

    Raises AftershowError if there is none, or it is away or refuses.
    """
    access = _named(root)
    if access is None:
        raise AftershowError(
            "No Prefect server is named. Start one with `aftershow up`, or set PREFECT_API_URL, such as "
            "http://127.0.0.1:4200/api."
        )
    with using(access), get_client(sync_client=True) as client:
        _require_welcome(client, access.api)
        yield client


@contextmanager
def with_server(root: Path) -> Iterator[None]:
    """See to it that flows find a server: one that is there, else a temporary one, which is started.

    Raises AftershowError when it does not answer; Prefect itself would say so in a traceback.
    """
    if _named(root):
        with connected(root):
            yield
    else:
        with using(temporary_server()):
            yield


def _named(root: Path) -> Access | None:
    own, address = access_to(root), PREFECT_API_URL.value()
    if own and address in (None, own.api):
        return own
    return Access(address, PREFECT_API_AUTH_STRING.value()) if address else None


def _require_welcome(client: SyncPrefectClient, address: str) -> None:
    """Ask for something, too: whether it is healthy, a server tells everybody."""
    trouble = client.api_healthcheck()
    if trouble is not None:
        raise AftershowError(
            f"The Prefect server at {address} does not answer ({type(trouble).__name__}). Is it running, and "
            "is PREFECT_API_URL right?"
        )
    try:
        client.read_work_pools(limit=1)
    except PrefectHTTPStatusError as error:
        if error.response.status_code not in (401, 403):
            raise
        raise AftershowError(
            f"The Prefect server at {address} refuses us. Is PREFECT_API_AUTH_STRING the one with which the "
            f"server was started? That of `aftershow up` is in {HOME}/{LOGIN}, in the workspace that is up."
        ) from error
