"""Write down what the provider said: the message's state, the interaction, the person's columns."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, TypeAlias

from sqlalchemy import (
    ColumnElement,
    Connection,
    Select,
    Text,
    Update,
    bindparam,
    cast,
    literal,
    null,
    or_,
    select,
    update,
)

from aftershow.errors import OutcomeUnknownError, PermanentError, TemporaryError
from aftershow.ledger.claims import HandedOver
from aftershow.ledger.send_counts import SendCounts
from aftershow.ledger.states import By, moving
from aftershow.people.consent.suppressions import suppress
from aftershow.people.record.interactions import Interaction, Writer, new_interactions, write, write_from
from aftershow.ports import DeliveryOutcome, Receipt
from aftershow.store.tables import contact, message
from aftershow.store.types import Moment, document, in_list
from aftershow.words.channels import Channel
from aftershow.words.kinds import InteractionKind
from aftershow.words.states import State

#: The wait after nothing was sent; it doubles with each attempt, up to the longest.
FIRST_WAIT, LONGEST_WAIT = timedelta(minutes=5), timedelta(hours=4)
#: The wait of a message that the connector did not come to.
NEXT_TURN = timedelta(minutes=1)
#: The longest wait that a provider is believed.
LONGEST_ASKED = timedelta(days=1)


#: Who reports these interactions.
SOURCE = "ledger"


@dataclass(frozen=True, kw_only=True, slots=True)
class Settlement:
    """What became of one message that was handed over; no outcome means that it was not touched."""

    sent: HandedOver
    outcome: DeliveryOutcome | None


@dataclass(frozen=True, kw_only=True, slots=True)
class _Fate:
    """What is written down for an outcome."""

    #: the name of the count in SendCounts
    count: str
    state: State
    kind: InteractionKind | None = None
    reason: str | None = None
    provider_id: str | None = None
    #: planned again: how long from now
    wait: timedelta | None = None
    attempts: int = 0


_Ended: TypeAlias = tuple[HandedOver, _Fate]

# Statements that are asked slice after slice are put into words once: that takes longer than an answer.
_IN_THE_SLICE = in_list(message.c.id, "ids")
_NOW = bindparam("now", type_=Moment())
_OURS = (
    message.c.id == bindparam("row_id"),
    message.c.claimed_by == bindparam("worker"),
)
# A lease may have run out while the provider took its time: then the row is unknown, and now we do know.
_OPEN = (State.HANDING_OVER, State.UNKNOWN)
_PLAN_AGAIN = (
    moving(*_OPEN, to=State.PLANNED, by=By.ANSWER)
    .where(*_OURS)
    .values(
        due_at=bindparam("new_due_at"),
        attempts=bindparam("new_attempts"),
        claimed_by=null(),
        lease_until=null(),
        handed_over_at=null(),
        address=null(),
    )
)
_ENDS = {
    state: move.where(*_OURS).values(
        reason=bindparam("new_reason"),
        provider_id=bindparam("new_provider_id"),
        settled_at=bindparam("new_settled_at"),
        lease_until=null(),
    )
    for state, move in {
        State.ACCEPTED: moving(*_OPEN, to=State.ACCEPTED, by=By.ANSWER),
        State.REJECTED: moving(*_OPEN, to=State.REJECTED, by=By.ANSWER),
        State.UNKNOWN: moving(*_OPEN, to=State.UNKNOWN, by=By.ANSWER),
    }.items()
}


def _what_was_sent(which: ColumnElement[bool], at: ColumnElement[datetime]) -> Select[Any]:
    """Give what happens when messages are sent, in earnest and in virtual time."""
    return new_interactions(
        InteractionKind.SENT,
        contact_id=message.c.contact_id,
        at=at,
        source=SOURCE,
        external_id=cast(message.c.id, Text) + literal(f":{InteractionKind.SENT}:0"),
        channel=message.c.channel,
        message_id=message.c.id,
        data=document("campaign", message.c.campaign, "provider_id", message.c.provider_id),
        now=at,
    ).where(which)


def _remember_sent(which: ColumnElement[bool], at: ColumnElement[datetime]) -> Update:
    """Let the contacts' own column say when they were written to last."""
    earlier = or_(contact.c.last_sent_at.is_(None), contact.c.last_sent_at < at)
    theirs = contact.c.id.in_(select(message.c.contact_id).where(which))
    return update(contact).where(theirs, earlier).values(last_sent_at=at)


_LOG_SENT = Writer(_what_was_sent(_IN_THE_SLICE, _NOW))
_REMEMBER_SENT = _remember_sent(_IN_THE_SLICE, _NOW)


def settle(
    connection: Connection,
    settlements: Sequence[Settlement],
    *,
    campaign: str,
    channel: Channel,
    worker: str,
    now: datetime,
) -> SendCounts:
    """Settle what this worker handed over; returns what happened. Lock the contacts first; commit at once."""
    fates = [(s.sent, _fate(s, channel)) for s in settlements]
    _write_states(connection, fates, worker=worker, now=now)
    logged = _log_accepted(connection, fates, now=now)
    logged += _log_others(connection, fates, campaign=campaign, channel=channel, now=now)
    for s in settlements:
        if isinstance(s.outcome, Receipt) and s.outcome.suppress:
            suppress(
                connection,
                channel,
                s.sent.address,
                reason=s.outcome.suppress,
                source=f"campaign {campaign}",
                now=now,
            )
    stopped = next((str(s.outcome) for s in settlements if isinstance(s.outcome, PermanentError)), None)
    trouble = next((str(s.outcome) for s in settlements if isinstance(s.outcome, TemporaryError)), None)
    counts = Counter(fate.count for _, fate in fates)
    return SendCounts(
        accepted=counts["accepted"],
        rejected=counts["rejected"],
        unknown=counts["unknown"],
        deferred=counts["deferred"],
        untouched=counts["untouched"],
        interactions=logged,
        trouble=trouble,
        stopped=stopped,
    )


def _fate(settlement: Settlement, channel: Channel) -> _Fate:
    outcome, attempts = settlement.outcome, settlement.sent.attempts
    match outcome:
        case Receipt(accepted=True):
            return _Fate(
                count="accepted",
                state=State.ACCEPTED,
                kind=InteractionKind.SENT,
                provider_id=outcome.provider_id,
            )
        case Receipt():
            refused = channel in InteractionKind.REJECTED.row.channels
            kind = InteractionKind.REJECTED if refused else InteractionKind.FAILED
            return _Fate(
                count="rejected", state=State.REJECTED, kind=kind, reason=outcome.reason or "refused"
            )
        case TemporaryError():
            return _Fate(
                count="deferred",
                state=State.PLANNED,
                kind=InteractionKind.DEFERRED,
                reason=str(outcome),
                wait=_wait(attempts, outcome.retry_after),
                attempts=attempts + 1,
            )
        case OutcomeUnknownError():
            return _Fate(count="unknown", state=State.UNKNOWN, reason=str(outcome))
        case _:
            # Not touched, or the provider refuses us and not the person: it waits for another turn.
            return _Fate(count="untouched", state=State.PLANNED, wait=NEXT_TURN, attempts=attempts)


def _wait(attempts: int, retry_after: float | None) -> timedelta:
    if retry_after is not None:
        return min(max(timedelta(seconds=retry_after), NEXT_TURN), LONGEST_ASKED)
    return min(FIRST_WAIT * (1 << min(attempts, 10)), LONGEST_WAIT)


def _write_states(connection: Connection, fates: Sequence[_Ended], *, worker: str, now: datetime) -> None:
    for state, change in ((State.PLANNED, _PLAN_AGAIN), *_ENDS.items()):
        rows = [_state_row(sent, fate, worker, now) for sent, fate in fates if fate.state is state]
        if rows:
            connection.execute(change, rows)


def _state_row(sent: HandedOver, fate: _Fate, worker: str, now: datetime) -> dict[str, Any]:
    row = {"row_id": sent.message_id, "worker": worker}
    if fate.wait is not None:
        return {**row, "new_due_at": now + fate.wait, "new_attempts": fate.attempts}
    return {**row, "new_reason": fate.reason, "new_provider_id": fate.provider_id, "new_settled_at": now}


def _log_accepted(connection: Connection, fates: Sequence[_Ended], *, now: datetime) -> int:
    """Write what was sent, of whoever the person is now: contacts are merged while a provider is called."""
    sent = [sent.message_id for sent, fate in fates if fate.state is State.ACCEPTED]
    if sent:
        _LOG_SENT.write(connection, {"ids": sent, "now": now})
        connection.execute(_REMEMBER_SENT, {"ids": sent, "now": now})
    return len(sent)


def log_sent(connection: Connection, which: ColumnElement[bool], *, now: datetime) -> None:
    """Write down of messages that they were sent at this moment, where time is virtual."""
    at = literal(now, Moment())
    write_from(connection, _what_was_sent(which, at).order_by(message.c.id))
    connection.execute(_remember_sent(which, at))


def _log_others(
    connection: Connection, fates: Sequence[_Ended], *, campaign: str, channel: Channel, now: datetime
) -> int:
    others = [
        (sent, fate, fate.kind) for sent, fate in fates if fate.kind and fate.state is not State.ACCEPTED
    ]
    if not others:
        return 0
    query = select(message.c.id, message.c.contact_id)
    ids = [sent.message_id for sent, *_ in others]
    owners = {row.id: row.contact_id for row in connection.execute(query.where(message.c.id.in_(ids)))}
    interactions = [
        Interaction(
            contact_id=owners[sent.message_id],
            kind=kind,
            at=now,
            source=SOURCE,
            external_id=f"{sent.message_id}:{kind}:{fate.attempts}",
            channel=channel,
            message_id=sent.message_id,
            note=fate.reason,
            data={"campaign": campaign, "provider_id": fate.provider_id},
        )
        for sent, fate, kind in others
    ]
    return write(connection, interactions, now=now)
