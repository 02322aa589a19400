"""A Prefect server of our own, behind the door: beside `aftershow up`, or for one command."""

import atexit
import os
import socket
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, suppress
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Event

import httpx
from prefect.settings import PREFECT_SERVER_EPHEMERAL_STARTUP_TIMEOUT_SECONDS

from aftershow.errors import AftershowError, UsageError
from flows.access import Access, new_access
from flows.child import Child, python_child
from flows.environment import PASSING, server_environment

#: Only this machine reaches our servers.
HOST = "127.0.0.1"
#: Seconds between two looks at how things are.
PULSE = 0.5
#: Seconds that one question may take: asked while it starts, a server answers when it is there.
ANSWER = 2


@contextmanager
def listening(port: int) -> Iterator[socket.socket]:
    """Listen at a port, 0 for any that is free: from now on nobody else can answer in our server's stead.

    Raises UsageError when the port is taken.
    """
    with socket.socket() as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((HOST, port))
            listener.listen(socket.SOMAXCONN)
        except OSError as error:
            raise UsageError(
                f"Port {port} is taken ({error.strerror}). Stop what uses it, or say another: "
                f"aftershow up --port {port + 1}"
            ) from error
        yield listener


@contextmanager
def serving(
    access: Access,
    listener: socket.socket,
    log: Path,
    *,
    more: Mapping[str, str],
    alive: int | None = None,
    files: Sequence[int] = (),
) -> Iterator[Child]:
    """Run a server that lets in by `access`, until the block ends, or the open file `alive` does.

    `more` is what else it is told, and `files` are the open files that it keeps.
    """
    own = [listener.fileno(), *([] if alive is None else [alive])]
    words = ["flows.server", *map(str, own)]
    environment = {**server_environment(access), **more}
    with python_child(words, environment, log, files=[*own, *files]) as server:
        # The server's alone: when it dies, nobody is to wait for an answer.
        listener.close()
        yield server


def answers(server: Child, api: str, patience: float, wait: Callable[[float], bool]) -> bool:
    """Return whether the server answers within `patience` seconds.

    False, too, as soon as it has ended, or `wait`, which waits some seconds, says that somebody gave up.
    """
    until = time.monotonic() + patience
    while time.monotonic() < until and server.poll() is None:
        with suppress(httpx.TransportError):
            if httpx.get(f"{api}/health", timeout=ANSWER).is_success:
                return True
        if wait(PULSE):
            return False
    return False


@cache
def temporary_server() -> Access:
    """Return the access to a server that is there as long as this process; it is started once.

    Not for a block: what Prefect tells a server of a run, it may tell when the run has long returned.
    Raises AftershowError when it does not start.
    """
    patience = PREFECT_SERVER_EPHEMERAL_STARTUP_TIMEOUT_SECONDS.value()
    with ExitStack() as stack:
        log = Path(stack.enter_context(TemporaryDirectory(prefix="aftershow-"))) / "server.log"
        listener, alive = stack.enter_context(listening(0)), stack.enter_context(_alive())
        access = new_access(listener.getsockname()[1])
        server = stack.enter_context(serving(access, listener, log, more=PASSING, alive=alive))
        if not answers(server, access.api, patience, Event().wait):
            sys.stderr.write(log.read_text(errors="replace"))
            raise AftershowError(
                "Prefect's temporary server did not start; nothing was sent. Is the machine busy? Try again, "
                "with PREFECT_SERVER_EPHEMERAL_STARTUP_TIMEOUT_SECONDS=300 if need be."
            )
        atexit.register(stack.pop_all().close)
        return access


@contextmanager
def _alive() -> Iterator[int]:
    """Yield the number of an open file that ends when this process does, also one that is killed."""
    reading, writing = os.pipe()
    try:
        yield reading
    finally:
        os.close(reading)
        os.close(writing)
