"""A real browser without a window, led by its own protocol (DevTools)."""

import json
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from threading import Event
from typing import Any

import httpx
import pytest
from websockets.sync.client import ClientConnection, connect

from tests.support.waiting import HANGS

#: Without its sandbox, since tests may run as root; it speaks to nobody by itself.
_FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-quic",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--remote-debugging-port=0",
]


class Tab:
    """One tab of the browser."""

    def __init__(self, connection: ClientConnection) -> None:
        self._connection = connection
        self._numbers = count(1)
        self._ask("Page.enable")

    def open(self, address: str) -> None:
        """Open a page, and wait until all of it is there."""
        self._ask("Page.navigate", url=address)
        while self._next().get("method") != "Page.loadEventFired":
            pass

    def run(self, script: str) -> Any:
        """Run a script in the page, as the page's own; returns what it comes to, waiting for promises."""
        asked = self._ask("Runtime.evaluate", expression=script, awaitPromise=True, returnByValue=True)
        assert "exceptionDetails" not in asked, asked["exceptionDetails"]
        return asked["result"].get("value")

    def _ask(self, method: str, **words: Any) -> dict[str, Any]:
        number = next(self._numbers)
        self._connection.send(json.dumps({"id": number, "method": method, "params": words}))
        while (answer := self._next()).get("id") != number:
            pass
        return dict(answer["result"])

    def _next(self) -> dict[str, Any]:
        return dict(json.loads(self._connection.recv(timeout=HANGS)))


@contextmanager
def chromium(*flags: str) -> Iterator[Tab]:
    """Start Chromium with an empty profile; skips the test, and says so, where there is none."""
    program = shutil.which("chromium") or shutil.which("chromium-browser")
    if program is None:
        pytest.skip("needs Chromium, which is not installed here")
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile:
        browser = subprocess.Popen(
            [program, *_FLAGS, *flags, f"--user-data-dir={profile}", "about:blank"],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            with connect(_address(Path(profile) / "DevToolsActivePort"), max_size=None) as connection:
                yield Tab(connection)
        finally:
            browser.terminate()
            browser.wait(timeout=HANGS)


def _address(port_file: Path) -> str:
    """Return where the first tab is led from, once the browser has said so."""
    pause = Event()
    for _ in range(HANGS * 10):
        if port_file.exists() and port_file.read_text().count("\n"):
            port = port_file.read_text().split()[0]
            tabs = httpx.get(f"http://127.0.0.1:{port}/json").json()
            return str(next(tab["webSocketDebuggerUrl"] for tab in tabs if tab["type"] == "page"))
        pause.wait(0.1)
    pytest.fail("Chromium did not start")
