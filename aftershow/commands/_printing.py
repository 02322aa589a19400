"""How commands print: lines and tables for people, one JSON document for programs.

Everything that is printed goes through `say`, `table`, `progress`, `complain` or `document`, which drop what
would steer a terminal; no text is taken for Rich's markup. Rich is imported when something is printed with
it: a command that prints JSON does without.
"""

import json
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from functools import cache
from threading import Timer
from typing import TYPE_CHECKING, Any

from aftershow.signs import escaped, plain

if TYPE_CHECKING:
    from rich.console import Console

#: Seconds after which people want to see that something happens.
A_WHILE = 1.0


@cache
def _results() -> "Console":
    from rich.console import Console

    console = Console(highlight=False, soft_wrap=True)
    if not console.is_terminal:
        # A file, or a program that reads along, has no edge at which a table must be cut.
        console.width = 1_000
    return console


@cache
def _aside() -> "Console":
    from rich.console import Console

    return Console(stderr=True, highlight=False)


def show(as_json: bool, content: Mapping[str, Any], page: Callable[[], None]) -> None:
    """Print a result: as one JSON document, or as its page."""
    if as_json:
        document(content)
    else:
        page()


def say(text: str) -> None:
    """Print a line as it is."""
    from rich.text import Text

    _results().print(Text(plain(text)))


def complain(text: str) -> None:
    """Print what went wrong, aside from results, and without cutting its lines."""
    print(plain(text), file=sys.stderr)  # noqa: T201  the program's voice


def document(content: Mapping[str, Any]) -> None:
    """Print one JSON document (RFC 8259) for programs; what would steer a terminal is there as \\uXXXX."""
    text = json.dumps(content, default=_as_text, ensure_ascii=False, indent=2)
    print(escaped(text))  # noqa: T201  what was asked for


def _as_text(value: object) -> str:
    return value.isoformat() if isinstance(value, datetime) else str(value)


def table(title: str, headings: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
    """Print a table; whole numbers stand to the right."""
    from rich.table import Table
    from rich.text import Text

    drawn = Table(
        title=Text(plain(title)) if title else None,
        title_justify="left",
        title_style="bold",
        box=None,
        pad_edge=False,
    )
    for position, heading in enumerate(headings):
        numbers = bool(rows) and all(isinstance(row[position], int) for row in rows)
        drawn.add_column(Text(heading), justify="right" if numbers else "left", header_style="dim")
    for row in rows:
        drawn.add_row(*(Text("" if cell is None else plain(str(cell))) for cell in row))
    _results().print(drawn)
    _results().print()


def counted(counts: Mapping[str, int]) -> str:
    """Say counts in a line: 3 permission, 1 no_address."""
    return ", ".join(f"{count} {name}" for name, count in counts.items()) or "none"


def progress(text: str) -> None:
    """Tell what is going on, aside from the result."""
    from rich.text import Text

    _aside().print(Text(plain(text)), style="dim")


@contextmanager
def bar(what: str, *, hidden: bool) -> Iterator[Callable[[float, float], None]]:
    """Show a bar on a terminal while something goes on; yields what is told how much is done, of how much."""
    from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn

    columns = (TextColumn(what), BarColumn(), TaskProgressColumn(), TimeRemainingColumn())
    aside = _aside()
    with Progress(*columns, console=aside, transient=True, disable=hidden or not aside.is_terminal) as shown:
        task = shown.add_task(what, total=None)
        yield lambda done, total: shown.update(task, completed=done, total=total)


@contextmanager
def after_a_while(what: str, *, hidden: bool) -> Iterator[Callable[[str, int], None]]:
    """Show a bar on a terminal when something takes a while; yields what is told of each of them."""
    from rich.progress import BarColumn, Progress, TextColumn

    columns = (TextColumn(what), BarColumn(), TextColumn("{task.description}"))
    aside = _aside()
    shown = Progress(*columns, console=aside, transient=True, disable=hidden or not aside.is_terminal)
    task = shown.add_task("", total=None)
    later = Timer(A_WHILE, shown.start)
    later.start()
    try:
        yield lambda each, total: shown.update(task, description=each, total=total, advance=1)
    finally:
        later.cancel()
        later.join()
        shown.stop()
