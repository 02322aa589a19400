"""The versions of Prefect, FastAPI and SQLAlchemy that are pinned work together."""

from prefect.client.schemas.filters import DeploymentFilter
from prefect.client.schemas.objects import FlowRun
from prefect.schedules import Cron

from flows.run_campaign import run_campaign
from tests.flows.conftest import Prefect
from tests.support.waiting import eventually


def test_a_cron_deployment_gets_runs(prefect: Prefect) -> None:
    """A cron deployment really gets scheduled runs: with a wrong SQLAlchemy it silently does not."""
    schedule = Cron("*/15 8-18 * * 1-5", timezone="America/Chicago")
    deployment = run_campaign.to_deployment(name="every-quarter-hour", schedules=[schedule]).apply()
    ours = DeploymentFilter.model_validate({"id": {"any_": [deployment]}})

    def runs() -> list[FlowRun]:
        return prefect.client.read_flow_runs(deployment_filter=ours)

    found = eventually(runs, "runs are scheduled")
    assert {run.state_type for run in found} == {"SCHEDULED"}
