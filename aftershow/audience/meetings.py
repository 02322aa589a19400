"""Which of a contact's meetings a condition speaks of: the next one that stands, else the latest."""

from typing import TypeVar

from sqlalchemy import Column, ColumnElement, Select, and_, case, literal, select

from aftershow.audience.scope import Scope
from aftershow.store.tables import contact, meeting
from aftershow.store.types import Moment
from aftershow.words.kinds import Meeting, kinds_of_meetings

#: A meeting of which this was said last does not take place.
OFF = kinds_of_meetings(Meeting.OFF)

T = TypeVar("T")


def current(column: Column[T], scope: Scope) -> ColumnElement[T]:
    """A column of the scope's meeting, or of the one that counts at its now; NULL for a contact who has none.

    The SQL is correlated with the enclosing statement's `contact`.
    """
    mine = meeting.alias()
    if scope.meeting is not None:
        this = select(mine.c[column.name]).where(mine.c.id == scope.meeting)
        return this.correlate_except(mine).scalar_subquery()
    upcoming = and_(mine.c.starts_at >= literal(scope.now, Moment()), mine.c.status.not_in(OFF))
    query: Select[tuple[T]] = (
        select(mine.c[column.name])
        .where(mine.c.contact_id == contact.c.id)
        # The soonest of those to come; without one, the latest of all.
        .order_by(case((upcoming, 0), else_=1), case((upcoming, mine.c.starts_at)), mine.c.starts_at.desc())
        .limit(1)
    )
    return query.correlate_except(mine).scalar_subquery()
