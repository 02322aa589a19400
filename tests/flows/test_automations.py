"""The server looks after runs whose process is gone."""

from datetime import timedelta
from pathlib import Path

from prefect.events.schemas.automations import EventTrigger

from flows.access import new_access
from flows.automations import FREE_DEAD_RUNS, ensure_automations
from flows.environment import worker_environment
from tests.flows.conftest import Prefect


def test_there_is_one(prefect: Prefect) -> None:
    """Asked for twice, the automation is there once, as it was left."""
    ensure_automations(prefect.client)
    (automation,) = prefect.client.read_automations_by_name(FREE_DEAD_RUNS.name)
    prefect.client.pause_automation(automation.id)
    ensure_automations(prefect.client)
    (automation,) = prefect.client.read_automations_by_name(FREE_DEAD_RUNS.name)
    assert automation.enabled is False
    prefect.client.delete_automation(automation.id)


def test_a_living_run_is_heard_in_time(tmp_path: Path) -> None:
    """Between two signs of life there is less time than the automation waits, several times over."""
    environment = worker_environment(tmp_path, new_access(4200), tmp_path)
    heartbeat = int(environment["PREFECT_FLOWS_HEARTBEAT_FREQUENCY"])
    assert isinstance(FREE_DEAD_RUNS.trigger, EventTrigger)
    assert FREE_DEAD_RUNS.trigger.within >= timedelta(seconds=3 * heartbeat)
