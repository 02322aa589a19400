"""What is printed is whole."""

import pytest

from aftershow.commands._printing import table


def test_what_is_printed_for_a_program_is_whole(capsys: pytest.CaptureFixture[str]) -> None:
    """No cell of a table is cut where there is no terminal."""
    table("", ("contact",), [("x" * 300,)])
    assert "x" * 300 in capsys.readouterr().out
