"""Where and when a run works. Nobody who starts a run says so: neither is a parameter of a flow."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from aftershow.desk import right_now
from aftershow.errors import UsageError

#: Names the workspace of a worker, and of all that it runs.
WORKSPACE = "AFTERSHOW_WORKSPACE"


@dataclass(frozen=True, kw_only=True, slots=True)
class Occasion:
    """The workspace that a run works in, and its moment."""

    workspace: Path
    #: the moment to work at, for plays in virtual time; None: now
    at: datetime | None = None

    @property
    def now(self) -> datetime:
        """Return the moment to work at."""
        return self.at or right_now()


_OCCASION: ContextVar[Occasion] = ContextVar("occasion")


@contextmanager
def on(occasion: Occasion) -> Iterator[None]:
    """Let the flows that are called in this block work at that place and moment."""
    before = _OCCASION.set(occasion)
    try:
        yield
    finally:
        _OCCASION.reset(before)


def this_occasion() -> Occasion:
    """Return where and when this run works: as the command said that called it, else as its worker is set.

    Raises UsageError when the worker's environment names no workspace.
    """
    said = _OCCASION.get(None)
    return said or Occasion(workspace=_of_the_worker())


def _of_the_worker() -> Path:
    folder = Path(os.environ.get(WORKSPACE, ""))
    # A run begins in an empty folder, where no relative path leads anywhere.
    if not folder.is_absolute():
        raise UsageError(
            f"This worker does not know its workspace: start it with {WORKSPACE}, the folder's whole path, "
            "in its environment."
        )
    return folder
