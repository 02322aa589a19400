"""The moments before and after each commit and each call of the provider, and what is to happen at one."""

import socket
from collections.abc import Callable
from threading import Lock
from types import TracebackType
from typing import Any, Self

from sqlalchemy import Engine

#: What reaches the provider. Between an answer and the call before it nothing happens out there.
CALLS = ("connect", "send", "sendall", "sendmsg")


class Boundaries:
    """Counts them while its `with` block runs, over one engine and all sockets of this process."""

    def __init__(self, engine: Engine) -> None:
        self._places: list[tuple[Any, str]] = [(engine.dialect, "do_commit")]
        self._places += [(socket.socket, call) for call in CALLS]
        self._before: list[Any] = []
        self._deeds: dict[int, Callable[[], object]] = {}
        self._counting = Lock()
        #: the name of each boundary that was passed, such as "before do_commit"
        self.passed: list[str] = []

    def at(self, number: int, deed: Callable[[], object]) -> None:
        """Do something at a boundary, counted from 1."""
        self._deeds[number] = deed

    def __enter__(self) -> Self:
        for owner, name in self._places:
            usual = getattr(owner, name)
            self._before.append(vars(owner).get(name))
            setattr(owner, name, self._watched(name, usual))
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for (owner, name), before in zip(self._places, self._before, strict=True):
            if before is None:
                delattr(owner, name)
            else:
                setattr(owner, name, before)

    def _watched(self, name: str, usual: Callable[..., Any]) -> Callable[..., Any]:
        def watched(*args: Any, **options: Any) -> Any:
            self._pass(f"before {name}")
            result = usual(*args, **options)
            self._pass(f"after {name}")
            return result

        return watched

    def _pass(self, name: str) -> None:
        # Connections have threads of their own: two at once would count as one, and a deed be left out.
        with self._counting:
            self.passed.append(name)
            deed = self._deeds.pop(len(self.passed), None)
        if deed is not None:
            deed()
