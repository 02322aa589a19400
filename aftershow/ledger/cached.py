"""What depends on the time of day, and is slow to work out again for every slice."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Generic, TypeVar

T = TypeVar("T")

#: The hours of a channel and the age of an answer do not need a clock that is more exact.
SECOND = timedelta(seconds=1)


class Cached(Generic[T]):
    """A value as it was at most a second ago."""

    def __init__(self, made_at: Callable[[datetime], T]) -> None:
        self._made_at = made_at
        self._made: tuple[datetime, T] | None = None

    def at(self, now: datetime) -> T:
        """Return the value; `now` is aware, and may run backwards."""
        if self._made is None or abs(now - self._made[0]) >= SECOND:
            self._made = now, self._made_at(now)
        return self._made[1]
