"""How to wait for what other processes and threads do."""

from collections.abc import Callable
from threading import Event
from typing import TypeVar

import pytest

T = TypeVar("T")

#: Seconds after which something hangs: far more than what is slow takes on a busy machine.
HANGS = 600


def eventually(look: Callable[[], T | None], what: str) -> T:
    """Return what `look` finds, which it may do only after a while; fails where it hangs."""
    pause = Event()
    for _ in range(HANGS * 10):
        found = look()
        if found:
            return found
        pause.wait(0.1)
    pytest.fail(f"not within {HANGS} seconds: {what}")
