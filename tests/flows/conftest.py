"""A workspace, and what a Prefect server knows of it."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from prefect.client.orchestration import SyncPrefectClient, get_client
from prefect.client.schemas.filters import FlowRunFilter
from prefect.client.schemas.objects import Artifact, FlowRun
from prefect.client.schemas.responses import DeploymentResponse

from aftershow.desk import open_desk
from flows.deployments import Deployed, deploy
from tests.promises.conftest import Office

CRON = "*/15 8-18 * * mon-fri"
SCHEDULED = f"""
campaign: follow-up
purpose: Thank everyone.
show: expo
audience: {{where: 'not is_customer'}}
schedule: {{every: "{CRON}", timezone: Europe/Berlin}}
steps:
  - email: thanks
"""


class Prefect:
    """Asks a Prefect server."""

    def __init__(self, client: SyncPrefectClient) -> None:
        self.client = client

    def deploy(self, office: Office) -> Deployed:
        """Do as `aftershow deploy`."""
        with open_desk(office.root) as desk:
            return deploy(desk, self.client)

    def deployment(self, name: str) -> DeploymentResponse:
        return self.client.read_deployment_by_name(name)

    def last_run(self) -> FlowRun:
        """Return the flow run that ended last."""
        runs = self.client.read_flow_runs(flow_run_filter=FlowRunFilter(), limit=200)
        return max((run for run in runs if run.end_time), key=lambda run: str(run.end_time))

    def artifacts(self, run: FlowRun) -> dict[str, Artifact]:
        """Return the artifacts of a run by their keys; those without are Prefect's own."""
        found = self.client.read_artifacts(limit=200)
        return {one.key: one for one in found if one.key and one.flow_run_id == run.id}


@contextmanager
def asking() -> Iterator[Prefect]:
    """Ask the server that the settings name."""
    with get_client(sync_client=True) as client:
        yield Prefect(client)


@pytest.fixture
def prefect(prefect_api: str) -> Iterator[Prefect]:
    """The server of the tests, from which all deployments are taken away afterwards."""
    with asking() as prefect:
        yield prefect
        for one in prefect.client.read_deployments(limit=200):
            prefect.client.delete_deployment(one.id)


@pytest.fixture
def office(tmp_path: Path, sqlite_template: Path, monkeypatch: pytest.MonkeyPatch) -> Office:
    """A workspace with a campaign on a schedule; emails go to its outbox."""
    database = tmp_path / "aftershow.db"
    database.write_bytes(sqlite_template.read_bytes())
    monkeypatch.delenv("AFTERSHOW_DATABASE_URL", raising=False)
    office = Office(tmp_path)
    office.set_up("email", {"connector": "outbox"})
    office.write("config/campaigns/follow-up.yaml", SCHEDULED)
    return office
