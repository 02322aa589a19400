"""Help a run of a campaign to send, from another process or another machine, as a Prefect flow."""

from contextlib import ExitStack
from dataclasses import asdict
from typing import Any
from uuid import UUID

from prefect import flow
from prefect.client.orchestration import SyncPrefectClient, get_client
from prefect.client.schemas.objects import State
from prefect.runtime import flow_run

from aftershow.desk import ticking_from
from aftershow.errors import CampaignStoppedError
from aftershow.ledger.send_counts import SendCounts
from aftershow.workspace.fingerprint import require_fingerprint
from flows.artifacts import show_share
from flows.occasion import this_occasion
from flows.opening import opened
from flows.run_names import named_by_moment
from flows.shards import shards
from flows.verdict import verdict


@flow(name="send-shards", flow_run_name=named_by_moment("{campaign}, a helper"))
def send_shards(campaign: str, edition: str | None = None) -> dict[str, Any] | State[Any]:
    """Send what of a campaign is planned and due, as long as the run that asked for it is at work.

    Returns the counts. `edition` stands for the files with which that run began. Ends as SomeNotSent like the
    run of a campaign. Raises UsageError when the files here are others, and CampaignStoppedError when the
    provider refuses us.
    """
    occasion = this_occasion()
    with ExitStack() as stack, get_client(sync_client=True) as client:
        desk = opened(stack, occasion.workspace)
        if edition is not None:
            require_fingerprint(desk.workspace.root, edition)
        clock, asked_by = ticking_from(occasion.now), flow_run.parent_flow_run_id
        taken = shards(desk, desk.campaign(campaign), clock, lambda: _is_at_work(client, asked_by))
        total = sum((totals for totals, _ in taken), SendCounts())
    show_share(campaign, total)
    if total.stopped:
        raise CampaignStoppedError(f"{campaign} stopped: {total.stopped}", result=asdict(total))
    put_off = total.deferred + total.untouched
    return verdict(asdict(total), {"rejected": total.rejected, "in doubt": total.unknown, "put off": put_off})


def _is_at_work(client: SyncPrefectClient, run: str | None) -> bool:
    """A run that was cancelled, or died, sends no more through others either; a person may start a helper."""
    if run is None:
        return True
    state = client.read_flow_run(UUID(run)).state
    return state is not None and state.is_running()
