"""Pairs of contacts who may be one person: listed here, and decided by a person."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, insert, select, tuple_, update

from aftershow.errors import UsageError
from aftershow.store.tables import account, contact, review

#: A contact, another, and why they may be one.
Pair = tuple[int, int, str]


@dataclass(frozen=True, kw_only=True, slots=True)
class Candidate:
    """One of the two, as far as it helps to decide."""

    id: int
    name: str
    company: str | None
    email: str | None
    phone: str | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Review:
    """Two contacts who may be one person; nobody has answered yet."""

    id: int
    one: Candidate
    other: Candidate
    reason: str
    created_at: datetime


def add_reviews(connection: Connection, pairs: Iterable[Pair], *, now: datetime) -> int:
    """Put pairs on the list that are not there, answered or not; returns how many are new."""
    wanted: dict[tuple[int, int], str] = {}
    for one, other, reason in pairs:
        wanted.setdefault((min(one, other), max(one, other)), reason)
    if not wanted:
        return 0
    known = connection.execute(
        select(review.c.contact_id, review.c.other_id).where(
            tuple_(review.c.contact_id, review.c.other_id).in_(list(wanted))
        )
    )
    for one, other in known:
        del wanted[one, other]
    rows = [
        {"contact_id": one, "other_id": other, "reason": reason, "created_at": now}
        for (one, other), reason in wanted.items()
    ]
    if rows:
        connection.execute(insert(review), rows)
    return len(rows)


def open_reviews(connection: Connection) -> Sequence[Review]:
    """Return the pairs that nobody has answered, the oldest first."""
    rows = connection.execute(
        select(review).where(review.c.answer.is_(None)).order_by(review.c.created_at, review.c.id)
    ).all()
    people = _candidates(connection, {number for row in rows for number in (row.contact_id, row.other_id)})
    return [
        Review(
            id=row.id,
            one=people[row.contact_id],
            other=people[row.other_id],
            reason=row.reason,
            created_at=row.created_at,
        )
        for row in rows
    ]


def _candidates(connection: Connection, contact_ids: set[int]) -> dict[int, Candidate]:
    rows = connection.execute(
        select(contact, account.c.name.label("company"))
        .outerjoin(account, account.c.id == contact.c.account_id)
        .where(contact.c.id.in_(contact_ids))
    )
    return {
        row.id: Candidate(
            id=row.id,
            name=" ".join(filter(None, (row.given_name, row.family_name))),
            company=row.company,
            email=row.email,
            phone=row.phone or row.mobile,
        )
        for row in rows
    }


def open_pair(connection: Connection, review_id: int) -> tuple[int, int]:
    """Return the two contacts of a pair, the older first; raises UsageError when the pair is not open."""
    row = connection.execute(
        select(review).where(review.c.id == review_id, review.c.answer.is_(None))
    ).one_or_none()
    if row is None:
        raise UsageError(f"No open pair has the number {review_id}. List the pairs to see their numbers.")
    return row.contact_id, row.other_id


def keep_apart(connection: Connection, review_id: int, *, by: str, now: datetime) -> None:
    """Write down that the two of a pair are different people; they are never asked about again."""
    connection.execute(
        update(review)
        .where(review.c.id == review_id)
        .values(answer="different", answered_by=by, answered_at=now)
    )
