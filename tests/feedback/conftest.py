"""One lead in a campaign, to whom something was sent by every channel."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Connection, Engine, RowMapping, Table, insert, select

from aftershow.store.tables import campaign_version, contact, enrollment, lead, message, show
from aftershow.words.channels import Channel
from tests.support.moves import unwatched

NOW = datetime(2026, 11, 24, 16, tzinfo=UTC)
DAY = timedelta(days=1)
#: A message by each channel: its id and the address it went to.
SENT = {
    Channel.EMAIL: (1, "ana@example.com"),
    Channel.TEXT: (2, "+15085550114"),
    Channel.LETTER: (3, "1 Pump Road, Peoria 61602, US"),
    Channel.CALL: (4, "+13095550100"),
    Channel.MEETING: (5, "ana@example.com"),
}
ANA = {
    "id": 1,
    "given_name": "Ana",
    "email": "ana@example.com",
    "phone": "+13095550100",
    "mobile": "+15085550114",
    "address_1": "1 Pump Road",
    "city": "Peoria",
    "postal_code": "61602",
    "country": "US",
}


@pytest.fixture
def connection(engine: Engine) -> Iterator[Connection]:
    """A connection to each kind of database, with Ana (1), who got everything, and Bo (2)."""
    made = {"created_at": NOW - 9 * DAY, "updated_at": NOW - 9 * DAY}
    with engine.begin() as connection:
        add(connection, contact, **ANA, **made)
        add(connection, contact, id=2, given_name="Bo", email="bo@example.com", **made)
        for number in (1, 2):
            add(connection, show, id=number, key=f"show-{number}", name="Show", timezone="UTC")
            lead_at = {"id": number, "contact_id": 1, "show_id": number, "answers": {"size": "big"}}
            add(connection, lead, **lead_at, created_at=NOW)
        connection.execute(contact.update().where(contact.c.id == 1).values(latest_lead_id=2))
        add(connection, campaign_version, id=1, campaign="c", sha256="0", source="", created_at=NOW)
        enrolled = {"version_id": 1, "contact_id": 1, "lead_id": 1, "enrolled_at": NOW - 8 * DAY}
        add(connection, enrollment, id=1, campaign="c", track="", **enrolled)
        add(connection, enrollment, id=2, campaign="c", track="cards", **enrolled)
        with unwatched(connection):
            for channel, (number, address) in SENT.items():
                _add_message(connection, id=number, step=channel, channel=channel, address=address)
        yield connection


def _add_message(connection: Connection, **columns: Any) -> None:
    times = dict.fromkeys(("planned_at", "due_at", "expires_at", "handed_over_at"), NOW - 2 * DAY)
    common = {"campaign": "c", "contact_id": 1, "enrollment_id": 1, "template": "t", "state": "accepted"}
    add(connection, message, **common, **times, **columns)


def add(connection: Connection, table: Table, **columns: Any) -> None:
    """Insert a row."""
    connection.execute(insert(table).values(**columns))


def rows(connection: Connection, table: Table) -> list[RowMapping]:
    """Return the rows of a table in the order of their first column."""
    return list(connection.execute(select(table).order_by(*table.primary_key)).mappings())
