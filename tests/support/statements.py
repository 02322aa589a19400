"""What SQLAlchemy has compiled for one engine serves all engines of a process.

It keeps that for each engine, and each test has an engine of its own: a turn has hundreds of statements,
some of them a screen long, and a third of the time of such tests went into compiling the same ones again.
"""

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import Dialect, Engine, event
from sqlalchemy.util import LRUCache

from aftershow.store import engine as engines

#: For each kind of database its dialect, which knows the server since somebody connected, and the statements.
_SHARED: dict[str, tuple[Dialect, Any]] = {}
#: How an engine is made that shares nothing.
_ALONE = engines.create_engine
#: So many statements of each are kept.
SIZE = 1000


def share_statements() -> None:
    """Let the engines that are opened from now on use what others have compiled."""
    engines.create_engine = _and_share(engines.create_engine)


def let_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the engines of a test have dialects of their own, as of one that watches what they do."""
    monkeypatch.setattr(engines, "create_engine", _ALONE)


def _and_share(create: Callable[..., Engine]) -> Callable[..., Engine]:
    def created(*words: Any, **options: Any) -> Engine:
        engine = create(*words, **options)
        # Not sooner: who opens it has things of its own heard on the dialect, such as how to connect.
        event.listen(engine, "first_connect", lambda *_: _share(engine))
        return engine

    return created


def _share(engine: Engine) -> None:
    engine.dialect, statements = _SHARED.setdefault(engine.name, (engine.dialect, LRUCache(SIZE)))
    engine.update_execution_options(compiled_cache=statements)
