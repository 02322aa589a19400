"""Take messages in order to send them: a claim with a lease, then the handing over, each committed.

A claim that runs out before handing over goes back to planned: nothing was sent. One that runs out after it
becomes unknown, since it may have been; the machine never sends it again.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, bindparam, case, null, select, update
from sqlalchemy.sql.dml import ReturningUpdate

from aftershow.audience.record import ADDRESSES
from aftershow.ledger.holds import any_reason, people_of
from aftershow.ledger.states import By, moving, parting
from aftershow.ledger.step_rules import StepRules
from aftershow.store.tables import contact, enrollment, message
from aftershow.store.types import Moment, in_list, in_rows
from aftershow.words.states import State

_CLAIM = moving(State.PLANNED, to=State.CLAIMED, by=By.SENDER)
_GIVE_BACK = moving(State.CLAIMED, to=State.PLANNED, by=By.SENDER)
_HOLD = moving(State.CLAIMED, to=State.HELD, by=By.SENDER)
_LET_GO = parting(State.CLAIMED, to=State.HANDING_OVER, otherwise=State.HELD, by=By.SENDER)
_FREE = moving(State.CLAIMED, to=State.PLANNED, by=By.TURN)
_DOUBT = moving(State.HANDING_OVER, to=State.UNKNOWN, by=By.TURN)

# Statements that are asked slice after slice are put into words once: that takes longer than an answer.
_IN_THE_SLICE = in_list(message.c.id, "ids")
_MINE = (message.c.state == State.CLAIMED, message.c.claimed_by == bindparam("worker"))

_LOCK_CONTACTS = (
    select(contact.c.id)
    .where(contact.c.id.in_(select(message.c.contact_id).where(_IN_THE_SLICE)))
    .order_by(contact.c.id)
    .with_for_update()
)

#: Lets the next step count from a message that was held first, while its person went on, and goes now.
_MOVE_BACK = (
    update(enrollment)
    .where(
        enrollment.c.id.in_(
            select(message.c.enrollment_id)
            .join(enrollment, enrollment.c.id == message.c.enrollment_id)
            .where(_IN_THE_SLICE, message.c.step != enrollment.c.step)
        ),
        enrollment.c.base_at < bindparam("now", type_=Moment()),
    )
    .values(base_at=bindparam("now", type_=Moment()), due_at=null())
)

#: How long a claim lasts when its holder says nothing; longer than any provider's time-out for one slice.
LEASE = timedelta(minutes=10)


@dataclass(frozen=True, kw_only=True, slots=True)
class HandedOver:
    """A message that the ledger let go."""

    message_id: int
    contact_id: int
    #: the address that the contact has at this moment
    address: str
    #: how often it was tried before and nothing was sent
    attempts: int


def recover(connection: Connection, campaign: str, *, now: datetime) -> tuple[int, int]:
    """End the claims whose lease ran out; returns how many went back to planned, and how many are unknown."""
    back = connection.execute(
        _FREE.where(_ran_out(campaign, State.CLAIMED, now)).values(claimed_by=None, lease_until=None)
    )
    unknown = connection.execute(
        _DOUBT.where(_ran_out(campaign, State.HANDING_OVER, now)).values(
            reason="the sender stopped while handing over",
            settled_at=now,
            lease_until=None,
        )
    )
    return back.rowcount, unknown.rowcount


def recover_all(connection: Connection, *, now: datetime) -> dict[str, tuple[int, int]]:
    """End the claims whose lease ran out, by campaign, as `recover` does.

    Also of campaigns whose file is gone: no turn of theirs would look after them.
    """
    left = select(message.c.campaign).where(message.c.lease_until <= now).distinct()
    return {name: recover(connection, name, now=now) for name in sorted(connection.scalars(left))}


def _ran_out(campaign: str, state: State, now: datetime) -> ColumnElement[bool]:
    """Whether a claim ran out; what its worker has in hand, though late, is left to it."""
    dead = (
        select(message.c.id)
        .where(message.c.campaign == campaign, message.c.state == state, message.c.lease_until <= now)
        .with_for_update(skip_locked=True)
    )
    return in_rows(message.c.id, dead)


def claim(connection: Connection, rules: StepRules, *, worker: str, now: datetime, limit: int) -> list[int]:
    """Claim up to `limit` messages of a step that are due, those first that have been for longest.

    Returns their ids, ascending. Several workers may claim at once: each gets other messages.
    """
    due = (
        select(message.c.id)
        .where(
            rules.messages,
            message.c.state == State.PLANNED,
            message.c.due_at <= now,
            message.c.expires_at > now,
        )
        # As the index has them: by number, each claim would read and sort all that is due.
        .order_by(message.c.due_at)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    claimed = connection.execute(
        _CLAIM.where(in_rows(message.c.id, due))
        .values(claimed_by=worker, lease_until=now + LEASE)
        .returning(message.c.id)
    )
    return sorted(claimed.scalars())


def release(connection: Connection, campaign: str, *, worker: str) -> int:
    """Give back what this worker claimed and has not handed over; returns how many."""
    return connection.execute(
        _GIVE_BACK.where(message.c.campaign == campaign, message.c.claimed_by == worker).values(
            claimed_by=None, lease_until=None
        )
    ).rowcount


def hold_claimed(connection: Connection, message_ids: Sequence[int], *, worker: str, reason: str) -> int:
    """Hold claimed messages that can't be sent; returns how many."""
    return connection.execute(
        _HOLD.where(message.c.id.in_(message_ids), message.c.claimed_by == worker).values(
            reason=reason, claimed_by=None, lease_until=None
        )
    ).rowcount


def hand_over(
    connection: Connection, rules: StepRules, message_ids: Sequence[int], *, worker: str, now: datetime
) -> list[HandedOver]:
    """Let a slice of claimed messages go, after one last look at every reason to hold them.

    What a reason holds becomes held and is not returned. Commit before the provider is called.
    """
    lock_contacts(connection, message_ids)
    return LastLook(rules).hand_over(connection, message_ids, worker=worker, now=now)


class LastLook:
    """Lets the messages of one step go; what it asks the database is put into words once."""

    def __init__(self, rules: StepRules) -> None:
        self._statement = _letting_go(rules)

    def hand_over(
        self, connection: Connection, message_ids: Sequence[int], *, worker: str, now: datetime
    ) -> list[HandedOver]:
        """Let a slice go, as the function of this name does; the contacts are locked already."""
        given = {"ids": message_ids, "worker": worker, "now": now, "until": now + LEASE}
        rows = connection.execute(self._statement, given)
        let_go = [row for row in sorted(rows, key=lambda row: row.id) if row.state == State.HANDING_OVER]
        connection.execute(_MOVE_BACK, {"ids": [row.id for row in let_go], "now": now})
        return [
            HandedOver(
                message_id=row.id, contact_id=row.contact_id, address=row.address, attempts=row.attempts
            )
            for row in let_go
        ]


def _letting_go(rules: StepRules) -> ReturningUpdate[Any]:
    now, until = (bindparam(name, type_=Moment()) for name in ("now", "until"))
    verdict = (
        select(
            message.c.id,
            any_reason(rules, now=now).label("reason"),
            ADDRESSES[rules.channel].label("address"),
        )
        .select_from(
            people_of(message.join(enrollment, enrollment.c.id == message.c.enrollment_id), rules.show_id)
        )
        .where(_IN_THE_SLICE, *_MINE)
        .cte("verdict")
        # Else both databases would look for the reason again for each of the columns that depend on it.
        .prefix_with("MATERIALIZED")
    )
    free = verdict.c.reason.is_(None)
    return (
        _LET_GO(free)
        .where(message.c.id == verdict.c.id, message.c.claimed_by == bindparam("worker"))
        .values(
            reason=verdict.c.reason,
            address=case((free, verdict.c.address), else_=null()),
            handed_over_at=case((free, now), else_=null()),
            lease_until=case((free, until), else_=null()),
            claimed_by=case((free, bindparam("worker")), else_=null()),
        )
        .returning(message.c.id, message.c.contact_id, message.c.state, message.c.address, message.c.attempts)
    )


def lock_contacts(connection: Connection, message_ids: Sequence[int]) -> None:
    """Let no other sender decide about these people at this moment; SQLite has one writer anyway."""
    if connection.dialect.name == "postgresql":
        connection.execute(_LOCK_CONTACTS, {"ids": message_ids}).all()
