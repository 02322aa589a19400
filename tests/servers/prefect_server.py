"""A Prefect server of the test's own."""

import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Event

import httpx
import pytest
from prefect.settings import PREFECT_API_URL, PREFECT_LOGGING_TO_API_ENABLED, temporary_settings

from flows.environment import QUIET


@contextmanager
def prefect_server(home: Path) -> Iterator[str]:
    """Start a server, offline and with nothing in it; yields its API address, which flows then use."""
    port = free_port()
    environment = {
        **os.environ,
        **QUIET,
        "PREFECT_HOME": str(home),
        "PREFECT_SERVER_API_PORT": str(port),
        "PREFECT_SERVER_SERVICES_SCHEDULER_LOOP_SECONDS": "1",
    }
    command = [sys.executable, "-m", "prefect", "server", "start", "--host", "127.0.0.1", "--port", str(port)]
    with (home / "server.log").open("wb") as log:
        server = subprocess.Popen(command, env=environment, stdout=log, stderr=subprocess.STDOUT)
        try:
            api = f"http://127.0.0.1:{port}/api"
            _wait_for(api, server, home / "server.log")
            # What a flow logs after its test would find the server gone.
            with temporary_settings({PREFECT_API_URL: api, PREFECT_LOGGING_TO_API_ENABLED: False}):
                yield api
        finally:
            server.terminate()
            server.wait(timeout=20)


def free_port() -> int:
    """Return a port that nothing uses."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
        return port


def _wait_for(api: str, server: "subprocess.Popen[bytes]", log: Path) -> None:
    pause = Event()
    for _ in range(900):
        if server.poll() is not None:
            pytest.fail(f"the Prefect server died at its start:\n{log.read_text()[-2000:]}")
        try:
            if httpx.get(f"{api}/health").status_code == 200:
                return
        except httpx.TransportError:
            pause.wait(0.1)
    pytest.fail("the Prefect server did not start within 90 seconds")
