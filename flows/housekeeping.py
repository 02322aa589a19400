"""Free what senders that died left behind, as a Prefect flow."""

from contextlib import ExitStack
from typing import Any

from prefect import flow
from prefect.client.schemas.objects import State

from aftershow.ledger.claims import recover_all
from flows.artifacts import show_housekeeping
from flows.occasion import this_occasion
from flows.opening import opened
from flows.run_names import named_by_moment
from flows.verdict import verdict


@flow(name="housekeeping", flow_run_name=named_by_moment("housekeeping"))
def housekeeping() -> dict[str, Any] | State[Any]:
    """Free the claims that ran out, of every campaign in the ledger.

    Returns {"freed": {campaign: messages that wait again}, "in_doubt": {campaign: messages that may have been
    sent}}; ends as SomeNotSent when anything is in doubt.
    """
    occasion = this_occasion()
    with ExitStack() as stack:
        desk = opened(stack, occasion.workspace)
        with desk.engine.begin() as connection:
            found = recover_all(connection, now=occasion.now)
    freed = {campaign: back for campaign, (back, _) in found.items()}
    in_doubt = {campaign: unknown for campaign, (_, unknown) in found.items()}
    show_housekeeping(freed, in_doubt)
    return verdict({"freed": freed, "in_doubt": in_doubt}, {"in doubt": sum(in_doubt.values())})
