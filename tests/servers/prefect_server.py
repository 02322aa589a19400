"""A Prefect server of the test's own."""

import socket
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from threading import Event

import pytest
from prefect.events.worker import EventsWorker
from prefect.settings import PREFECT_LOGGING_TO_API_ENABLED, temporary_settings

from flows.access import Access, new_access, using
from flows.serving import answers, listening, serving
from tests.support.waiting import HANGS

#: What a server does by itself besides to schedule: a fifth of its work where many runs come and go.
_BY_ITSELF = (
    "CANCELLATION_CLEANUP",
    "EVENT_PERSISTER",
    "FOREMAN",
    "LATE_RUNS",
    "PAUSE_EXPIRATIONS",
    "REPOSSESSOR",
    "TASK_RUN_RECORDER",
    "TRIGGERS",
)
SCHEDULING_ALONE = {f"PREFECT_SERVER_SERVICES_{service}_ENABLED": "false" for service in _BY_ITSELF}


@contextmanager
def prefect_server(home: Path, settings: Mapping[str, str] | None = None) -> Iterator[Access]:
    """Start a server behind the door, offline and with nothing in it, which clients and flows then use."""
    more = {
        **(settings or {}),
        "PREFECT_HOME": str(home),
        "PREFECT_UI_ENABLED": "false",
        "PREFECT_SERVER_SERVICES_SCHEDULER_LOOP_SECONDS": "1",
    }
    with listening(0) as listener:
        access, log = new_access(listener.getsockname()[1]), home / "server.log"
        with serving(access, listener, log, more=more) as server:
            if not answers(server, access.api, HANGS, Event().wait):
                pytest.fail(f"the Prefect server did not start:\n{log.read_text()[-2000:]}")
            # What a flow logs after its test would find the server gone.
            with using(access), temporary_settings({PREFECT_LOGGING_TO_API_ENABLED: False}):
                yield access
                send_events()


def send_events() -> None:
    """Send the events of runs in this process while their server is there: at its end nobody takes them."""
    EventsWorker.drain_all(timeout=HANGS)


def free_port() -> int:
    """Return a port that nothing uses."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
        return port
