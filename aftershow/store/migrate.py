"""Bring a database to the tables of this version, with Alembic."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine

from aftershow.errors import UsageError

MIGRATIONS = Path(__file__).parent / "migrations"


def upgrade(engine: Engine) -> tuple[str | None, str]:
    """Upgrade to the newest tables, in one transaction; returns the revisions before and after."""
    with engine.begin() as connection:
        before = MigrationContext.configure(connection).get_current_revision()
        config = configuration(connection)
        command.upgrade(config, "head")
        return before, newest()


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
