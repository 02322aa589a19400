"""Both databases at once, so that one test can hold them against each other and against Python."""

from collections.abc import Iterator

import pytest
from sqlalchemy import Connection, Engine

from aftershow.store.engine import open_engine
from aftershow.store.migrate import upgrade
from tests.conftest import database_beside
from tests.support.moves import let_be


@pytest.fixture(scope="session")
def engines(postgresql_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[Engine]]:
    """An engine on SQLite and one on PostgreSQL, with empty tables; nothing is ever committed to them."""
    file = tmp_path_factory.mktemp("audience") / "audience.db"
    with database_beside(postgresql_url, "audience") as url:
        engines = [open_engine(f"sqlite:///{file}"), open_engine(url)]
        for engine in engines:
            upgrade(engine)
            # The people of these tests have messages in every state.
            with engine.begin() as connection:
                let_be(connection)
        yield engines
        for engine in engines:
            engine.dispose()


@pytest.fixture
def connections(engines: list[Engine]) -> Iterator[list[Connection]]:
    """A connection to each database, in a transaction that is rolled back."""
    with engines[0].connect() as sqlite, engines[1].connect() as postgresql:
        yield [sqlite, postgresql]
