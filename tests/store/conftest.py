"""What tests of the tables may use beside a fresh database: one that has no tables yet."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine

from aftershow.store.engine import open_engine
from tests.conftest import database_beside


@pytest.fixture
def unmade_engine(database_url: str, tmp_path: Path) -> Iterator[Engine]:
    """An engine on a database without tables, once for each kind."""
    if database_url.startswith("sqlite"):
        engine = open_engine(f"sqlite:///{tmp_path}/old.db")
        yield engine
        engine.dispose()
        return
    with database_beside(database_url, "old") as url:
        engine = open_engine(url)
        yield engine
        engine.dispose()
