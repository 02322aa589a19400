"""One command starts everything, and leaves nothing behind when it is stopped or something dies.

That it starts and stops in peace, tests/attacks/test_door.py sees, where one is up.
"""

import os
import signal
import sqlite3
from collections.abc import Iterator

import pytest

from aftershow.desk import open_desk
from aftershow.leads.importing import import_files
from flows.access import access_to, using
from tests.flows.conftest import Prefect, asking
from tests.flows.program import Program, processes, started_up
from tests.promises.conftest import MORNING, SHOW, Office
from tests.promises.test_mail import smtp
from tests.servers.prefect_server import free_port
from tests.servers.smtp_server import Act, Rule, SmtpServer
from tests.support.waiting import HANGS, eventually

WITH_PERMISSION = "permissions: [{channel: email, answer: yes, wording: You may write to me.}]\n"


class Installation:
    """A workspace that is up."""

    def __init__(self, office: Office, port: int, up: "Program[str]") -> None:
        self.office, self.port, self.up = office, port, up
        self.home = str(office.root / ".prefect")

    def find(self, what: str) -> int | None:
        """Return the id of a process of ours by a part of its command line."""
        return next((number for number, words in processes(self.home).items() if what in words), None)

    def start_run(self, prefect: Prefect) -> None:
        """Ask for a turn of the campaign, as the button in the pages does."""
        deployment = prefect.deployment("run-campaign/follow-up")
        prefect.client.create_flow_run_from_deployment(deployment.id)

    def end(self) -> tuple[int, str]:
        """Wait for its end; returns its exit code and what it said."""
        said, _ = self.up.communicate(timeout=HANGS)
        return self.up.returncode, said


@pytest.fixture
def installation(office: Office) -> Iterator[Installation]:
    """The workspace, up."""
    port = free_port()
    with started_up(office.root, port) as up:
        installation = Installation(office, port, up)
        eventually(lambda: installation.find("worker start") or up.poll() is not None, "the worker starts")
        yield installation


@pytest.fixture
def prefect(installation: Installation) -> Iterator[Prefect]:
    """The server of the workspace that is up."""
    access = access_to(installation.office.root)
    assert access is not None
    with using(access), asking() as prefect:
        yield prefect


@pytest.mark.proof
def test_waits_for_runs_at_work(installation: Installation, prefect: Prefect) -> None:
    """Stopped while it sends, it waits until the run ended by itself; nothing is left and nothing runs."""
    with SmtpServer([Rule(at="RCPT", do=Act.HANG, times=1)]) as server:
        sending(installation.office, server)
        installation.start_run(prefect)
        eventually(lambda: any(line.startswith("RCPT") for line in server.said), "the run sends")
        installation.up.send_signal(signal.SIGTERM)
        read = iter(installation.up.stdout or ())
        assert any("waiting for them" in line for line in read)
        server.release()
        code, _ = installation.end()
    assert (code, processes(installation.home)) == (0, {})
    assert run_states(installation) <= {"SCHEDULED", "FAILED"}  # the mail server gave up on Ana
    assert installation.office.ledger() == {"Ana": "planned"}


@pytest.mark.proof
def test_asked_twice(installation: Installation, prefect: Prefect) -> None:
    """Asked a second time, it waits no more: the run is ended and marked as crashed, and nothing is left."""
    with SmtpServer([Rule(at="RCPT", do=Act.HANG)]) as server:
        sending(installation.office, server)
        installation.start_run(prefect)
        eventually(lambda: any(line.startswith("RCPT") for line in server.said), "the run sends")
        installation.up.send_signal(signal.SIGINT)
        read = iter(installation.up.stdout or ())
        assert any("waiting for them" in line for line in read)
        installation.up.send_signal(signal.SIGINT)
        code, _ = installation.end()
    assert (code, processes(installation.home)) == (0, {})
    assert run_states(installation) <= {"SCHEDULED", "CRASHED"}


@pytest.mark.proof
def test_a_dead_worker(installation: Installation, prefect: Prefect) -> None:
    """When the worker is killed in the middle of a run, up ends and says so, and no process is left."""
    with SmtpServer([Rule(at="RCPT", do=Act.HANG)]) as server:
        sending(installation.office, server)
        installation.start_run(prefect)
        eventually(lambda: any(line.startswith("RCPT") for line in server.said), "the run sends")
        worker = installation.find("worker start")
        assert worker is not None
        os.kill(worker, signal.SIGKILL)
        code, said = installation.end()
    assert (code, processes(installation.home)) == (1, {})
    assert run_states(installation) <= {"SCHEDULED", "CRASHED"}
    assert "The Prefect worker ended by itself" in said


def run_states(installation: Installation) -> set[str]:
    """Return the types of the states in which the server left the runs."""
    with sqlite3.connect(f"{installation.home}/prefect.db") as database:
        return {state for (state,) in database.execute("SELECT DISTINCT state_type FROM flow_run")}


def sending(office: Office, server: SmtpServer) -> None:
    """Give the campaign someone to write to, by a mail server."""
    office.set_up("email", {**smtp(server), "timeout": 60})
    office.write("config/shows/expo.yaml", SHOW + WITH_PERMISSION)
    office.write("leads/expo/scans.csv", "First name,Last name,Email\nAna,Lee,ana@example.com\n")
    with open_desk(office.root) as desk:
        # Not by the flow: this process would go on telling the server of it when that is gone.
        show, files = desk.show("expo"), [office.root / "leads/expo/scans.csv"]
        import_files(desk.engine, show, desk.workspace.settings, files, now=MORNING)
