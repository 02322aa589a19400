"""What tests of the tables may use beside a fresh database: one that has no tables yet."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine, make_url

from aftershow.store.engine import open_engine


@pytest.fixture
def unmade_engine(database_url: str, tmp_path: Path) -> Iterator[Engine]:
    """An engine on a database without tables, once for each kind."""
    if database_url.startswith("sqlite"):
        engine = open_engine(f"sqlite:///{tmp_path}/old.db")
        yield engine
        engine.dispose()
        return
    admin = open_engine(database_url).execution_options(isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.exec_driver_sql("CREATE DATABASE old")
    engine = open_engine(make_url(database_url).set(database="old").render_as_string(hide_password=False))
    yield engine
    engine.dispose()
    with admin.connect() as connection:
        connection.exec_driver_sql("DROP DATABASE old")
    admin.dispose()
