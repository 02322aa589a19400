"""A plan and a calendar say what would happen, and nothing is written."""

from pathlib import Path

from aftershow.words.reasons import HoldReason
from tests.commands.conftest import AT, Run, keep_one_campaign


def test_plan(run: Run, imported: Path) -> None:
    """The plan is dated and has a reason for everyone who is held."""
    ran = run("plan", "midwest-leads", "--at", AT, "--json")
    plan = ran.document
    assert (ran.code, plan["campaign"]) == (0, "midwest-leads")
    assert {(m["contact"], m["step"], m["channel"], m["due_at"][:10]) for m in plan["planned"]} == {
        ("ann.lee@example.com", "thanks", "email", "2026-09-18"),
        ("ann.lee@example.com", "site-visit", "email", "2026-09-25"),
    }
    assert {(m["contact"], m["step"], m["reason"]) for m in plan["held"]} == {
        ("ann.lee@example.com", "quick-question", "permission"),
        ("+13095550101", "thanks", "no_address"),
        ("+13095550101", "quick-question", "no_address"),
        ("+13095550101", "site-visit", "no_address"),
    }


def test_a_plan_says_what_can_be_done(run: Run, imported: Path) -> None:
    """Each reason that holds somebody is explained once, with its remedy; no other is."""
    lines = run("plan", "midwest-leads", "--at", AT).out.splitlines()
    told = [reason for reason in HoldReason for line in lines if line.rstrip().endswith(reason.row.remedy)]
    assert told == [HoldReason.NO_ADDRESS, HoldReason.PERMISSION]


def test_plan_until(run: Run, imported: Path) -> None:
    """The calendar counts messages by day and step, of one campaign or of all; nothing is written."""
    keep_one_campaign(imported)
    words = ("plan", "--until", "2026-09-25", "--at", AT)
    every, one = run(*words, "--json"), run(*words, "midwest-leads", "--json")
    assert every.code == 0
    assert list(every.document) == ["at", "until", "entries", "cost", "too_much"]
    assert every.document["until"] == "2026-09-25T00:00:00-05:00"
    assert every.document["entries"] == one.document["entries"]
    assert [tuple(entry.values()) for entry in every.document["entries"]] == [
        ("2026-09-18", "midwest-leads", "thanks", "email", 1, 0, "0"),
    ]
    longer = run("plan", "midwest-leads", "--until", "2026-09-26", "--at", AT).out
    assert longer.startswith("2 messages until 2026-09-26 00:00 CDT")
    assert "Fri 2026-09-25" in longer
    assert run("ledger", "midwest-leads", "--json").document["messages"] == 0
