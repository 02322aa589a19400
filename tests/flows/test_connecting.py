"""Without a server, deploying says so in a line."""

import pytest
from prefect.settings import PREFECT_API_URL, temporary_settings

from aftershow.errors import AftershowError
from flows.connecting import connected
from tests.servers.prefect_server import free_port


@pytest.mark.parametrize(
    ("address", "complaint"),
    [(None, "No Prefect server is named"), ("http://127.0.0.1:{port}/api", "does not answer")],
)
def test_no_server(address: str | None, complaint: str) -> None:
    """No address, or one at which nobody answers, is an error that says what to do."""
    api = address.format(port=free_port()) if address else None
    with (
        temporary_settings({PREFECT_API_URL: api}),
        pytest.raises(AftershowError, match=complaint) as error,
        connected(),
    ):
        pytest.fail("it seems to be connected")
    assert "PREFECT_API_URL" in str(error.value)
    assert "\n" not in str(error.value)
