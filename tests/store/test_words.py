"""The words that the database takes are those of aftershow/words/."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Connection, Engine, insert, inspect, select

from aftershow.store import migrate
from aftershow.store.migrate import newest, upgrade
from aftershow.store.tables import metadata
from aftershow.words.answers import Answer
from aftershow.words.channels import Channel
from aftershow.words.directions import Direction
from aftershow.words.states import State
from tests.store.test_tables import COMPARED

WORDS: Mapping[str, type[StrEnum]] = {
    "answer": Answer,
    "channel": Channel,
    "direction": Direction,
    "state": State,
}
#: What a constraint of another kind is called.
OTHERS = {"ck_message_held_has_a_reason"}


NOON = datetime(2026, 3, 8, 12, 0, tzinfo=UTC)
#: Rows of each table that lists the channels, and of those that they point to or that point to them.
IN_USE: Mapping[str, Mapping[str, object]] = {
    "contact": {"email_is_shared": False, "locked": [], "created_at": NOON, "updated_at": NOON},
    "permission_evidence": {
        "contact_id": 1,
        "channel": "email",
        "purpose": "marketing",
        "answer": "yes",
        "source": "s",
        "said_at": NOON,
    },
    "permission": {
        "contact_id": 1,
        "channel": "email",
        "purpose": "marketing",
        "answer": "yes",
        "evidence_id": 1,
        "said_at": NOON,
    },
    "suppression": {"channel": "text", "address": "+1", "reason": "r", "source": "s", "created_at": NOON},
    "pace": {"channel": "call", "next_at": NOON, "day": "2026-03-08", "sent": 3},
    "campaign_version": {"campaign": "c", "sha256": "x", "source": "", "created_at": NOON},
    "enrollment": {"campaign": "c", "version_id": 1, "contact_id": 1, "enrolled_at": NOON},
    "message": {
        "campaign": "c",
        "step": "s",
        "contact_id": 1,
        "enrollment_id": 1,
        "channel": "letter",
        "template": "t",
        "state": "planned",
        "planned_at": NOON,
        "due_at": NOON,
        "expires_at": NOON,
    },
    "interaction": {
        "contact_id": 1,
        "direction": "in",
        "kind": "note",
        "source": "s",
        "external_id": "1",
        "message_id": 1,
        "occurred_at": NOON,
        "recorded_at": NOON,
    },
}
ANOTHER_CHANNEL = """
from aftershow.store.migrations.checks import allow

revision = 'made_up'
down_revision = '{newest}'


def upgrade() -> None:
    allow('channel', ('email', 'text', 'letter', 'call', 'meeting', 'pigeon'))
"""


def checks(engine: Engine) -> dict[str, str]:
    """Return the conditions that a database has of its rows, by name, as it writes them."""
    there = inspect(engine)
    return {
        str(check["name"]): " ".join(check["sqltext"].split())
        for table in metadata.tables
        for check in there.get_check_constraints(table)
    }


def test_a_migrated_database_takes_the_same_words(engine: Engine, unmade_engine: Engine) -> None:
    """A database that came through all migrations refuses just what one made of the tables refuses."""
    metadata.create_all(unmade_engine)
    assert checks(engine) == checks(unmade_engine) != {}


def test_the_words_are_those_of_the_program(engine: Engine) -> None:
    """A column takes each word of its vocabulary and no other."""
    found = checks(engine)
    assert found.keys() >= OTHERS
    for name in found.keys() - OTHERS:
        _, _, column = name.rpartition("_")
        assert set(re.findall(r"'(\w+)'", found[name])) == set(WORDS[column]), name


def rows(connection: Connection) -> dict[str, list[tuple[object, ...]]]:
    """Return all that stands in the tables that are in use."""
    return {
        name: [tuple(row) for row in connection.execute(select(metadata.tables[name]))] for name in IN_USE
    }


def test_a_migration_adds_a_word(
    unmade_engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A database in use takes a new channel wherever channels are listed; else it is as before."""
    upgrade(unmade_engine)
    message = metadata.tables["message"]
    another = insert(message).values(dict(IN_USE["message"]) | {"step": "another"})
    with unmade_engine.begin() as connection:
        for table, row in IN_USE.items():
            connection.execute(insert(metadata.tables[table]).values(**row))
        connection.execute(another)
        connection.execute(message.delete().where(message.c.step == "another"))
        before = rows(connection)
    words = checks(unmade_engine)

    (tmp_path / "made_up.py").write_text(ANOTHER_CHANNEL.format(newest=newest()))
    configuration = migrate.configuration

    def with_another(connection: Connection) -> Config:
        config = configuration(connection)
        config.set_main_option("path_separator", "newline")
        config.set_main_option("version_locations", f"{migrate.MIGRATIONS / 'versions'}\n{tmp_path}")
        return config

    monkeypatch.setattr(migrate, "configuration", with_another)
    upgrade(unmade_engine)

    taken = checks(unmade_engine)
    changed = {name for name in taken if taken[name] != words[name]}
    assert taken.keys() == words.keys()
    assert changed == {name for name in words if name.endswith("_channel")}
    assert all("'pigeon'" in taken[name] for name in changed)
    with unmade_engine.begin() as connection:
        assert rows(connection) == before
        connection.execute(another.values(channel="pigeon"))
        # The number of the message that is gone is not given again.
        assert connection.scalar(select(message.c.id).where(message.c.channel == "pigeon")) == 3
        context = MigrationContext.configure(connection, opts=COMPARED)
        assert compare_metadata(context, metadata) == []
