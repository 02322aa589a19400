"""Adding what a query gives."""

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, Engine, Select, func, literal, select, text

from aftershow.store.bulk import insert_rows
from aftershow.store.insert_missing import MANY, insert_missing
from aftershow.store.tables import contact, meeting
from aftershow.store.types import Moment

NOW = datetime(2026, 9, 21, 15, tzinfo=UTC)


def test_what_is_there_stays_as_it_is(engine: Engine) -> None:
    """Only new rows count."""
    with engine.begin() as connection:
        _add_contacts(connection, 3)
        assert insert_missing(connection, meeting, _meetings(2)) == 2
        unknown = _meetings(3).where(contact.c.id.not_in(select(meeting.c.contact_id)))
        assert insert_missing(connection, meeting, unknown) == 1
        assert insert_missing(connection, meeting, unknown) == 0
        assert insert_missing(connection, meeting, _meetings(3)) == 0
        assert connection.scalar(select(func.count()).select_from(meeting)) == 3


def test_the_planner_knows_of_what_this_transaction_added(engine: Engine) -> None:
    """PostgreSQL would take the table for an empty one, and go through all of it for each row of another."""
    with engine.begin() as connection:
        _add_contacts(connection, MANY)
        assert insert_missing(connection, meeting, _meetings(MANY)) == MANY
        if connection.dialect.name == "postgresql":
            known = text("SELECT reltuples FROM pg_class WHERE relname = 'meeting'")
            assert connection.scalar(known) == MANY


def _add_contacts(connection: Connection, count: int) -> None:
    values = {"email_is_shared": False, "is_customer": False, "locked": []}
    times = {"created_at": NOW, "updated_at": NOW}
    insert_rows(connection, contact, [{"id": n, **values, **times} for n in range(1, count + 1)])


def _meetings(most: int) -> Select[Any]:
    """A meeting with each of the first contacts."""
    now = literal(NOW, Moment())
    columns = (now.label("starts_at"), literal("accepted").label("status"), now.label("updated_at"))
    return select(contact.c.id.label("contact_id"), *columns).where(contact.c.id <= most)
