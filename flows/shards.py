"""Send a campaign's due messages in shards, each a task; several runs may do so at once."""

from collections.abc import Callable, Iterator

from prefect import get_run_logger, task
from prefect.cache_policies import NO_CACHE
from prefect.runtime import flow_run

from aftershow.campaign.campaign import Campaign
from aftershow.campaign.versions import in_use
from aftershow.desk import Desk, senders_for, worker_name
from aftershow.journey.turn import send_shard
from aftershow.ledger.send_counts import SendCounts
from aftershow.ledger.sending import Clock
from aftershow.ledger.shards import SHARD
from aftershow.messages.rendering import StepRenderer, renderers


def shards(
    desk: Desk, campaign: Campaign, clock: Clock, goes_on: Callable[[], bool] = lambda: True
) -> Iterator[tuple[SendCounts, int]]:
    """Send until nothing more is due, there is no use in going on, or `goes_on` says no before a shard.

    Yields what became of each shard, and how many messages it took. Other runs get other messages.
    """
    with desk.engine.begin() as connection:
        renders = renderers(in_use(connection, campaign), desk.signer(connection))
    taken = SHARD
    while taken == SHARD and goes_on():
        totals, taken = send(desk, renders, clock)
        get_run_logger().info("%d messages handed over, %d of them accepted", taken, totals.accepted)
        yield totals, taken
        if totals.ended_early:
            return


@task(task_run_name="send", cache_policy=NO_CACHE, persist_result=False)
def send(desk: Desk, renders: tuple[StepRenderer, ...], clock: Clock) -> tuple[SendCounts, int]:
    """Send one shard; returns what happened and how many messages it took."""
    channels = (renderer.step.sends.channel for renderer in renders)
    worker = worker_name(run_mark(flow_run.id))
    with senders_for(desk.workspace, channels) as senders:
        return send_shard(desk.engine, renders, senders, worker=worker, clock=clock, limit=SHARD)


def run_mark(run_id: object) -> str:
    """Return what stands for a run in the names of its senders: the end of its id, which differs most."""
    return str(run_id).replace("-", "")[-12:]
