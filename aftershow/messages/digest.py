"""What a rep should know at the end of a day: scans without a grade, and what people were promised."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Connection, Row, and_, func, literal, select, true

from aftershow.audience.functions import MemberName, member
from aftershow.people.normalizing.harmless import said, said_name, said_phrase
from aftershow.store.tables import account, capture, contact, lead


def digest(
    connection: Connection, rep: str, show_id: int | None, zone: str, *, now: datetime
) -> Mapping[str, Sequence[Mapping[str, Any]]]:
    """Return a rep's leads without a grade, and what was promised today (in the zone), of a show or of all.

    Each entry has name, company and captured_at (in the zone); a promise also what it says: the answer
    `promised`, else the notes of the scan.
    """
    clock = ZoneInfo(zone)
    mine = and_(lead.c.owner == rep, true() if show_id is None else lead.c.show_id == show_id)
    today = now.astimezone(clock).replace(hour=0, minute=0, second=0, microsecond=0)
    people = lead.join(contact, contact.c.id == lead.c.contact_id).outerjoin(
        account, account.c.id == contact.c.account_id
    )
    who = (contact.c.given_name, contact.c.family_name, account.c.name.label("company"))
    ungraded = (
        select(*who, lead.c.last_captured_at.label("captured_at"))
        .select_from(people)
        .where(mine, lead.c.grade.is_(None))
        .order_by(lead.c.id)
    )
    promise = func.coalesce(_said(lead.c.answers, "promised"), _said(capture.c.fields, "notes"))
    scans = and_(capture.c.contact_id == contact.c.id, capture.c.show_id == lead.c.show_id)
    promised = (
        select(*who, capture.c.captured_at, promise.label("promise"))
        .select_from(people.join(capture, scans))
        .where(mine, promise.is_not(None), capture.c.captured_at >= today)
        .order_by(capture.c.id)
    )
    return {
        "ungraded": [_entry(row, clock) for row in connection.execute(ungraded)],
        "promises": [
            _entry(row, clock) | {"promise": said(row.promise)} for row in connection.execute(promised)
        ],
    }


def _said(document: ColumnElement[Any], name: str) -> ColumnElement[str | None]:
    said: ColumnElement[Any] = member(document, literal(name, MemberName()))
    return said


def _entry(row: Row[Any], clock: ZoneInfo) -> dict[str, Any]:
    name = " ".join(filter(None, map(said_name, (row.given_name, row.family_name))))
    scanned = row.captured_at.astimezone(clock) if row.captured_at else None
    return {"name": name or None, "company": said_phrase(row.company), "captured_at": scanned}
