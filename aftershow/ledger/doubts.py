"""How a message stops being in doubt: by what was found out about it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, and_, exists, or_, select

from aftershow.ledger.states import By, moving
from aftershow.store.tables import contact, message
from aftershow.words.states import State

#: Why a message that was in doubt and never went out does not go again.
NOT_SENT = "not sent"
LATE = "late: in doubt"
STEP_GONE = "not sent, and its step is gone"
WENT_ON = "not sent, and something later has come for the person"

_OPEN = (State.HANDING_OVER, State.UNKNOWN)
_ENDS = {
    State.ACCEPTED: moving(*_OPEN, to=State.ACCEPTED, by=By.FINDING),
    State.PLANNED: moving(*_OPEN, to=State.PLANNED, by=By.FINDING),
    State.CANCELLED: moving(*_OPEN, to=State.CANCELLED, by=By.FINDING),
    State.EXPIRED: moving(*_OPEN, to=State.EXPIRED, by=By.FINDING),
}

#: Another message of the same enrollment.
_FOLLOWER = message.alias("follower")


@dataclass(frozen=True, kw_only=True, slots=True)
class Finding:
    """What became of one message that was in doubt."""

    message_id: int
    #: whether the provider took it
    sent: bool
    #: who says so: `by hand`, or the connector whose provider was asked
    source: str
    #: the person who says so, or had the provider asked
    by: str
    #: the provider's name for it
    provider_id: str | None = None
    #: when it was not sent: it is to go again, if it still makes sense
    again: bool = False
    #: the version of its campaign under which it can go again; None: its campaign or its step is gone
    version_id: int | None = None
    #: aware; of which handing over this was found out; None: of the last one
    handed_over_at: datetime | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Settled:
    """A message that is no longer in doubt."""

    message: int
    #: accepted; or it was not sent: planned again, cancelled, or expired
    state: State
    #: why it does not go again
    reason: str | None


def in_doubt(now: datetime) -> ColumnElement[bool]:
    """Whether a message may have gone out or not; also one whose sender is dead and that no turn has seen."""
    left_behind = and_(message.c.state == State.HANDING_OVER, message.c.lease_until <= now)
    return or_(message.c.state == State.UNKNOWN, left_behind)


def end_doubt(connection: Connection, finding: Finding, *, now: datetime) -> tuple[Row[Any], Settled] | None:
    """Let a message be where it was found to be; of several who found something at once, one is believed.

    Sent: it is accepted. Not sent: it is planned again where that is wanted, in time, and nothing later has
    come for the person; else it is over. Returns the message as it was, and what became of it; None when it
    is not in doubt, or no longer.
    """
    of = message.c.id == finding.message_id
    row = connection.execute(select(message, _went_on()).where(of, in_doubt(now))).one_or_none()
    if row is None:
        return None
    # Contacts are locked before messages, as by everyone who sends and settles.
    connection.execute(select(contact.c.id).where(contact.c.id == row.contact_id).with_for_update()).all()
    settled = _settled(finding, row, now)
    same = message.c.handed_over_at == (finding.handed_over_at or row.handed_over_at)
    change = _ENDS[settled.state].where(of, in_doubt(now), same).values(_columns(finding, settled, row, now))
    ended = connection.execute(change.returning(message.c.id)).first()
    return (row, settled) if ended else None


def _went_on() -> ColumnElement[bool]:
    """The person has come further, or is another one by now who has this step too (see merging)."""
    follower = exists().where(
        _FOLLOWER.c.enrollment_id == message.c.enrollment_id, _FOLLOWER.c.id > message.c.id
    )
    return or_(follower, message.c.occurrence < 0).label("went_on")


def _settled(finding: Finding, row: Row[Any], now: datetime) -> Settled:
    state, reason = State.CANCELLED, NOT_SENT
    if finding.sent:
        return Settled(message=row.id, state=State.ACCEPTED, reason=None)
    if row.expires_at <= now:
        state, reason = State.EXPIRED, LATE
    elif finding.again and finding.version_id is None:
        reason = STEP_GONE
    elif finding.again and row.went_on:
        reason = WENT_ON
    elif finding.again:
        return Settled(message=row.id, state=State.PLANNED, reason=None)
    return Settled(message=row.id, state=state, reason=reason)


def _columns(finding: Finding, settled: Settled, row: Row[Any], now: datetime) -> dict[str, Any]:
    free = {"reason": settled.reason, "claimed_by": None, "lease_until": None}
    if finding.sent:
        return free | {"provider_id": finding.provider_id, "settled_at": now}
    never_went = free | {"handed_over_at": None, "address": None}
    if settled.state is State.PLANNED:
        attempts = row.attempts + 1
        return never_went | {"settled_at": None, "attempts": attempts, "version_id": finding.version_id}
    return never_went | {"settled_at": now}
