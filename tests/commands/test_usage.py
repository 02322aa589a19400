"""What is not there, and what can't be understood, is a wrong call."""

from pathlib import Path

import pytest

from tests.commands.conftest import Run


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["plan", "midwest-leds"], "midwest-leads"),
        (["segment", "a-leds"], "a-leads"),
        (["import", "x.csv", "--show", "nowhere"], "nowhere"),
        (["contact", "nobody@example.com"], "No contact"),
        (["preview", "thanks", "--contact", "nobody@example.com"], "No contact"),
        (["log", "ann.lee@example.com", "conected"], "did you mean `connected`?"),
        (["log", "ann.lee@example.com", "connected", "--campaign", "midwest-leads"], "Nothing of campaign"),
        (["log", "ann.lee@example.com", "connected", "--answer", "size"], "NAME=VALUE"),
        (["log", "ann.lee@example.com", "delivered"], "--channel"),
        (["exit", "ann.lee@example.com", "midwest-leads"], "is not in the campaign"),
        (["plan"], "--until"),
        (["plan", "--until", "christmas"], "2026-12-24"),
        (["approve", "midwest-leads", "--step", "thank"], "has no step `thank`"),
        (["plan", "midwest-leads", "--at", "yesterday"], "2026-11-24T10:00-06:00"),
        (["plan", "midwest-leads", "--at", "2026-09-18T10:00"], "time zone"),
        (["ledger"], "--unknown"),
        (["ledger", "midwest-leads", "--reconcile"], "--unknown"),
        (["ledger", "midwest-leds"], "did you mean `midwest-leads`?"),
        (["settle", "1"], "--not-sent"),
        (["settle", "1", "--sent", "--again"], "--not-sent"),
        (["settle", "1", "--sent"], "There is no message 1"),
        (["settle", "one", "--sent"], "number or its key"),
        (["--workspace", "/nowhere", "plan", "x"], "aftershow init"),
    ],
)
def test_wrong_usage(run: Run, unchanged: Path, words: list[str], says: str) -> None:
    """What is not there, and what can't be understood, ends with 2 and says what would do."""
    ran = run(*words)
    assert (ran.code, ran.out) == (2, "")
    assert says in ran.err
