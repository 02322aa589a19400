"""Move people on to their next step once a step is behind them."""

from sqlalchemy import Connection, and_, func, null, or_, update

from aftershow.journey.campaign import Campaign, CampaignStep
from aftershow.store.tables import enrollment, message
from aftershow.store.types import later
from aftershow.words import FINAL_STATES, State

#: Once a message is in one of these, its person goes on; a held one may be released until the next is due.
BEHIND = (*FINAL_STATES, State.HELD)


def advance(connection: Connection, campaign: Campaign, step: CampaignStep) -> int:
    """Point everyone who has this step behind them to the one after it; returns how many moved.

    The next step counts from the moment the message went out, or from its due time when it did not. When a
    held message goes out later after all, the next step moves back with it.
    """
    follower = campaign.step_after(step)
    base = func.coalesce(message.c.handed_over_at, message.c.due_at)
    here = enrollment.c.step == step.key
    of_this_step = [
        enrollment.c.campaign == campaign.name,
        message.c.enrollment_id == enrollment.c.id,
        message.c.step == step.key,
        message.c.state.in_(BEHIND),
    ]
    if follower is None:
        moved = update(enrollment).where(*of_this_step, here).values(step=null(), due_at=null())
    else:
        due = later(base, follower.model.after.seconds)
        ahead = and_(enrollment.c.step == follower.key, enrollment.c.due_at < due)
        moved = (
            update(enrollment).where(*of_this_step, or_(here, ahead)).values(step=follower.key, due_at=due)
        )
    count: int = connection.execute(moved).rowcount
    return count
