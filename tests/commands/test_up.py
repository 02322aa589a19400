"""`aftershow up` begins nothing where it could not go on; tests/flows/test_up.py has all that it does."""

import socket
from pathlib import Path

from tests.commands.conftest import Run


def test_a_port_that_is_taken(run: Run, unchanged: Path) -> None:
    """It is a wrong call, which names another port."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        ran = run("up", "--port", port)
    assert (ran.code, ran.out) == (2, "")
    assert f"--port {port + 1}" in ran.err
