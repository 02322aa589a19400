"""Free what senders that died left behind, as a Prefect flow."""

from contextlib import ExitStack
from datetime import datetime
from typing import Any

from prefect import flow
from prefect.client.schemas.objects import State
from sqlalchemy import select

from aftershow.desk import Desk
from aftershow.ledger.claims import recover
from aftershow.store.tables import message
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
        result = _recover_all(desk, occasion.now)
    show_housekeeping(result["freed"], result["in_doubt"])
    doubt = sum(result["in_doubt"].values())
    return verdict(dict(result), {"in doubt": doubt})


def _recover_all(desk: Desk, now: datetime) -> dict[str, dict[str, int]]:
    """Also campaigns whose file is gone: no turn of theirs would look after them."""
    freed, in_doubt = dict[str, int](), dict[str, int]()
    with desk.engine.begin() as connection:
        left = select(message.c.campaign).where(message.c.lease_until <= now).distinct()
        for campaign in sorted(connection.scalars(left)):
            freed[campaign], in_doubt[campaign] = recover(connection, campaign, now=now)
    return {"freed": freed, "in_doubt": in_doubt}
