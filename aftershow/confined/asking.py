"""Ask for what is done in a process of its own."""

import atexit
import os
from collections.abc import Callable, Generator, Iterable
from threading import Lock
from typing import Any

from aftershow.confined.limits import Limits
from aftershow.confined.process import Process
from aftershow.errors import AftershowError, ContentError, LeadFileError, LimitError, UsageError

#: How an answer begins: a value of many, the last one, an error of ours, one of somebody else's, no memory.
VALUE, END, RAISED, FAILED, NO_MEMORY = range(5)
#: The errors that come back as what they are.
_OURS = {kind.__name__: kind for kind in (ContentError, LeadFileError, UsageError)}

#: Processes that did well wait here, with all they have loaded, for whoever asks next.
_idle: list[Process] = []
_lock = Lock()


def ask(
    function: Callable[..., Iterable[Any]], *arguments: Any, limits: Limits
) -> Generator[Any, None, None]:
    """Yield what `function(*arguments)` yields in a process of its own, one after the other.

    `function` is one of a module; what it yields are plain values (see wire.read_plain). An error of ours
    that it raises is raised here, with its text. Raises LimitError when it takes too much or breaks down. Who
    stops listening before the end ends the process.
    """
    process, done = _take(), False
    try:
        process.ask((function, arguments, limits))
        while (answer := _answer(process, limits))[0] == VALUE:
            yield answer[1]
        # What ran out of memory has little left, and who knows what a library that broke leaves behind.
        done = answer[0] in (END, RAISED)
        if answer[0] != END:
            raise _error(*answer, limits)
    finally:
        if done and process.is_slim:
            _give_back(process)
        else:
            process.end()


def _answer(process: Process, limits: Limits) -> tuple[int, Any]:
    try:
        what, value = process.answer()
    except EOFError as error:
        raise LimitError(process.why_it_ended(limits)) from error
    return int(what), value


def _error(what: int, value: Any, limits: Limits) -> AftershowError:
    if what == RAISED:
        name, text = value
        return _OURS.get(name, AftershowError)(text)
    if what == NO_MEMORY:
        return LimitError(f"it takes more than {limits.memory >> 20} MB of memory")
    return LimitError(f"it breaks what reads it ({value})")


def _take() -> Process:
    with _lock:
        while _idle:
            process = _idle.pop()
            if process.is_alive:
                return process
            process.end()
    return Process()


def _give_back(process: Process) -> None:
    with _lock:
        _idle.append(process)


def _end_all() -> None:
    with _lock:
        while _idle:
            _idle.pop().end()


atexit.register(_end_all)
if hasattr(os, "register_at_fork"):
    # They answer to the process that started them.
    os.register_at_fork(after_in_child=_idle.clear)
