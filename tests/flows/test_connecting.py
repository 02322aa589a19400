"""Without a server, deploying and running say so in a line."""

from pathlib import Path

import pytest
from httpx import ConnectError
from prefect.settings import (
    PREFECT_API_URL,
    PREFECT_SERVER_EPHEMERAL_STARTUP_TIMEOUT_SECONDS,
    temporary_settings,
)

from aftershow.errors import AftershowError
from flows.connecting import connected
from flows.in_process import run_here
from tests.servers.prefect_server import free_port


@pytest.mark.parametrize(
    ("address", "complaint"),
    [(None, "No Prefect server is named"), ("http://127.0.0.1:{port}/api", "does not answer")],
)
def test_no_server(address: str | None, complaint: str, tmp_path: Path) -> None:
    """No address, or one at which nobody answers, is an error that says what to do."""
    api = address.format(port=free_port()) if address else None
    with (
        temporary_settings({PREFECT_API_URL: api}),
        pytest.raises(AftershowError, match=complaint) as error,
        connected(tmp_path),
    ):
        pytest.fail("it seems to be connected")
    assert "PREFECT_API_URL" in str(error.value)
    assert "\n" not in str(error.value)


def test_a_run_without_its_server(tmp_path: Path) -> None:
    """A run on a server that does not answer is refused in a line, before anything begins."""
    api, begun = f"http://127.0.0.1:{free_port()}/api", list[str]()
    with (
        temporary_settings({PREFECT_API_URL: api}),
        pytest.raises(AftershowError, match=r"^The Prefect server at .* does not answer") as error,
    ):
        run_here(begun.append, workspace=tmp_path)
    assert ("\n" in str(error.value), begun) == (False, [])


def test_a_temporary_server_that_is_slow(tmp_path: Path) -> None:
    """A temporary server that is not there in time is said in a line, with what helps."""
    begun = list[str]()
    with (
        temporary_settings({PREFECT_API_URL: None, PREFECT_SERVER_EPHEMERAL_STARTUP_TIMEOUT_SECONDS: 0}),
        pytest.raises(AftershowError, match=r"^Prefect's temporary server did not start") as error,
    ):
        run_here(begun.append, workspace=tmp_path)
    assert ("\n" in str(error.value), "STARTUP_TIMEOUT_SECONDS=300" in str(error.value)) == (False, True)
    assert begun == []


def test_a_server_that_goes_away(prefect_api: str, tmp_path: Path) -> None:
    """A server that is lost in the middle is said in a line, with where the facts stand."""

    def flow(*, return_state: bool) -> None:
        raise ConnectError("Connection refused")

    with pytest.raises(AftershowError, match=r"^The Prefect server was lost during the run"):
        run_here(flow, workspace=tmp_path)
