"""One turn of a campaign as a Prefect flow: enrol, plan, send in shards, log."""

from contextlib import ExitStack
from dataclasses import asdict
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from prefect import flow, get_run_logger, task
from prefect.cache_policies import NO_CACHE
from prefect.client.schemas.objects import State

from aftershow.desk import Desk, right_now, senders_for, ticking_from, worker_name
from aftershow.errors import CampaignStoppedError
from aftershow.journey.campaign import Campaign
from aftershow.journey.checking import require_sound
from aftershow.journey.rendering import StepRenderer, renderers
from aftershow.journey.turn import Prepared, TurnResult, finish, prepare, send_shard
from aftershow.journey.versions import in_use
from aftershow.ledger.sending import Clock
from aftershow.ledger.tally import Tally
from flows.artifacts import show_plan, show_progress, show_result, show_waiting
from flows.lateness import WORTH_TELLING, lateness, said
from flows.opening import PATIENCE, database_is_away, opened
from flows.run_names import named_by_moment
from flows.verdict import verdict

#: Messages of one task: enough that Prefect's cost for a task does not count, few enough to see progress.
SHARD = 2_000


@flow(name="run-campaign", flow_run_name=named_by_moment("{campaign}"))
def run_campaign(
    campaign: str, workspace: str = ".", at: datetime | None = None
) -> dict[str, Any] | State[Any]:
    """Run one turn of a campaign; returns the figures of `aftershow run --json`.

    `at` is the moment to work at, for plays in virtual time; without it, now, however late the run is. Ends
    as SomeNotSent, with the same figures, when some messages were rejected, put off or are in doubt. Raises
    CampaignStoppedError when a provider refuses us; everyone who was not written to waits for the next turn.
    Raises WorkspaceError when the campaign or its templates have mistakes, before anyone is enrolled.
    """
    now = at or right_now()
    late = timedelta(0) if at else lateness(now)
    if late >= WORTH_TELLING:
        get_run_logger().info("%s starts %s after its time", campaign, said(late))
    with ExitStack() as stack:
        desk = opened(stack, Path(workspace))
        sound = desk.campaign(campaign)
        require_sound(sound)
        taken = _take_turn(desk, sound, now)
    show_result(taken, late)
    if taken.stopped:
        raise CampaignStoppedError(f"{campaign} stopped: {taken.stopped}", result=asdict(taken))
    trouble = {"rejected": taken.rejected, "in doubt": taken.unknown, "put off": taken.deferred}
    return verdict(asdict(taken), trouble)


def _take_turn(desk: Desk, campaign: Campaign, now: datetime) -> TurnResult:
    prepared = plan(desk, campaign, now)
    show_plan(desk, campaign)
    tally = _send(desk, campaign, prepared.due, ticking_from(now)) if prepared.due else Tally()
    result = log(desk, campaign, prepared, tally, now)
    show_waiting(desk, campaign)
    return result


def _send(desk: Desk, campaign: Campaign, due: int, clock: Clock) -> Tally:
    total, behind = Tally(), 0
    tell = show_progress(campaign.name, due)
    with desk.engine.begin() as connection:
        renders = renderers(in_use(connection, campaign), desk.signer(connection))
    while not total.ended_early:
        tally, taken = send(desk, renders, clock)
        total, behind = total + tally, behind + taken
        tell(behind)
        get_run_logger().info("%d messages handed over, %d of them accepted", taken, tally.accepted)
        if taken < SHARD:
            break
    return total


@task(
    task_run_name="plan",
    cache_policy=NO_CACHE,
    persist_result=False,
    retries=len(PATIENCE),
    retry_delay_seconds=PATIENCE,
    retry_condition_fn=database_is_away,
)
def plan(desk: Desk, campaign: Campaign, now: datetime) -> Prepared:
    """Enrol, and write down who gets what is due and who does not; all or nothing, so it may be repeated."""
    with desk.engine.begin() as connection:
        return prepare(connection, campaign, now=now)


@task(task_run_name="send", cache_policy=NO_CACHE, persist_result=False)
def send(desk: Desk, renders: tuple[StepRenderer, ...], clock: Clock) -> tuple[Tally, int]:
    """Send one shard; returns what happened and how many messages it took."""
    channels = (renderer.sending.channel for renderer in renders)
    with senders_for(desk.workspace, channels) as senders:
        return send_shard(desk.engine, renders, senders, worker=worker_name(), clock=clock, limit=SHARD)


@task(task_run_name="log", cache_policy=NO_CACHE, persist_result=False)
def log(desk: Desk, campaign: Campaign, prepared: Prepared, tally: Tally, now: datetime) -> TurnResult:
    """Move everyone on and count."""
    with desk.engine.begin() as connection:
        return finish(connection, campaign, prepared, tally, now=now)
