"""Commands that take a while show on a terminal that something happens, and nowhere else."""

from collections.abc import Callable
from io import StringIO

import pytest
from rich.console import Console

from aftershow.commands import _printing
from aftershow.commands._printing import after_a_while


class AtOnce:
    """A timer for whom a while is over at once."""

    def __init__(self, _seconds: float, function: Callable[[], None]) -> None:
        self.start = function

    def cancel(self) -> None:
        """Too late."""

    def join(self) -> None:
        """It is done."""


@pytest.mark.parametrize(
    ("terminal", "hidden", "long", "shown"),
    [
        (True, False, True, True),
        (True, False, False, False),
        (True, True, True, False),
        (False, False, True, False),
    ],
    ids=["it takes a while", "it is done soon", "--json", "no terminal"],
)
def test_a_check_shows_how_far_it_is(
    monkeypatch: pytest.MonkeyPatch, terminal: bool, hidden: bool, long: bool, shown: bool
) -> None:
    """It names what it looks at, and is gone at the end."""
    said = StringIO()
    console = Console(file=said, force_terminal=terminal, width=100)
    monkeypatch.setattr(_printing, "_aside", lambda: console)
    if long:
        monkeypatch.setattr(_printing, "Timer", AtOnce)
    with after_a_while("checking", hidden=hidden) as tell:
        tell("templates/thanks", 2)
        tell("templates/visit", 2)
    assert ("templates/visit" in said.getvalue(), "checking" in said.getvalue()) == (shown, shown)
