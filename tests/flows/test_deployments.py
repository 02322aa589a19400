"""Deploying makes the server's deployments those of the workspace."""

import shutil
from pathlib import Path

import pytest
from prefect.client.schemas.actions import DeploymentUpdate, WorkPoolUpdate
from prefect.client.schemas.schedules import CronSchedule
from prefect.workers.process import ProcessWorker

from aftershow.errors import UsageError
from flows.pool import POOL, TEMPLATE
from tests.flows.conftest import CRON, SCHEDULED, Prefect
from tests.promises.conftest import Office

ALL = [
    "housekeeping/all-campaigns",
    "import-leads/expo",
    "run-campaign/follow-up",
    "send-shards/all-campaigns",
]


def test_twice(prefect: Prefect, office: Office) -> None:
    """The first time everything is deployed; the second time nothing changes."""
    first, second = prefect.deploy(office), prefect.deploy(office)
    assert (first.deployed, first.unchanged, first.removed) == (ALL, [], [])
    assert (second.deployed, second.unchanged, second.removed) == ([], ALL, [])


def test_a_campaign(prefect: Prefect, office: Office) -> None:
    """A campaign runs on its own clock, one turn at a time, and says its purpose and edition."""
    prefect.deploy(office)
    there = prefect.deployment("run-campaign/follow-up")
    (schedule,) = there.schedules
    assert isinstance(schedule.schedule, CronSchedule)
    assert (schedule.schedule.cron, schedule.schedule.timezone) == (CRON, "Europe/Berlin")
    assert there.description == "Thank everyone."
    assert sorted(there.tags)[:2] == ["aftershow", "follow-up"]
    assert there.global_concurrency_limit is not None
    assert there.global_concurrency_limit.limit == 1
    assert there.concurrency_options is not None
    assert there.concurrency_options.collision_strategy == "CANCEL_NEW"
    assert there.work_pool_name == "aftershow"
    assert there.parameters == {"campaign": "follow-up"}
    assert len(there.version or "") == 12


def test_an_edit(prefect: Prefect, office: Office) -> None:
    """An edited file is deployed anew with another version, and alone."""
    prefect.deploy(office)
    before = prefect.deployment("run-campaign/follow-up")
    office.write("config/campaigns/follow-up.yaml", SCHEDULED.replace("Thank everyone", "Thank them all"))
    assert prefect.deploy(office).deployed == ["run-campaign/follow-up"]
    after = prefect.deployment("run-campaign/follow-up")
    assert (after.id, after.description) == (before.id, "Thank them all.")
    assert after.version != before.version


def test_no_schedule(prefect: Prefect, office: Office) -> None:
    """A campaign that loses its schedule stays there for people to start."""
    prefect.deploy(office)
    unscheduled = "".join(line for line in SCHEDULED.splitlines(keepends=True) if "schedule" not in line)
    office.write("config/campaigns/follow-up.yaml", unscheduled)
    prefect.deploy(office)
    assert prefect.deployment("run-campaign/follow-up").schedules == []


def test_what_people_paused(prefect: Prefect, office: Office) -> None:
    """A paused deployment and a schedule that was switched off stay so when the file is edited."""
    prefect.deploy(office)
    campaign = prefect.deployment("run-campaign/follow-up")
    imports = prefect.deployment("import-leads/expo")
    prefect.client.update_deployment(campaign.id, DeploymentUpdate(paused=True))
    (schedule,) = campaign.schedules
    prefect.client.update_deployment_schedule(campaign.id, schedule.id, active=False)
    office.write("config/campaigns/follow-up.yaml", SCHEDULED.replace("8-18", "8-20"))
    prefect.deploy(office)
    campaign = prefect.deployment("run-campaign/follow-up")
    assert campaign.paused
    assert [schedule.active for schedule in campaign.schedules] == [False]
    assert [schedule.active for schedule in imports.schedules] == [True]


def test_a_removed_file(prefect: Prefect, office: Office) -> None:
    """The deployment of a campaign whose file is gone goes; one that a person made stays."""
    prefect.deploy(office)
    flow = prefect.client.create_flow_from_name("run-campaign")
    prefect.client.create_deployment(flow_id=flow, name="made-by-hand", parameters={"workspace": "."})
    (office.root / "config/campaigns/follow-up.yaml").unlink()
    assert prefect.deploy(office).removed == ["run-campaign/follow-up"]
    left = {one.name for one in prefect.client.read_deployments()}
    assert left == {"all-campaigns", "expo", "made-by-hand"}


def test_another_workspace(prefect: Prefect, office: Office, tmp_path: Path) -> None:
    """A server works for one workspace: what another one deploys is refused, whatever its path."""
    other = Office(tmp_path / "other")
    shutil.copytree(office.root / "config", other.root / "config")
    shutil.copytree(office.root / "templates", other.root / "templates")
    prefect.deploy(office)
    with pytest.raises(UsageError, match="works for another workspace"):
        prefect.deploy(other)
    assert prefect.deploy(office).unchanged == ALL


def test_the_same_workspace_elsewhere(prefect: Prefect, office: Office, tmp_path: Path) -> None:
    """On another machine, under another path, with the same database, it is the same workspace."""
    other = Office(tmp_path / "elsewhere")
    for part in ("config", "templates"):
        shutil.copytree(office.root / part, other.root / part)
    prefect.deploy(office)
    shutil.copy(office.root / "aftershow.db", other.root)
    assert prefect.deploy(other).unchanged == ALL


def test_of_an_earlier_version(prefect: Prefect, office: Office) -> None:
    """Deployments that named the folder are taken over, and lose it; those of another folder are refused."""
    prefect.deploy(office)
    there = prefect.deployment("run-campaign/follow-up")
    earlier = {"campaign": "follow-up", "workspace": str(office.root)}
    as_before = DeploymentUpdate(
        tags=["aftershow", "follow-up"], parameters=earlier, enforce_parameter_schema=False
    )
    prefect.client.update_deployment(there.id, as_before)
    assert prefect.deploy(office).deployed == ["run-campaign/follow-up"]
    assert prefect.deployment("run-campaign/follow-up").parameters == {"campaign": "follow-up"}
    as_before.parameters = {**earlier, "workspace": "/elsewhere"}
    prefect.client.update_deployment(there.id, as_before)
    with pytest.raises(UsageError, match="works for another workspace"):
        prefect.deploy(office)


def test_what_was_slipped_in(prefect: Prefect, office: Office) -> None:
    """Steps before the flow, and words for its process, don't outlive the next deploying."""
    prefect.deploy(office)
    there = prefect.deployment("run-campaign/follow-up")
    step = {"prefect.deployments.steps.run_shell_script": {"script": "true"}}
    prefect.client.create_deployment(
        there.flow_id,
        there.name,
        work_pool_name=POOL,
        pull_steps=[step],
        tags=there.tags,
        parameters=there.parameters,
        entrypoint=there.entrypoint,
    )
    assert prefect.deployment("run-campaign/follow-up").pull_steps
    assert prefect.deploy(office).deployed == ["run-campaign/follow-up"]
    assert not prefect.deployment("run-campaign/follow-up").pull_steps


def test_a_pool_of_an_earlier_version(prefect: Prefect, office: Office) -> None:
    """A pool whose template takes commands gets ours; what a person set there stays."""
    prefect.deploy(office)
    template = ProcessWorker.get_default_base_job_template()
    by_hand = WorkPoolUpdate(base_job_template=template, is_paused=True, concurrency_limit=7)
    prefect.client.update_work_pool(POOL, by_hand)
    prefect.deploy(office)
    pool = prefect.client.read_work_pool(POOL)
    assert (pool.base_job_template, pool.is_paused, pool.concurrency_limit) == (TEMPLATE, True, 7)
    prefect.client.delete_work_pool(POOL)
