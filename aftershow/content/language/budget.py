"""What a message may cost while it is rendered, and a template while it is compiled.

Whatever reads a value or makes one spends from the same budget: loops, filters, tests, comparisons, what is
joined, what is printed. So there is no second way to the same harm.
"""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import date, time
from decimal import Decimal
from functools import wraps
from typing import Any

from jinja2 import Undefined

#: Steps of work: a node of the syntax, a value that is read or made, or so many characters of a text.
WORK_LIMIT = 200_000
CHARACTERS = 16
#: Characters of a text that anything is done with.
VALUE_LIMIT = 64 * 1024
#: No number in a template is larger.
NUMBER_LIMIT = 10**15

_SIMPLE = (bool, date, time, Undefined)
_NUMBERS = (int, float, Decimal)
_LISTS = (list, tuple, range)


class RefusedError(Exception):
    """A template did what no template may."""


@dataclass(slots=True)
class Budget:
    """How much work is left."""

    work: int = WORK_LIMIT

    def spend(self, work: int) -> None:
        """Take some; raises RefusedError when there is not enough."""
        self.work -= work
        if self.work < 0:
            raise RefusedError("it takes too much work: its loops turn too often, or its values are too long")


_BUDGET: ContextVar[Budget] = ContextVar("budget")


@contextmanager
def budget() -> Iterator[Budget]:
    """Give what is done inside a budget of its own."""
    given = Budget()
    before = _BUDGET.set(given)
    try:
        yield given
    finally:
        _BUDGET.reset(before)


def spend(work: int) -> None:
    """Take some of the budget that this happens in; raises RefusedError when there is not enough."""
    _BUDGET.get().spend(work)


def paying(guard: Callable[..., Any]) -> Callable[..., Any]:
    """Return a guard of what is printed that pays for it.

    It gives back what it was given, and what else it is told stands in the template: that costs nothing.
    """
    place = 1 if hasattr(guard, "jinja_pass_arg") else 0

    @wraps(guard)
    def paid(*arguments: Any) -> Any:
        glance(arguments[place])
        return guard(*arguments)

    return paid


def read(value: Any) -> Any:
    """Pay for reading a value with all that is in it, and return it.

    Raises RefusedError for what is no value of a template, such as a method, and for what is too large.
    """
    if isinstance(value, str):
        _read_text(value)
    elif isinstance(value, _LISTS):
        spend(1 + len(value))
        for one in value if not isinstance(value, range) else ():
            read(one)
    elif isinstance(value, dict):
        spend(1 + len(value))
        for pair in value.items():
            read(pair)
    else:
        _glance(value)
    return value


def glance(value: Any) -> Any:
    """Pay for a look at a value that does not go through what is in it, and return it; raises as `read`."""
    if isinstance(value, str):
        _read_text(value)
    elif not isinstance(value, (dict, *_LISTS)):
        _glance(value)
    return value


def spending(function: Callable[..., Any], look: Callable[[Any], Any] = read) -> Callable[..., Any]:
    """Return a filter or a test that pays for what it is given, by `look`, and for what it makes."""
    first = 1 if hasattr(function, "jinja_pass_arg") else 0

    @wraps(function)
    def spent(*arguments: Any, **named: Any) -> Any:
        for value in arguments[first:]:
            look(value)
        for value in named.values():
            look(value)
        return _made(function(*arguments, **named))

    return spent


def listed(values: Iterable[Any]) -> list[Any]:
    """Return values as a list, paying for each as it comes."""
    taken = []
    for value in values:
        spend(1)
        taken.append(value)
    return taken


def checked_number(value: Any) -> Any:
    """Return a number; raises RefusedError for one that is too large, infinite or none."""
    # A comparison with Decimal's signalling NaN is an error of its own.
    if (isinstance(value, Decimal) and value.is_nan()) or not -NUMBER_LIMIT < value < NUMBER_LIMIT:
        raise RefusedError("a number is too large")
    return value


def _read_text(text: str) -> None:
    if len(text) > VALUE_LIMIT:
        raise RefusedError("a text is too long")
    _BUDGET.get().spend(1 + len(text) // CHARACTERS)


def _glance(value: Any) -> None:
    spend(1)
    if value is None or isinstance(value, _SIMPLE):
        return
    if not isinstance(value, _NUMBERS):
        raise RefusedError("only texts, numbers, days and lists of them have a value")
    checked_number(value)


def _made(value: Any) -> Any:
    if isinstance(value, str):
        _read_text(value)
    elif isinstance(value, Iterator):
        return listed(value)
    elif isinstance(value, list):
        spend(len(value))
    elif isinstance(value, _NUMBERS):
        checked_number(value)
    return value
