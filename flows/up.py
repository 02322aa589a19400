"""Server, pages, schedules and a worker in one command; stopped in order, nothing left behind."""

import fcntl
import signal
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from socket import socket
from threading import Event
from types import FrameType
from typing import IO

from prefect.client.orchestration import SyncPrefectClient, get_client

from aftershow.campaign.reading import load_campaigns
from aftershow.desk import open_desk
from aftershow.errors import AftershowError, UsageError
from aftershow.workspace.workspace import load_workspace
from flows.access import HOME, LOCK, LOGIN, Access, kept, new_access, using
from flows.child import Child, python_child
from flows.deployments import redeploy
from flows.environment import lasting, worker_environment
from flows.pool import POOL, at_work, end_runs, open_queue
from flows.serving import PULSE, answers, listening, serving

#: Tells what is going on.
Tell = Callable[[str], None]

#: Seconds that the server has to answer.
PATIENCE = 120
#: So many looks in a row find nobody at work before the worker is stopped: it may be about to take a run.
QUIET_LOOKS = 4


def up(root: Path, *, port: int, tell: Tell) -> None:
    """Run Prefect and the workspace's schedules until Ctrl-C or TERM; then wait for the runs at work.

    A second signal does not wait for them: they are marked as crashed, and what they had claimed is freed by
    the next turns. Raises WorkspaceError for mistakes, UsageError when the port is taken or the workspace is
    up already, AftershowError when the server or the worker dies; no process is left behind.
    """
    load_campaigns(load_workspace(root))
    home = _home(root)
    with _only_one(home / LOCK) as lock, _signals() as asked, listening(port) as listener:
        tell(f"Prefect starts, which takes some seconds; its log is {home / 'server.log'}")
        access = new_access(port)
        with _serving(home, access, lock, asked, listener) as server:
            if not asked.times:
                with kept(access, home):
                    _run_schedules(root, home, access, lock, asked, server, tell)
    tell("Stopped.")


def _home(root: Path) -> Path:
    home = root.resolve() / HOME
    home.mkdir(exist_ok=True)
    # Prefect's database and the password are nobody else's.
    home.chmod(0o700)
    return home


def _run_schedules(
    root: Path, home: Path, access: Access, lock: IO[bytes], asked: "_Asked", server: Child, tell: Tell
) -> None:
    with using(access), get_client(sync_client=True) as client:
        with open_desk(root) as desk:
            deployed = redeploy(desk, client)
        open_queue(client, is_open=True)
        try:
            with _working(root, home, access, lock) as worker:
                _say_where(access, home, len(deployed.deployed) + len(deployed.unchanged), tell)
                _watch(asked, {"server": server, "worker": worker}, home)
                _drain(client, asked, tell)
        finally:
            if server.poll() is None:
                _end_what_is_left(client, tell)


def _say_where(access: Access, home: Path, count: int, tell: Tell) -> None:
    tell(f"{count} deployments are up: {access.api.removesuffix('/api')}/deployments")
    tell(f"The pages ask for a password, which is new at each start: {access.password}")
    tell(
        "In another terminal, here: `aftershow deploy` after edits. For commands of Prefect's own: "
        f". {home / LOGIN}"
    )
    tell("Ctrl-C stops it.")


@contextmanager
def _serving(
    home: Path, access: Access, lock: IO[bytes], asked: "_Asked", listener: socket
) -> Iterator[Child]:
    log = home / "server.log"
    with serving(access, listener, log, more=lasting(home), files=[lock.fileno()]) as server:
        if not answers(server, access.api, PATIENCE, asked.wait) and not asked.times:
            if server.poll() is None:
                raise AftershowError(f"The Prefect server did not answer in {PATIENCE} seconds; see {log}.")
            raise AftershowError(f"The Prefect server ended at its start; {log} says why.")
        yield server


def _working(root: Path, home: Path, access: Access, lock: IO[bytes]) -> AbstractContextManager[Child]:
    words = ["prefect", "worker", "start", "--pool", POOL, "--type", "process", "--name", "aftershow-up"]
    environment = worker_environment(home, access, root)
    return python_child(words, environment, home / "worker.log", files=[lock.fileno()])


class _Asked:
    """How often someone asked us to stop."""

    def __init__(self) -> None:
        self.times = 0
        self._again = Event()

    def note(self, _number: int, _frame: FrameType | None) -> None:
        self.times += 1
        self._again.set()

    def wait(self, seconds: float) -> bool:
        """Wait, but not longer than until the next signal; returns whether anybody ever asked."""
        self._again.wait(seconds)
        self._again.clear()
        return self.times > 0


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
