"""The versions of Prefect, FastAPI and SQLAlchemy that are pinned work together."""

from threading import Event

import httpx
from prefect.schedules import Cron

from flows.run_campaign import run_campaign


def test_a_cron_deployment_gets_runs(prefect_api: str) -> None:
    """A cron deployment really gets scheduled runs: with a wrong SQLAlchemy it silently does not."""
    schedule = Cron("*/15 8-18 * * 1-5", timezone="America/Chicago")
    deployment = run_campaign.to_deployment(name="every-quarter-hour", schedules=[schedule]).apply()
    wanted = {"deployments": {"id": {"any_": [str(deployment)]}}}
    pause, runs = Event(), []
    for _ in range(300):
        runs = httpx.post(f"{prefect_api}/flow_runs/filter", json=wanted).json()
        if runs:
            break
        pause.wait(0.1)
    assert {run["state"]["type"] for run in runs} == {"SCHEDULED"}
