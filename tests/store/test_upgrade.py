"""A database that is in use is upgraded with all that is in it."""

from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import Any

from alembic import command
from sqlalchemy import Connection, Engine, MetaData, insert, select

from aftershow.people.record.profile import profile
from aftershow.store.migrate import configuration, newest, upgrade
from aftershow.store.tables import enrollment, message
from aftershow.words.states import State

#: The newest tables of the version before this one.
BEFORE = "0005"
AT = datetime(2026, 9, 18, 15, 30, tzinfo=UTC)
_Rows = list[dict[str, Any]]


def a_contact(number: int, **facts: Any) -> dict[str, Any]:
    """Return the row of a contact."""
    row = {"id": number, "email": f"person{number}@example.com", "email_is_shared": False}
    told = {"given_name": "Zoë", "is_customer": False, "locked": ["title"], "possible_zones": None}
    return row | told | {"created_at": AT, "updated_at": AT, "last_sent_at": AT} | facts


def a_message(number: int, state: State) -> dict[str, Any]:
    """Return the row of a message in a state, of the person with its number."""
    row: dict[str, Any] = {"id": number, "contact_id": number, "enrollment_id": number, "campaign": "a-leads"}
    row |= {"step": "thanks", "occurrence": 0, "version_id": 7, "channel": "email", "template": "thanks"}
    row |= {"state": state.value, "reason": None, "attempts": 1, "cost": None, "address": None}
    row |= {"planned_at": AT, "due_at": AT, "expires_at": AT + timedelta(days=7), "handed_over_at": None}
    if state is State.HELD:
        row["reason"] = "approval"
    if state in (State.CLAIMED, State.HANDING_OVER):
        row |= {"claimed_by": "worker", "lease_until": AT + timedelta(minutes=5)}
    if state in (State.HANDING_OVER, State.ACCEPTED, State.UNKNOWN):
        row |= {"handed_over_at": AT, "address": f"person{number}@example.com"}
    return row


def rows_of_before() -> dict[str, _Rows]:
    """Return a few rows of each table of the version before, with somebody in each state of a message."""
    people = range(1, len(State) + 1)
    show = {"id": 1, "key": "pack-expo", "name": "Pack Expo", "timezone": "America/Chicago"}
    lead = {"show_id": 1, "grade": "A", "status": "new", "answers": {"timing": "now"}, "created_at": AT}
    enrolled = {"campaign": "a-leads", "track": "", "occurrence": 0, "version_id": 7, "enrolled_at": AT}
    said = {"channel": "email", "purpose": "marketing", "answer": "yes", "said_at": AT}
    happened = {"channel": "email", "direction": "in", "source": "by hand", "recorded_at": AT}
    return {
        "show": [show],
        "account": [{"id": 1, "name": "ACME", "core": "acme", "is_customer": True, "created_at": AT}],
        "contact": [a_contact(number, account_id=1) for number in people],
        "contact_key": [{"kind": "email", "value": "person1@example.com", "contact_id": 1}],
        "lead": [{"id": number, "contact_id": number, **lead} for number in people],
        "import_file": [
            {"id": 1, "show_id": 1, "sha256": "x", "name": "a.csv", "rows": 1, "imported_at": AT}
        ],
        "set_aside": [
            {"show_id": 1, "sha256": "y", "name": "b.csv", "tries": 1, "tried_at": AT, "read_as": "z"}
        ],
        "capture": [
            {
                "id": 1,
                "show_id": 1,
                "row_hash": "h",
                "file_id": 1,
                "line": 2,
                "contact_id": 1,
                "cells": {"a": "b"},
            }
            | {"fields": {"email": "person1@example.com"}, "imported_at": AT}
        ],
        "fix_entry": [
            {"id": 1, "show_id": 1, "row_hash": "i", "file_id": 1, "line": 3, "reason": "r", "cells": {}}
            | {"created_at": AT}
        ],
        "review": [{"id": 1, "contact_id": 1, "other_id": 2, "reason": "alike", "created_at": AT}],
        "merged_contact": [{"id": 99, "into_id": 1, "fields": {}, "merged_by": "dana", "merged_at": AT}],
        "permission_evidence": [{"id": 1, "contact_id": 1, "source": "show:pack-expo", **said}],
        "permission": [{"contact_id": 1, "evidence_id": 1, **said}],
        "suppression": [
            {"channel": "text", "address": "+15085550114", "reason": "r", "source": "s", "created_at": AT}
        ],
        "campaign_version": [
            {"id": 7, "campaign": "a-leads", "sha256": "x", "source": "campaign: a-leads", "created_at": AT}
        ],
        "enrollment": [
            {"id": number, "contact_id": number, "lead_id": number, "step": "thanks", "round": number}
            | {"arm": "a", "base_at": AT, "due_at": AT, **enrolled}
            for number in people
        ],
        "message": [a_message(number, state) for number, state in enumerate(State, start=1)],
        "interaction": [
            {"id": 1, "contact_id": 1, "kind": "replied", "external_id": "1", "occurred_at": AT, **happened}
            | {"outcome": "wants a quote", "data": {"note": "wants a quote"}}
        ],
        "meeting": [{"id": 1, "contact_id": 1, "starts_at": AT, "status": "accepted", "updated_at": AT}],
        "pace": [{"channel": "email", "next_at": AT, "day": "2026-09-18", "sent": 3}],
        "secret": [{"name": "signing", "value": "key"}],
    }


def everything(connection: Connection) -> dict[str, Counter[str]]:
    """Return what each row of a database holds, by table: the values, whatever their columns are called."""
    there = MetaData()
    there.reflect(connection)
    return {
        name: Counter(
            " ".join(sorted(repr(value) for value in row if value is not None))
            for row in connection.execute(select(table))
        )
        for name, table in there.tables.items()
        if name != "alembic_version"
    }


def fill(connection: Connection) -> None:
    """Write the rows of the version before into its tables."""
    old = MetaData()
    old.reflect(connection)
    rows = rows_of_before()
    assert rows.keys() == old.tables.keys() - {"alembic_version"}, "each table has a row to lose"
    for name in (table.name for table in old.sorted_tables if table.name in rows):
        for row in rows[name]:
            connection.execute(insert(old.tables[name]).values(row))


def test_a_database_in_use_is_upgraded_with_its_data(unmade_engine: Engine) -> None:
    """Everybody is where they were: in their campaign, at their step, with their message in its state."""
    with unmade_engine.begin() as connection:
        command.upgrade(configuration(connection), BEFORE)
        fill(connection)
        before = everything(connection)
    assert upgrade(unmade_engine) == (BEFORE, newest())
    with unmade_engine.begin() as connection:
        after = everything(connection)
        assert {name: after[name] for name in before} == before
        states = connection.execute(select(message.c.id, message.c.state).order_by(message.c.id)).all()
        assert [state for _, state in states] == list(State)
        at_the_step = select(enrollment.c.contact_id).where(enrollment.c.step == "thanks")
        assert len(connection.scalars(at_the_step).all()) == len(State)
        person = profile(connection, 1)
    assert [waiting.state for waiting in person.messages] == [State.PLANNED]
    assert [happening.kind for happening in person.timeline] == ["replied"]
    assert [lead.answers for lead in person.leads] == [{"timing": "now"}]
