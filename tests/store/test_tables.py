"""The tables and the SQL that must mean the same on both databases."""

import traceback
from datetime import UTC, datetime, timedelta

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Engine, func, insert, inspect, literal, select
from sqlalchemy.exc import IntegrityError, StatementError

from aftershow.store.bulk import insert_rows
from aftershow.store.migrate import configuration, newest, upgrade
from aftershow.store.numbers import take_ids
from aftershow.store.tables import contact, enrollment, interaction, meeting, message, metadata, secret, show
from aftershow.store.types import Moment, later
from tests.support.moves import TABLE

#: Types too; what the tests put into each database is none of its tables.
COMPARED = {"compare_type": True, "include_name": lambda name, *_: name != TABLE}
NOON = datetime(2026, 3, 8, 12, 0, 0, 250_000, tzinfo=UTC)


def test_migrations_keep_numbers_for_ever(engine: Engine, unmade_engine: Engine) -> None:
    """SQLite makes a table anew to change it; one that gives no number twice still does not."""
    if engine.dialect.name != "sqlite":
        pytest.skip("PostgreSQL's sequences never give a number twice")
    metadata.create_all(unmade_engine)
    assert numbered(engine) == numbered(unmade_engine) != set()


def numbered(engine: Engine) -> set[str]:
    """Return the tables of an SQLite database that never give a number twice."""
    with engine.connect() as connection:
        found = connection.exec_driver_sql("SELECT name FROM sqlite_master WHERE sql LIKE '%AUTOINCREMENT%'")
        return set(found.scalars())


def test_migrations_make_the_tables(engine: Engine) -> None:
    """A database made by the migrations has exactly the tables that the code declares."""
    with engine.begin() as connection:
        context = MigrationContext.configure(connection, opts=COMPARED)
        assert compare_metadata(context, metadata) == []


def test_moments_come_back_as_they_were(engine: Engine) -> None:
    """A time is kept to the microsecond and comes back in UTC."""
    with engine.begin() as connection:
        connection.execute(insert(show).values(key="s", name="S", timezone="UTC", starts_at=NOON))
        assert connection.scalar(select(show.c.starts_at)) == NOON


def test_a_naive_time_is_refused(engine: Engine) -> None:
    """A time without a zone never gets into the database."""
    with pytest.raises(StatementError, match="without a zone"), engine.begin() as connection:
        connection.execute(
            insert(show).values(key="s", name="S", timezone="UTC", starts_at=NOON.replace(tzinfo=None))
        )


@pytest.mark.parametrize("microseconds", [0, 250_000, 999_999])
@pytest.mark.parametrize("seconds", [0, 1, 90.0, 86_400 * 45, -3_600])
def test_later_adds_seconds(engine: Engine, seconds: float, microseconds: int) -> None:
    """`later` gives the same moment on both databases, to the microsecond; it compares with stored ones."""
    start = NOON.replace(second=59, microsecond=microseconds)
    with engine.begin() as connection:
        moment = connection.scalar(select(later(literal(start, Moment()), seconds)))
    assert moment == start + timedelta(seconds=seconds)


def test_foreign_keys_are_enforced(engine: Engine) -> None:
    """Nothing can point at a contact that is not there."""
    row = {"contact_id": 1, "direction": "in", "kind": "note", "occurred_at": NOON, "recorded_at": NOON}
    with pytest.raises(IntegrityError), engine.begin() as connection:
        connection.execute(insert(interaction).values(source="test", external_id="1", **row))


def test_what_is_not_committed_is_gone(engine: Engine) -> None:
    """A transaction that fails leaves nothing behind."""

    def write_twice() -> None:
        with engine.begin() as connection:
            for value in ("once", "the same name again"):
                connection.execute(insert(secret).values(name="key", value=value))

    with pytest.raises(IntegrityError):
        write_twice()
    with engine.begin() as connection:
        assert connection.scalar(select(secret.c.value)) is None


def test_errors_do_not_show_the_row(engine: Engine) -> None:
    """What a database says of a row that it refuses does not quote the row: it is data of people."""
    table = metadata.tables["suppression"]
    row = {"channel": "email", "address": "ana@example.com", "reason": "r", "source": "s", "created_at": NOON}
    with engine.begin() as connection:
        connection.execute(insert(table).values(row))
    with pytest.raises(IntegrityError) as caught, engine.begin() as connection:
        connection.execute(insert(table).values(row))
    assert "ana@example.com" not in "".join(traceback.format_exception(caught.value))


def test_errors_of_many_rows_do_not_show_them(engine: Engine) -> None:
    """A bulk insert that is refused does not quote the row either."""
    table = metadata.tables["suppression"]
    row = {"channel": "email", "address": "ana@example.com", "reason": "r", "source": "s", "created_at": NOON}

    def write() -> None:
        with engine.begin() as connection:
            insert_rows(connection, table, [row, row])

    with pytest.raises(Exception, match=r"(?i)unique") as caught:
        write()
    assert "ana@example.com" not in "".join(traceback.format_exception(caught.value))


_IN_A_CAMPAIGN = (
    "INSERT INTO contact (id, email, email_is_shared, is_customer, locked, created_at, updated_at)"
    " VALUES (1, 'a@example.com', false, false, '[]', '2026-01-01', '2026-01-01')",
    "INSERT INTO campaign_version VALUES (5, 'c', 'x', '', '2026-01-01')",
    "INSERT INTO enrollment (id, campaign, version_id, contact_id, enrolled_at, step)"
    " VALUES (3, 'c', 5, 1, '2026-01-01', 's')",
    "INSERT INTO message (campaign, step, contact_id, occurrence, enrollment_id, channel, template,"
    " state, planned_at, due_at, expires_at, attempts) VALUES ('c', 's', 1, 0, 3, 'email', 't',"
    " 'planned', '2026-01-01', '2026-01-01', '2026-01-08', 0)",
)


@pytest.mark.parametrize("revision", ["0001", "0002", "0003"])
def test_an_older_database_keeps_its_rows(unmade_engine: Engine, revision: str) -> None:
    """Upgrading a database that is in use loses nothing, and it is as a new one afterwards."""
    engine = unmade_engine
    with engine.begin() as connection:
        command.upgrade(configuration(connection), revision)
        for statement in _IN_A_CAMPAIGN:
            connection.exec_driver_sql(statement)
        if revision > "0001":
            connection.exec_driver_sql("UPDATE message SET version_id = 5")
            connection.exec_driver_sql(
                "UPDATE enrollment SET track = 't', occurrence = 7, arm = 'a', round = 2"
            )
    assert upgrade(engine) == (revision, newest())
    with engine.begin() as connection:
        row = connection.execute(select(message.c.version_id, message.c.contact_id, message.c.state)).one()
        assert tuple(row) == (5, 1, "planned")
        row = connection.execute(select(*enrollment.c["id", "track", "occurrence", "arm", "round"])).one()
        assert tuple(row) == ((3, "", 0, None, 0) if revision == "0001" else (3, "t", 7, "a", 2))
        context = MigrationContext.configure(connection, opts=COMPARED)
        assert compare_metadata(context, metadata) == []
        if engine.dialect.name == "sqlite":
            assert connection.exec_driver_sql("PRAGMA foreign_keys").scalar() == 1


def test_what_was_said_is_kept(unmade_engine: Engine) -> None:
    """Notes of a database in use stand in their column after an upgrade, and before it once it is undone."""
    with unmade_engine.begin() as connection:
        command.upgrade(configuration(connection), "0005")
        connection.exec_driver_sql(_IN_A_CAMPAIGN[0])
        connection.exec_driver_sql(
            "INSERT INTO interaction (id, contact_id, direction, kind, outcome, source, external_id,"
            " occurred_at, recorded_at) VALUES (7, 1, 'none', 'note', 'moves in May', 'by hand', 'a',"
            " '2026-01-02', '2026-01-02')"
        )
    upgrade(unmade_engine)
    with unmade_engine.begin() as connection:
        assert connection.execute(select(interaction.c.id, interaction.c.note)).all() == [(7, "moves in May")]
        command.downgrade(configuration(connection), "0005")
        assert connection.exec_driver_sql("SELECT outcome FROM interaction").scalar() == "moves in May"


@pytest.mark.parametrize("statement", _IN_A_CAMPAIGN[2:])
def test_an_upgraded_database_lets_nobody_in_twice(unmade_engine: Engine, statement: str) -> None:
    """The keys that say who is in a campaign, and who gets a step, hold after an upgrade too."""
    with unmade_engine.begin() as connection:
        command.upgrade(configuration(connection), "0003")
        for row in _IN_A_CAMPAIGN:
            connection.exec_driver_sql(row)
    upgrade(unmade_engine)
    again = statement.replace("(3, 'c'", "(4, 'c'")
    with pytest.raises(IntegrityError, match=r"(?i)unique"), unmade_engine.begin() as connection:
        connection.exec_driver_sql(again)


@pytest.mark.parametrize("revision", ["0003", "head"])
def test_numbers_are_given_once(unmade_engine: Engine, revision: str) -> None:
    """A link names a person, a message or a meeting by its number: it never means another one later."""
    with unmade_engine.begin() as connection:
        command.upgrade(configuration(connection), revision)
        for statement in _IN_A_CAMPAIGN:
            connection.exec_driver_sql(statement)
    upgrade(unmade_engine)
    if unmade_engine.dialect.name == "postgresql":
        with unmade_engine.begin() as connection:
            connection.exec_driver_sql("SELECT setval(pg_get_serial_sequence('contact', 'id'), 1)")
    a_meeting = insert(meeting).values(contact_id=1, starts_at=NOON, status="accepted", updated_at=NOON)
    a_contact = insert(contact).values(email_is_shared=False, locked=[], created_at=NOON, updated_at=NOON)
    with unmade_engine.begin() as connection:
        for table, row in ((meeting, a_meeting), (contact, a_contact)):
            connection.execute(row)
            last = connection.scalar(select(func.max(table.c.id)))
            connection.execute(table.delete().where(table.c.id == last))
            connection.execute(row)
            assert connection.scalar(select(func.max(table.c.id))) == last + 1
            assert take_ids(connection, table, 1)[0] > last + 1


def test_the_keys_of_campaigns_begin_with_the_person(engine: Engine) -> None:
    """PostgreSQL may otherwise look for one person among everybody of a campaign (decision 0025)."""
    for table in ("enrollment", "message"):
        (key,) = inspect(engine).get_unique_constraints(table)
        assert key["column_names"][0] == "contact_id"
