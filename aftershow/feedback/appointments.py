"""The table of meetings, kept as reports of what happened to them come in, in whatever order."""

from datetime import datetime

from sqlalchemy import ColumnElement, Connection, func, select, update

from aftershow.audience.meetings import OFF
from aftershow.feedback.report import Report
from aftershow.store.engine import insert_into
from aftershow.store.tables import meeting
from aftershow.words.kinds import Meeting, kinds_of_meetings

#: What can be said of a meeting that is over; the rest is said of one to come.
_AFTERWARDS = kinds_of_meetings(Meeting.OVER)

#: What changes a meeting.
KINDS = kinds_of_meetings(*Meeting)


def keep_meeting(connection: Connection, report: Report) -> None:
    """Write down what is reported of a contact's meeting.

    Without `meeting_at` the meeting is meant that is next at that moment, or, for what is said afterwards,
    the one that began last; where the contact has none, nothing is kept. What happened later than this stays.
    """
    starts_at = report.meeting_at or _meant(connection, report)
    if starts_at is None:
        return
    values = {"status": report.kind, "place": report.place, "updated_at": report.at}
    connection.execute(
        insert_into(connection, meeting)
        .values(contact_id=report.contact_id, starts_at=starts_at, **values)
        .on_conflict_do_nothing()
    )
    connection.execute(
        update(meeting)
        .where(
            meeting.c.contact_id == report.contact_id,
            meeting.c.starts_at == starts_at,
            meeting.c.updated_at <= report.at,
        )
        .values({**values, "place": func.coalesce(report.place, meeting.c.place)})
    )


def _meant(connection: Connection, report: Report) -> datetime | None:
    begun, to_come = meeting.c.starts_at <= report.at, meeting.c.starts_at > report.at
    last = _one(begun, meeting.c.starts_at.desc()), _one(to_come, meeting.c.starts_at)
    first = (
        _one(to_come & meeting.c.status.not_in(OFF), meeting.c.starts_at),
        _one(begun, meeting.c.starts_at.desc()),
    )
    for query in last if report.kind in _AFTERWARDS else first:
        found: datetime | None = connection.scalar(query.where(meeting.c.contact_id == report.contact_id))
        if found is not None:
            return found
    return None


def _one(condition: ColumnElement[bool], order: ColumnElement[datetime]):  # type: ignore[no-untyped-def]  # the column says more than a type
    return select(meeting.c.starts_at).where(condition).order_by(order).limit(1)
