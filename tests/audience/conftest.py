"""Both databases at once, so that one test can hold them against each other and against Python."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Connection, Engine

from aftershow.store.engine import open_engine
from tests.support.moves import let_be, watch


@pytest.fixture(scope="package")
def engines(
    postgresql_url: str, sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[list[Engine]]:
    """An engine on SQLite and one on PostgreSQL, with empty tables; nothing is ever committed to them."""
    file = tmp_path_factory.mktemp("audience") / "audience.db"
    file.write_bytes(sqlite_template.read_bytes())
    engines = [open_engine(f"sqlite:///{file}"), open_engine(postgresql_url)]
    for engine in engines:
        # The people of these tests have messages in every state.
        with engine.begin() as connection:
            let_be(connection)
    yield engines
    for engine in engines:
        with engine.begin() as connection:
            watch(connection)
        engine.dispose()


@pytest.fixture
def connections(engines: list[Engine]) -> Iterator[list[Connection]]:
    """A connection to each database, in a transaction that is rolled back."""
    with engines[0].connect() as sqlite, engines[1].connect() as postgresql:
        yield [sqlite, postgresql]
