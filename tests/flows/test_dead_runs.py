"""A run whose process and worker are gone is found, marked as crashed, and the next one may begin."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from prefect.client.schemas.objects import FlowRun, StateType

from flows.access import Access
from flows.automations import ensure_automations
from flows.environment import worker_environment
from flows.pool import POOL, at_work
from tests.flows.conftest import Prefect, asking
from tests.flows.test_up import sending
from tests.promises.conftest import Office
from tests.servers.prefect_server import prefect_server
from tests.servers.smtp_server import Act, Rule, SmtpServer
from tests.support.waiting import eventually


@contextmanager
def worker(home: Path, access: Access, workspace: Path) -> Iterator["subprocess.Popen[bytes]"]:
    """Run a worker as `aftershow up` does."""
    words = [sys.executable, "-m", "prefect", "worker", "start", "--pool", POOL, "--type", "process"]
    environment = {
        "PYTHONPATH": str(Path(__file__).parents[2]),
        **worker_environment(home, access, workspace),
    }
    with (home / "worker.log").open("wb") as log:
        running = subprocess.Popen(words, env=environment, stdout=log, stderr=log)
    try:
        yield running
    finally:
        running.terminate()
        running.wait()


def ended(prefect: Prefect, run: FlowRun) -> FlowRun | None:
    """Return the run as it is now, when it is at work no more."""
    now = prefect.client.read_flow_run(run.id)
    return now if now.state and now.state.is_final() else None


@pytest.mark.proof
def test_a_run_that_nobody_ended(office: Office, tmp_path_factory: pytest.TempPathFactory) -> None:
    """Worker and run killed at once: within two minutes the run is Crashed, and the next one is let in."""
    home = tmp_path_factory.mktemp("server")
    with (
        prefect_server(home) as access,
        asking() as prefect,
        SmtpServer([Rule(at="RCPT", do=Act.HANG)]) as server,
    ):
        sending(office, server)
        prefect.deploy(office)
        ensure_automations(prefect.client)
        deployment = prefect.deployment("run-campaign/follow-up")
        with worker(home, access, office.root) as running:
            first = prefect.client.create_flow_run_from_deployment(deployment.id)
            eventually(lambda: any(line.startswith("RCPT") for line in server.said), "the run sends")
            (at,) = at_work(prefect.client)
            running.kill()
            os.killpg(int(at.infrastructure_pid or ""), signal.SIGKILL)
        state = eventually(lambda: ended(prefect, first), "the dead run is found").state
        assert state is not None
        assert (state.type, "No sign of life" in (state.message or "")) == (StateType.CRASHED, True)
        server.rules.clear()
        with worker(home, access, office.root):
            second = prefect.client.create_flow_run_from_deployment(deployment.id)
            state = eventually(lambda: ended(prefect, second), "the next run ends").state
        assert state is not None
        assert state.type == StateType.COMPLETED
        assert [mail.to for mail in server.received] == []
        assert set(office.ledger().values()) == {"handing_over"}
