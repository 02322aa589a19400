"""One turn of a campaign as a Prefect flow: enrol, plan, send in shards, log."""

from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Any

from prefect import flow, get_run_logger, task
from prefect.cache_policies import NO_CACHE

from aftershow.desk import Desk, open_desk, right_now, senders_for, ticking_from, worker_name
from aftershow.errors import CampaignStoppedError
from aftershow.journey.campaign import Campaign
from aftershow.journey.checking import require_sound
from aftershow.journey.rendering import StepRenderer, renderers
from aftershow.journey.turn import Prepared, TurnResult, finish, prepare, send_shard
from aftershow.ledger.sending import Clock
from aftershow.ledger.tally import Tally
from flows.artifacts import show_plan, show_result

#: Messages of one task: enough that Prefect's cost for a task does not count, few enough to see progress.
SHARD = 2_000


@flow(name="run-campaign", flow_run_name="{campaign}")
def run_campaign(campaign: str, workspace: str = ".", at: datetime | None = None) -> dict[str, Any]:
    """Run one turn of a campaign; returns the figures of `aftershow run --json`.

    `at` is the moment to work at, for plays in virtual time; without it, now, however late the run is. Raises
    CampaignStoppedError when a provider refuses us; everyone who was not written to waits for the next turn.
    Raises WorkspaceError when the campaign or its templates have mistakes, before anyone is enrolled.
    """
    now = at or right_now()
    with open_desk(Path(workspace)) as desk:
        sound = desk.campaign(campaign)
        require_sound(sound)
        result = asdict(_take_turn(desk, sound, now))
    if result["stopped"]:
        raise CampaignStoppedError(f"{campaign} stopped: {result['stopped']}", result=result)
    return result


def _take_turn(desk: Desk, campaign: Campaign, now: datetime) -> TurnResult:
    prepared = plan(desk, campaign, now)
    show_plan(desk, campaign)
    tally = _send(desk, campaign, ticking_from(now)) if prepared.due else Tally()
    result = log(desk, campaign, prepared, tally, now)
    show_result(result)
    return result


def _send(desk: Desk, campaign: Campaign, clock: Clock) -> Tally:
    total = Tally()
    with desk.engine.begin() as connection:
        renders = renderers(campaign, desk.signer(connection))
    while not total.ended_early:
        tally, taken = send(desk, campaign, renders, clock)
        total += tally
        get_run_logger().info("a shard of %d messages, %d accepted", taken, tally.accepted)
        if taken < SHARD:
            break
    return total


@task(task_run_name="plan", cache_policy=NO_CACHE, persist_result=False)
def plan(desk: Desk, campaign: Campaign, now: datetime) -> Prepared:
    """Enrol, and write down who gets what is due and who does not."""
    with desk.engine.begin() as connection:
        return prepare(connection, campaign, now=now)


@task(task_run_name="send", cache_policy=NO_CACHE, persist_result=False)
def send(desk: Desk, campaign: Campaign, renders: dict[str, StepRenderer], clock: Clock) -> tuple[Tally, int]:
    """Send one shard; returns what happened and how many messages it took."""
    with senders_for(campaign) as senders:
        return send_shard(
            desk.engine, campaign, senders, renders, worker=worker_name(), clock=clock, limit=SHARD
        )


@task(task_run_name="log", cache_policy=NO_CACHE, persist_result=False)
def log(desk: Desk, campaign: Campaign, prepared: Prepared, tally: Tally, now: datetime) -> TurnResult:
    """Move everyone on and count."""
    with desk.engine.begin() as connection:
        return finish(connection, campaign, prepared, tally, now=now)
