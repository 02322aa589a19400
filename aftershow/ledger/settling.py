"""Write down what the provider said: the message's state, the interaction, the person's columns."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, bindparam, or_, select, update

from aftershow.errors import OutcomeUnknownError, PermanentError, TemporaryError
from aftershow.ledger.claims import HandedOver, lock_contacts
from aftershow.ledger.tally import Tally
from aftershow.people.suppressions import suppress
from aftershow.ports import Outcome, Receipt
from aftershow.store.engine import insert_into
from aftershow.store.tables import contact, interaction, message
from aftershow.words import Channel, Direction, InteractionKind, State

#: The wait after nothing was sent; it doubles with each attempt, up to the longest.
FIRST_WAIT, LONGEST_WAIT = timedelta(minutes=5), timedelta(hours=4)
#: The wait of a message that the connector did not come to.
NEXT_TURN = timedelta(minutes=1)
#: The longest wait that a provider is believed.
LONGEST_ASKED = timedelta(days=1)


@dataclass(frozen=True, kw_only=True, slots=True)
class Settlement:
    """What became of one message that was handed over; no outcome means that it was not touched."""

    sent: HandedOver
    outcome: Outcome | None


@dataclass(frozen=True, kw_only=True, slots=True)
class _Fate:
    """What is written down for an outcome."""

    #: the name of the count in the tally
    count: str
    state: State
    kind: InteractionKind | None = None
    reason: str | None = None
    provider_id: str | None = None
    #: planned again: how long from now
    wait: timedelta | None = None
    attempts: int = 0


def settle(
    connection: Connection,
    settlements: Sequence[Settlement],
    *,
    campaign: str,
    channel: Channel,
    worker: str,
    now: datetime,
) -> Tally:
    """Settle what this worker handed over; returns what happened. Commit at once."""
    settlements = _as_they_are_now(connection, settlements)
    fates = [(s.sent, _fate(s, channel)) for s in settlements]
    _write_states(connection, fates, worker=worker, now=now)
    logged = _log(connection, fates, campaign=campaign, channel=channel, now=now)
    _remember_sent(connection, fates, now=now)
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
    counts = [fate.count for _, fate in fates]
    return Tally(
        accepted=counts.count("accepted"),
        rejected=counts.count("rejected"),
        unknown=counts.count("unknown"),
        deferred=counts.count("deferred"),
        untouched=counts.count("untouched"),
        interactions=logged,
        trouble=trouble,
        stopped=stopped,
    )


def _as_they_are_now(connection: Connection, settlements: Sequence[Settlement]) -> list[Settlement]:
    """Follow people who were merged into another contact while the provider was being called."""
    ids = [s.sent.message_id for s in settlements]
    # Locked in the order in which a hand-over locks them, so that two campaigns never wait for each other.
    lock_contacts(connection, ids)
    query = select(message.c.id, message.c.contact_id).where(message.c.id.in_(ids))
    owners = {row.id: row.contact_id for row in connection.execute(query)}
    return [replace(s, sent=replace(s.sent, contact_id=owners[s.sent.message_id])) for s in settlements]


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
            kind = InteractionKind.REJECTED if channel is Channel.EMAIL else InteractionKind.FAILED
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


def _write_states(
    connection: Connection, fates: list[tuple[HandedOver, _Fate]], *, worker: str, now: datetime
) -> None:
    # A lease may have run out while the provider took its time: then the row is unknown, and now we do know.
    open_ = or_(message.c.state == State.HANDING_OVER, message.c.state == State.UNKNOWN)
    ours = [message.c.id == bindparam("row_id"), message.c.claimed_by == worker, open_]
    for waiting in (True, False):
        rows = [_state_row(sent, fate, now) for sent, fate in fates if (fate.wait is not None) is waiting]
        if not rows:
            continue
        change = update(message).where(*ours)
        connection.execute(
            change.values({name: bindparam(f"new_{name}") for name in _columns(waiting)}), rows
        )


def _columns(waiting: bool) -> tuple[str, ...]:
    again = ("state", "due_at", "attempts", "claimed_by", "lease_until", "handed_over_at", "address")
    return again if waiting else ("state", "reason", "provider_id", "settled_at", "lease_until")


def _state_row(sent: HandedOver, fate: _Fate, now: datetime) -> dict[str, Any]:
    values: dict[str, Any] = {
        "state": fate.state.value,
        "reason": fate.reason,
        "provider_id": fate.provider_id,
        "settled_at": now,
        "attempts": fate.attempts,
        "due_at": now + (fate.wait or timedelta(0)),
    }
    row = {f"new_{name}": values.get(name) for name in _columns(fate.wait is not None)}
    return {"row_id": sent.message_id, **row}


def _log(
    connection: Connection,
    fates: list[tuple[HandedOver, _Fate]],
    *,
    campaign: str,
    channel: Channel,
    now: datetime,
) -> int:
    rows = [
        {
            "contact_id": sent.contact_id,
            "channel": channel.value,
            "direction": Direction.OUT.value,
            "kind": fate.kind.value,
            "outcome": fate.reason,
            "occurred_at": now,
            "source": "ledger",
            "external_id": f"{sent.message_id}:{fate.kind}:{fate.attempts}",
            "message_id": sent.message_id,
            "data": {"campaign": campaign, "provider_id": fate.provider_id},
            "recorded_at": now,
        }
        for sent, fate in fates
        if fate.kind is not None
    ]
    if rows:
        connection.execute(insert_into(connection, interaction).on_conflict_do_nothing(), rows)
    return len(rows)


def _remember_sent(connection: Connection, fates: list[tuple[HandedOver, _Fate]], *, now: datetime) -> None:
    people = [sent.contact_id for sent, fate in fates if fate.state is State.ACCEPTED]
    earlier = or_(contact.c.last_sent_at.is_(None), contact.c.last_sent_at < now)
    connection.execute(update(contact).where(contact.c.id.in_(people), earlier).values(last_sent_at=now))
