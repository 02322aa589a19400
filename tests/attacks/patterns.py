"""Goes through our regular expressions as they are used, on nasty texts; run by test_secrets.py.

Prints those that need so much computing time for a text that they must go through it again and again.
"""

import ast
import re
import signal
import sys
from collections.abc import Callable, Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
#: Pieces of which texts are made that a pattern goes through again and again, if it can.
PIECES = (
    *"aA0 \n\t.-,;:@/(=\"'_\\é[]{#+",
    *("a.", "a ", "0 ", "a,", "0,", "a:", "a@", "=a", "\r\n", "www.", "x=", "1.1", "://", "1 ", "jan ", "E+"),
    *("user ", "user unknown ", "queued as ", "id=", "5.1.", "(#5.1.", "a=b ", "<a>", "\u200c", "\ufe0f"),
)  # fmt: skip
LENGTH = 12_000
#: Seconds of computing for one text: what is linear needs a thousandth, what is quadratic more.
ENOUGH = 0.3
METHODS = ("findall", "fullmatch", "match", "search", "split", "sub")


class _EnoughError(Exception):
    """It took too long."""


def _enough(*_: object) -> None:
    raise _EnoughError


def used(file: Path) -> Iterator[tuple[int, Callable[[Any], object]]]:
    """Yield the line and the method of each use of a module's regular expressions in a file."""
    module = import_module(".".join(file.relative_to(ROOT).with_suffix("").parts))
    for node in ast.walk(ast.parse(file.read_text())):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.attr in METHODS:
            pattern = getattr(module, node.value.id, None)
            if isinstance(pattern, re.Pattern):
                yield node.lineno, _meeting(pattern, node.attr)


def _meeting(pattern: Any, method: str) -> Callable[[Any], object]:
    meet = getattr(pattern, method)
    encoded = isinstance(pattern.pattern, bytes)

    def meet_text(text: str) -> object:
        said = text.encode() if encoded else text
        return meet(said[:0], said) if method == "sub" else meet(said)

    return meet_text


def _is_slow(meet: Callable[[Any], object], text: str) -> bool:
    signal.setitimer(signal.ITIMER_VIRTUAL, ENOUGH)
    try:
        meet(text)
    except _EnoughError:
        return True
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
    return False


def main(folders: list[str]) -> None:
    """Meet each use with each text."""
    signal.signal(signal.SIGVTALRM, _enough)
    texts = [(piece * LENGTH)[:LENGTH] + "\x01" for piece in PIECES]
    files = [file for folder in folders for file in sorted((ROOT / folder).rglob("*.py"))]
    uses = 0
    for file in files:
        if "migrations" not in file.parts:
            for line, meet in used(file):
                uses += 1
                if any(_is_slow(meet, text) for text in texts):
                    sys.stdout.write(f"slow: {file.relative_to(ROOT)}:{line}\n")
    sys.stdout.write(f"{uses} uses\n")


if __name__ == "__main__":
    main(sys.argv[1:])
