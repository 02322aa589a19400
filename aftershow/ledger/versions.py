"""The messages of people who go on with another version of their campaign."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import Connection, update

from aftershow.ledger.states import By, moving
from aftershow.store.tables import message
from aftershow.words.states import State

#: Why a message is cancelled whose step the other version does not have.
REMOVED = "the step was removed"

#: What may still be taken back.
_OPEN = (State.PLANNED, State.HELD)
_CANCEL = moving(*_OPEN, to=State.CANCELLED, by=By.TURN)


def bring_messages(
    connection: Connection, version_id: int, to: int, *, steps: Collection[str], now: datetime
) -> None:
    """Bring what has not gone out to the version `to`; what is of none of its steps is cancelled."""
    here = message.c.version_id == version_id
    connection.execute(
        _CANCEL.where(here, message.c.step.not_in(steps)).values(
            reason=REMOVED, settled_at=now, version_id=to
        )
    )
    connection.execute(
        update(message).where(here, message.c.state.in_((*_OPEN, State.CLAIMED))).values(version_id=to)
    )
