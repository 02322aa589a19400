"""Pairs that may be one person are listed, and answered by their number."""

from pathlib import Path

from tests.commands.conftest import AT, Run

PAIR = "First name,Last name,Company,Email\nAnn,Lee,Example Quarry,{}\n"


def test_a_pair_is_answered(run: Run, workspace: Path) -> None:
    """The list has what tells the two apart; an answered pair is not in it any more."""
    for number, address in enumerate(("ann.lee@example.com", "ann@example.org")):
        file = workspace / f"scans-{number}.csv"
        file.write_text(PAIR.format(address))
        assert run("import", file, "--show", "rental-show-2026", "--at", AT).code == 0
    listed = run("review", "--json")
    (pair,) = listed.document["open"]
    assert (listed.code, {pair["one"]["email"], pair["other"]["email"]}) == (
        0,
        {"ann.lee@example.com", "ann@example.org"},
    )
    assert "ann@example.org" in run("review").out
    assert run("review", pair["id"], "--different", "--json").document == {"open": []}


def test_half_an_answer(run: Run, unchanged: Path) -> None:
    """A pair without an answer is a wrong call, and so is an answer without a pair."""
    assert (run("review", "1").code, run("review", "--same").code) == (2, 2)
