"""One turn of a campaign as a Prefect flow: enrol, plan, send in shards, log."""

from contextlib import ExitStack
from dataclasses import asdict
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from prefect import flow, get_run_logger, task
from prefect.cache_policies import NO_CACHE
from prefect.client.schemas.objects import State

from aftershow.campaign.campaign import Campaign
from aftershow.desk import Desk, ticking_from
from aftershow.errors import CampaignStoppedError
from aftershow.journey.turn import Doing, Part, Prepared, T, TurnResult, take_turn
from aftershow.ledger.send_counts import SendCounts
from aftershow.rehearsal.checking import require_sound
from flows.artifacts import show_plan, show_progress, show_result, show_waiting
from flows.helpers import ask_for_help, wait_for_helpers, whole
from flows.lateness import WORTH_TELLING, lateness, said
from flows.occasion import this_occasion
from flows.opening import PATIENCE, database_is_away, opened
from flows.run_names import named_by_moment
from flows.shards import shards
from flows.verdict import verdict


@flow(name="run-campaign", flow_run_name=named_by_moment("{campaign}"))
def run_campaign(campaign: str) -> dict[str, Any] | State[Any]:
    """Run one turn of a campaign; returns the figures of `aftershow run --json`.

    It works at this moment, however late the run is, unless the occasion has another. Ends as SomeNotSent,
    with the same figures, when some messages were rejected, put off or are in doubt. Raises UsageError when
    there is no such campaign, and CampaignStoppedError when a provider refuses us; everyone who was not
    written to waits for the next turn. Raises WorkspaceError when the campaign or its templates have
    mistakes, before anyone is enrolled.
    """
    occasion = this_occasion()
    now = occasion.now
    late = timedelta(0) if occasion.at else lateness(now)
    if late >= WORTH_TELLING:
        get_run_logger().info("%s starts %s after its time", campaign, said(late))
    with ExitStack() as stack:
        desk = opened(stack, occasion.workspace)
        sound = desk.campaign(campaign)
        require_sound(sound)
        taken, note = _take_turn(desk, sound, now)
    show_result(taken, late, note)
    if taken.stopped:
        raise CampaignStoppedError(f"{campaign} stopped: {taken.stopped}", result=asdict(taken))
    trouble = {"rejected": taken.rejected, "in doubt": taken.unknown, "put off": taken.deferred}
    return verdict(asdict(taken), trouble, note)


def _take_turn(desk: Desk, campaign: Campaign, now: datetime) -> tuple[TurnResult, str | None]:
    note: str | None = None

    def send(prepared: Prepared) -> SendCounts:
        nonlocal note
        show_plan(desk, campaign)
        if not prepared.due:
            return SendCounts()
        totals, note = _send(desk, campaign, prepared.due, now)
        return totals

    result = take_turn(partial(_as_task, desk), campaign, now=now, send=send)
    show_waiting(desk, campaign)
    return result, note


def _send(desk: Desk, campaign: Campaign, due: int, now: datetime) -> tuple[SendCounts, str | None]:
    """Send what is due, with helpers where there are other workers; returns what happened and a note."""
    clock, total, behind = ticking_from(now), SendCounts(), 0
    helpers = ask_for_help(desk, campaign.name, due)
    tell = show_progress(campaign.name, due)

    def send_shards() -> None:
        nonlocal total, behind
        if not total.ended_early:
            for totals, taken in shards(desk, campaign, clock):
                total, behind = total + totals, behind + taken
                tell(behind)

    send_shards()
    if not helpers:
        return total, None
    help_ = wait_for_helpers(desk, campaign.name, helpers, clock, more=send_shards)
    total = whole(desk, campaign.name, total, help_, since=now)
    tell(total.accepted + total.rejected + total.unknown)
    return total, help_.note


def _as_task(desk: Desk, part: Part, work: Doing[T]) -> T:
    """Do a part of the turn as a task that is named after it."""
    return plan(desk, work) if part == "plan" else log(desk, work)


@task(
    task_run_name="plan",
    cache_policy=NO_CACHE,
    persist_result=False,
    retries=len(PATIENCE),
    retry_delay_seconds=PATIENCE,
    retry_condition_fn=database_is_away,
)
def plan(desk: Desk, work: Doing[T]) -> T:
    """Enrol, and write down who gets what is due and who does not; all or nothing, so it may be repeated."""
    with desk.engine.begin() as connection:
        return work(connection)


@task(task_run_name="log", cache_policy=NO_CACHE, persist_result=False)
def log(desk: Desk, work: Doing[T]) -> T:
    """Move everyone on and count."""
    with desk.engine.begin() as connection:
        return work(connection)
