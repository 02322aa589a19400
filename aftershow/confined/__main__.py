"""The other process: it is asked by the one that started it, and ends with it."""

import os
import sys
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

from aftershow.confined.asking import END, FAILED, NO_MEMORY, RAISED, VALUE
from aftershow.confined.limits import Limits, leave_no_core, lift
from aftershow.confined.wire import read, write
from aftershow.errors import AftershowError


def main() -> None:
    """Answer until nobody asks any more."""
    leave_no_core()
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    # What a library prints is no answer.
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    with suppress(EOFError, BrokenPipeError):
        while True:
            function, arguments, limits = read(sys.stdin.buffer)
            for answer in _answers(function, arguments, limits):
                write(answers, answer)
                limits.limit_time()
            lift()


def _answers(function: Any, arguments: tuple[Any, ...], limits: Limits) -> Iterator[tuple[int, Any]]:
    limits.limit_memory()
    limits.limit_time()
    try:
        for value in function(*arguments):
            yield VALUE, value
        yield END, None
    except AftershowError as error:
        yield RAISED, (type(error).__name__, str(error))
    except MemoryError:
        yield NO_MEMORY, None
    except GeneratorExit:
        raise
    except BaseException as error:  # noqa: BLE001  a panic in Rust is no Exception; its text may quote people
        yield FAILED, type(error).__name__


if __name__ == "__main__":
    main()
