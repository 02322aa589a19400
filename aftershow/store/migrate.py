"""Bring a database to the tables of this version, with Alembic."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine

from aftershow.errors import UsageError

MIGRATIONS = Path(__file__).parent / "migrations"


def upgrade(engine: Engine) -> tuple[str | None, str]:
    """Upgrade to the newest tables, in one transaction; returns the revisions before and after."""
    with engine.connect() as connection, _foreign_keys_resting(connection), connection.begin():
        before = MigrationContext.configure(connection).get_current_revision()
        command.upgrade(configuration(connection), "head")
        return before, newest()


@contextmanager
def _foreign_keys_resting(connection: Connection) -> Iterator[None]:
    """Let SQLite change a table, which it does by making it anew: rows that point to it would forbid that.

    The setting is deaf inside a transaction, so it is changed around it.
    """
    if connection.dialect.name != "sqlite":
        yield
        return
    driver: Any = connection.connection.driver_connection
    driver.execute("PRAGMA foreign_keys=OFF")
    try:
        yield
        if driver.execute("PRAGMA foreign_key_check").fetchone() is not None:
            raise UsageError("The database was upgraded, but some of its rows point to rows that are gone.")
    finally:
        driver.execute("PRAGMA foreign_keys=ON")


def ensure_ready(engine: Engine) -> None:
    """Check that the tables are this version's; an embedded SQLite file is upgraded by itself.

    Raises UsageError for a PostgreSQL database that has not been upgraded: other workers may be using it, so
    a person chooses the moment.
    """
    with engine.begin() as connection:
        current = MigrationContext.configure(connection).get_current_revision()
    if current == newest():
        return
    if engine.dialect.name != "sqlite":
        raise UsageError("The database is not at this version's tables. Run `aftershow db upgrade` first.")
    upgrade(engine)


def newest() -> str:
    """Return the revision that this version of Aftershow needs."""
    head = ScriptDirectory(str(MIGRATIONS)).get_current_head()
    assert head is not None, "the package ships at least one migration"  # noqa: S101
    return head


def configuration(connection: Connection) -> Config:
    """Return Alembic's settings for one open connection."""
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.attributes["connection"] = connection
    return config
