"""Two contacts turn out to be one: what campaigns did, and were to do, with both is brought together."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import Connection, RowMapping, delete, select, update

from aftershow.ledger.states import By, moving
from aftershow.people.identity.merging import absorb, lock_both
from aftershow.people.identity.reviews import keep_apart, open_pair
from aftershow.store.tables import enrollment, message
from aftershow.words.states import State

#: Nothing has left the house: such a message gives way to one that has.
_STILL_HERE = (State.PLANNED, State.HELD, State.CLAIMED)
_GIVE_WAY = moving(*_STILL_HERE, to=State.CANCELLED, by=By.PERSON)
#: Why a message is cancelled that the other contact gets, or got.
MERGED = "merged"


def answer_review(
    connection: Connection, review_id: int, answer: Literal["same", "different"], *, by: str, now: datetime
) -> int | None:
    """Decide on a pair; `same` merges the younger contact into the older, whose id is returned.

    A pair that is `different` is never asked about again. Raises UsageError when the pair is not open.
    """
    keep, gone = open_pair(connection, review_id)
    if answer == "same":
        merge(connection, keep, gone, by=by, now=now)
        return keep
    keep_apart(connection, review_id, by=by, now=now)
    return None


def merge(connection: Connection, keep: int, gone: int, *, by: str, now: datetime) -> None:
    """Make `gone` a part of `keep`; its number is remembered and leads to `keep` from now on.

    Of two permissions the stricter counts. Nobody gets a message of a step twice: what both were to get is
    sent once. `by` says who decided. Raises UsageError when one of the two is not there.
    """
    kept, lost = lock_both(connection, keep, gone)
    _move_campaigns(connection, keep, gone, now=now)
    absorb(connection, kept, lost, by=by, now=now)


def _move_campaigns(connection: Connection, keep: int, gone: int, *, now: datetime) -> None:
    """Give `keep` the enrollments and messages of `gone`.

    Where both have the message of a step, one stays: what has left the house goes before what has not, then
    that of `keep`. The other is kept for the record under an occurrence that no plan uses, the negative of
    its id; if it had not left, it is cancelled.
    """
    _move_messages(connection, keep, gone, now=now)
    mine = {
        _what_for(row): row
        for row in connection.execute(select(enrollment).where(enrollment.c.contact_id == keep)).mappings()
    }
    theirs = connection.execute(select(enrollment).where(enrollment.c.contact_id == gone)).mappings().all()
    for row in theirs:
        if same := mine.get(_what_for(row)):
            _join(connection, same, row)
        else:
            connection.execute(update(enrollment).where(enrollment.c.id == row["id"]).values(contact_id=keep))


def _what_for(row: Mapping[Any, Any]) -> tuple[str, str, int]:
    """Return what a contact is enrolled for once."""
    return row["campaign"], row["track"], row["occurrence"]


def _join(connection: Connection, mine: RowMapping, theirs: RowMapping) -> None:
    """Let one enrollment stand for both; who left as one of them has left."""
    connection.execute(
        update(message).where(message.c.enrollment_id == theirs["id"]).values(enrollment_id=mine["id"])
    )
    if theirs["exited_at"] and not mine["exited_at"]:
        left = {name: theirs[name] for name in ("exited_at", "exit_reason")}
        connection.execute(update(enrollment).where(enrollment.c.id == mine["id"]).values(left))
    connection.execute(delete(enrollment).where(enrollment.c.id == theirs["id"]))


def _move_messages(connection: Connection, keep: int, gone: int, *, now: datetime) -> None:
    # Locked: what is read here as not yet sent must not be sent while it is being set aside.
    both = select(message).where(message.c.contact_id.in_((keep, gone))).order_by(message.c.id)
    rows = connection.execute(both.with_for_update()).all()
    mine = {(row.campaign, row.step, row.occurrence): row for row in rows if row.contact_id == keep}
    for row in (row for row in rows if row.contact_id == gone):
        same = mine.get((row.campaign, row.step, row.occurrence))
        if same:
            gives_way = same if same.state in _STILL_HERE and row.state not in _STILL_HERE else row
            _set_aside(connection, gives_way.id, now=now)
        connection.execute(update(message).where(message.c.id == row.id).values(contact_id=keep))


def _set_aside(connection: Connection, message_id: int, *, now: datetime) -> None:
    connection.execute(update(message).where(message.c.id == message_id).values(occurrence=-message_id))
    connection.execute(
        _GIVE_WAY.where(message.c.id == message_id).values(
            reason=MERGED, settled_at=now, claimed_by=None, lease_until=None
        )
    )
