"""A turn sends what is due, once."""

from pathlib import Path

from tests.commands.conftest import AT, Run


def test_run_and_ledger(run: Run, imported: Path, prefect_api: str) -> None:
    """A turn sends what is due, once; the ledger counts the same."""
    first, again = (run("run", "midwest-leads", "--at", AT, "--json") for _ in range(2))
    keys = {"campaign", "at", "planned", "held", "accepted", "rejected", "unknown", "interactions"}
    assert keys <= set(first.document)
    assert (first.code, first.document["accepted"], again.document["accepted"]) == (0, 1, 0)
    ledger = run("ledger", "midwest-leads", "--json").document
    assert set(ledger) == {"messages", "by_state", "held", "by_channel"}
    assert ledger["by_state"]["accepted"] == 1
    assert len(list((imported / "outbox" / "email").glob("*.eml"))) == 1


def test_a_campaign_with_a_mistake_enrols_nobody(run: Run, imported: Path) -> None:
    """A misspelt template stops plan and run before anyone is enrolled; after the correction all get it."""
    campaign = imported / "config" / "campaigns" / "midwest-leads.yaml"
    campaign.write_text(campaign.read_text().replace("email: site-visit", "email: site-vist"))
    for command in ("plan", "run"):
        ran = run(command, "midwest-leads", "--at", AT)
        assert (ran.code, ran.out) == (2, "")
        assert "did you mean `site-visit`?" in ran.err
    campaign.write_text(campaign.read_text().replace("email: site-vist", "email: site-visit"))
    assert run("ledger", "midwest-leads", "--json").document["messages"] == 0
    assert "ann.lee@example.com" in run("plan", "midwest-leads", "--at", AT).out
