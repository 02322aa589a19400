"""What is known of two contacts who are one person becomes that of one; nothing of either is lost."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, RowMapping, delete, insert, select, update

from aftershow.errors import UsageError
from aftershow.people.consent.permissions import stricter
from aftershow.people.identity.merged_meetings import move_meetings
from aftershow.people.record.captures import load_captures
from aftershow.people.record.interactions import Interaction, write
from aftershow.people.record.records import write_records
from aftershow.store.tables import (
    capture,
    contact,
    contact_key,
    enrollment,
    interaction,
    lead,
    merged_contact,
    permission,
    permission_evidence,
    review,
)
from aftershow.words.answers import Answer
from aftershow.words.fields import FLAGS
from aftershow.words.kinds import InteractionKind

#: Columns of which the later one counts.
_LATEST = ("last_captured_at", "last_sent_at", "last_opened_at", "last_clicked_at", "last_replied_at")
#: What a contact does not take over from another.
_OWN = frozenset(("id", "created_at", "updated_at", "locked", "email_is_shared", "rep", *FLAGS, *_LATEST))


def lock_both(connection: Connection, keep: int, gone: int) -> tuple[RowMapping, RowMapping]:
    """Return two contacts who are to become one, whom nobody else changes until the transaction ends.

    Raises UsageError when one of the two is not there, or both are the same.
    """
    kept, lost = _contact(connection, keep), _contact(connection, gone)
    if keep == gone:
        raise UsageError(f"Contact {keep} can't be merged with itself. Give two contacts.")
    return kept, lost


def absorb(connection: Connection, kept: RowMapping, lost: RowMapping, *, by: str, now: datetime) -> None:
    """Give one contact all that is known of another, who is no longer there afterwards.

    Both are locked, and no campaign knows the other one any more: see ledger/merging.
    """
    keep, gone = kept["id"], lost["id"]
    for table in (capture, contact_key, permission_evidence, interaction):
        connection.execute(update(table).where(table.c.contact_id == gone).values(contact_id=keep))
    _move_leads(connection, keep, gone)
    move_meetings(connection, keep, gone)
    _move_permissions(connection, keep, gone)
    _move_reviews(connection, keep, gone)
    connection.execute(
        update(contact).where(contact.c.id == keep).values(**_filled(kept, lost), updated_at=now)
    )
    _remember(connection, keep, lost, by=by, now=now)
    connection.execute(delete(contact).where(contact.c.id == gone))
    write_records(connection, load_captures(connection, [keep]), now=now)


def _contact(connection: Connection, number: int) -> RowMapping:
    # Locked: nobody hands anything over to a person who is being merged.
    one = select(contact).where(contact.c.id == number).with_for_update()
    row = connection.execute(one).mappings().one_or_none()
    if row is None:
        raise UsageError(f"There is no contact {number}. Was it merged already?")
    return row


def _filled(kept: RowMapping, lost: RowMapping) -> dict[str, Any]:
    """Return what `kept` lacks and `lost` has, and the later of both times."""
    filled = {name: lost[name] for name in kept if name not in _OWN and kept[name] is None}
    if kept["phone"] is not None:
        filled.pop("phone_extension", None)
    if "email" in filled:
        filled["email_is_shared"] = lost["email_is_shared"]
    for name in _LATEST:
        filled[name] = max(filter(None, (kept[name], lost[name])), default=None)
    locked_there = [name for name in lost["locked"] if name in filled and name not in kept["locked"]]
    filled["locked"] = [*kept["locked"], *locked_there]
    filled |= {name: kept[name] or lost[name] for name in FLAGS}
    return filled


def _move_leads(connection: Connection, keep: int, gone: int) -> None:
    mine = {row.show_id: row for row in connection.execute(select(lead).where(lead.c.contact_id == keep))}
    for row in connection.execute(select(lead).where(lead.c.contact_id == gone)).all():
        if row.show_id not in mine:
            connection.execute(update(lead).where(lead.c.id == row.id).values(contact_id=keep))
            continue
        same = mine[row.show_id]
        connection.execute(update(enrollment).where(enrollment.c.lead_id == row.id).values(lead_id=same.id))
        connection.execute(delete(lead).where(lead.c.id == row.id))
        connection.execute(
            update(lead)
            .where(lead.c.id == same.id)
            .values(
                grade=same.grade or row.grade,
                owner=same.owner or row.owner,
                answers={**row.answers, **same.answers},
            )
        )


def _move_permissions(connection: Connection, keep: int, gone: int) -> None:
    table = permission.c
    mine = {
        (row.channel, row.purpose): row
        for row in connection.execute(select(permission).where(table.contact_id == keep))
    }
    for row in connection.execute(select(permission).where(table.contact_id == gone)).all():
        same = mine.get((row.channel, row.purpose))
        this = (table.channel == row.channel, table.purpose == row.purpose)
        if same and not stricter(Answer(row.answer), than=Answer(same.answer)):
            continue
        if same:
            connection.execute(delete(permission).where(table.contact_id == keep, *this))
        connection.execute(update(permission).where(table.contact_id == gone, *this).values(contact_id=keep))
    connection.execute(delete(permission).where(table.contact_id == gone))


def _move_reviews(connection: Connection, keep: int, gone: int) -> None:
    table = review.c
    concerned = (table.contact_id == gone) | (table.other_id == gone)
    rows = connection.execute(select(review).where(concerned)).mappings().all()
    connection.execute(delete(review).where(concerned))
    for row in rows:
        other = row["other_id"] if row["contact_id"] == gone else row["contact_id"]
        if other == keep:
            continue
        pair = {"contact_id": min(keep, other), "other_id": max(keep, other)}
        this = (table.contact_id == pair["contact_id"], table.other_id == pair["other_id"])
        answered = {name: row[name] for name in ("answer", "answered_by", "answered_at")}
        if connection.execute(select(table.id).where(*this)).first() is None:
            connection.execute(insert(review).values({**row, **pair}))
        elif row["answer"]:
            connection.execute(update(review).where(*this, table.answer.is_(None)).values(answered))


def _remember(connection: Connection, keep: int, lost: RowMapping, *, by: str, now: datetime) -> None:
    gone = lost["id"]
    connection.execute(update(merged_contact).where(merged_contact.c.into_id == gone).values(into_id=keep))
    connection.execute(
        insert(merged_contact).values(
            id=gone, into_id=keep, fields=_as_document(lost.items()), merged_by=by, merged_at=now
        )
    )
    merged = Interaction(
        contact_id=keep,
        kind=InteractionKind.MERGED,
        at=now,
        source="merge",
        external_id=str(gone),
        data={"contact": gone, "by": by},
    )
    write(connection, [merged], now=now)


def _as_document(items: Iterable[tuple[Any, Any]]) -> dict[str, Any]:
    return {str(name): value.isoformat() if isinstance(value, datetime) else value for name, value in items}
