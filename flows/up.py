"""Server, pages, schedules and a worker in one command; stopped in order, nothing left behind."""

import fcntl
import signal
import socket
import subprocess
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from threading import Event
from types import FrameType
from typing import IO, TypeAlias

import httpx
from prefect.client.orchestration import SyncPrefectClient, get_client
from prefect.settings import PREFECT_API_URL, temporary_settings

from aftershow.desk import open_desk
from aftershow.errors import AftershowError, UsageError
from aftershow.journey.reading import load_campaigns
from aftershow.workspace.workspace import load_workspace
from flows.child import prefect_child
from flows.deployments import deploy
from flows.environment import server_environment, worker_environment
from flows.pool import POOL, at_work, end_runs, open_queue

#: Tells what is going on.
Tell = Callable[[str], None]
Child: TypeAlias = "subprocess.Popen[bytes]"

#: The folder in the workspace that holds Prefect's database and the logs.
HOME = ".prefect"
#: Only this machine reaches the server: it asks nobody for a password.
HOST = "127.0.0.1"
#: Seconds that the server has to answer.
PATIENCE = 120
#: Seconds between two looks at how things are.
PULSE = 0.5
#: So many looks in a row find nobody at work before the worker is stopped: it may be about to take a run.
QUIET_LOOKS = 4


def up(root: Path, *, port: int, tell: Tell) -> None:
    """Run Prefect and the workspace's schedules until Ctrl-C or TERM; then wait for the runs at work.

    A second signal does not wait for them: they are marked as crashed, and what they had claimed is freed by
    the next turns. Raises WorkspaceError for mistakes, UsageError when the port is taken or the workspace is
    up already, AftershowError when the server or the worker dies; no process is left behind.
    """
    load_campaigns(load_workspace(root))
    home = root.resolve() / HOME
    home.mkdir(exist_ok=True)
    with _only_one(home / "up.lock") as lock, _signals() as asked:
        _require_free(port)
        tell(f"Prefect starts, which takes some seconds; its log is {home / 'server.log'}")
        with _serving(home, port, lock, asked) as server:
            if not asked.times:
                _run_schedules(root, home, port, lock, asked, server, tell)
    tell("Stopped.")


def _run_schedules(
    root: Path, home: Path, port: int, lock: IO[bytes], asked: "_Asked", server: Child, tell: Tell
) -> None:
    api = _api(port)
    with temporary_settings({PREFECT_API_URL: api}), get_client(sync_client=True) as client:
        with open_desk(root) as desk:
            deployed = deploy(desk, client)
        open_queue(client, is_open=True)
        try:
            with _working(home, api, lock) as worker:
                count = len(deployed.deployed) + len(deployed.unchanged)
                tell(f"{count} deployments are up: http://{HOST}:{port}/deployments")
                tell(
                    f"In another terminal: export PREFECT_API_URL={api}, and `aftershow deploy` after edits."
                )
                tell("Ctrl-C stops it.")
                _watch(asked, {"server": server, "worker": worker}, home)
                _drain(client, asked, tell)
        finally:
            if server.poll() is None:
                _end_what_is_left(client, tell)


def _api(port: int) -> str:
    return f"http://{HOST}:{port}/api"


@contextmanager
def _serving(home: Path, port: int, lock: IO[bytes], asked: "_Asked") -> Iterator[Child]:
    words = ["server", "start", "--host", HOST, "--port", str(port)]
    environment = server_environment(home, port)
    with prefect_child(words, environment, home / "server.log", lock=lock.fileno()) as server:
        _wait_for(server, _api(port), asked)
        yield server


def _working(home: Path, api: str, lock: IO[bytes]) -> AbstractContextManager[Child]:
    words = ["worker", "start", "--pool", POOL, "--type", "process", "--name", "aftershow-up"]
    return prefect_child(words, worker_environment(home, api), home / "worker.log", lock=lock.fileno())


class _Asked:
    """How often someone asked us to stop."""

    def __init__(self) -> None:
        self.times = 0
        self._again = Event()

    def note(self, _number: int, _frame: FrameType | None) -> None:
        self.times += 1
        self._again.set()

    def wait(self, seconds: float) -> None:
        """Wait, but not longer than until the next signal."""
        self._again.wait(seconds)
        self._again.clear()


@contextmanager
def _signals() -> Iterator[_Asked]:
    asked = _Asked()
    before = {number: signal.signal(number, asked.note) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield asked
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


@contextmanager
def _only_one(path: Path) -> Iterator[IO[bytes]]:
    """Hold the workspace: two servers on one database would schedule everything twice."""
    with path.open("wb") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise UsageError(
                f"This workspace is up already: some process holds {path}. Stop that one first."
            ) from error
        yield lock


def _require_free(port: int) -> None:
    with socket.socket() as trial:
        trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            trial.bind((HOST, port))
        except OSError as error:
            raise UsageError(
                f"Port {port} is taken ({error.strerror}). Stop what uses it, or say another: "
                f"aftershow up --port {port + 1}"
            ) from error


def _wait_for(server: Child, api: str, asked: _Asked) -> None:
    """Wait until the server answers, or someone wants to stop."""
    for _ in range(int(PATIENCE / PULSE)):
        if asked.times:
            return
        if server.poll() is not None:
            raise AftershowError("The Prefect server ended at its start; .prefect/server.log says why.")
        try:
            if httpx.get(f"{api}/health").is_success:
                return
        except httpx.TransportError:
            asked.wait(PULSE)
    raise AftershowError(f"The Prefect server did not answer in {PATIENCE} seconds; see .prefect/server.log.")


def _watch(asked: _Asked, children: dict[str, Child], home: Path) -> None:
    while not asked.times:
        for name, child in children.items():
            if child.poll() is not None:
                raise AftershowError(f"The Prefect {name} ended by itself; {home / name}.log says why.")
        asked.wait(PULSE)


def _drain(client: SyncPrefectClient, asked: _Asked, tell: Tell) -> None:
    """Start nothing more, and wait for the runs that are at work, unless someone asks again."""
    open_queue(client, is_open=False)
    before, quiet, told = asked.times, 0, 0
    while quiet < QUIET_LOOKS and asked.times == before:
        running = len(at_work(client))
        quiet = 0 if running else quiet + 1
        if running and running != told:
            tell(f"{running} runs are at work; waiting for them. Ctrl-C again stops them.")
            told = running
        asked.wait(PULSE)


def _end_what_is_left(client: SyncPrefectClient, tell: Tell) -> None:
    """End the runs that outlived the worker, while the server still takes it down."""
    left = end_runs(client, "`aftershow up` was stopped while this run was at work.")
    if left:
        tell(f"{left} runs were stopped; what they had claimed is free again in ten minutes.")
