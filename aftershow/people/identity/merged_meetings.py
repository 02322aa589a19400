"""Appointments with a contact who turns out to be another one."""

from sqlalchemy import Connection, delete, select, update

from aftershow.store.tables import meeting


def move_meetings(connection: Connection, keep: int, gone: int) -> None:
    """Give `keep` the meetings of `gone`; where both have one at the same time, what was said last stays."""
    mine = {row.starts_at: row for row in connection.execute(_of(keep))}
    for row in connection.execute(_of(gone)).all():
        same = mine.get(row.starts_at)
        if same:
            earlier = same if same.updated_at < row.updated_at else row
            connection.execute(delete(meeting).where(meeting.c.id == earlier.id))
    connection.execute(update(meeting).where(meeting.c.contact_id == gone).values(contact_id=keep))


def _of(contact_id: int):  # type: ignore[no-untyped-def]  # the columns say more than a type
    return select(meeting).where(meeting.c.contact_id == contact_id)
