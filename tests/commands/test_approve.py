"""What needs a person's word waits for it."""

from pathlib import Path

from tests.commands.conftest import AT, Run


def test_approve(run: Run, imported: Path, prefect_api: str) -> None:
    """What needs a person's word waits, is listed, and goes out with the turn after `approve --yes`."""
    campaign = imported / "config" / "campaigns" / "midwest-leads.yaml"
    campaign.write_text(
        campaign.read_text().replace("email: thanks", "email: thanks\n    approval: required")
    )
    first = run("run", "midwest-leads", "--at", AT, "--json").document
    assert (first["accepted"], first["held"]["approval"]) == (0, 1)

    listed = run("approve", "midwest-leads", "--json").document
    assert (listed["campaign"], listed["approved"]) == ("midwest-leads", 0)
    (row,) = listed["waiting"]
    assert (row["step"], row["channel"], row["messages"]) == ("thanks", "email", 1)
    assert "thanks" in run("approve", "midwest-leads").out

    other = run("approve", "midwest-leads", "--step", "site-visit", "--yes", "--at", AT, "--json").document
    assert (other["approved"], other["waiting"]) == (0, [])
    let_go = run("approve", "midwest-leads", "--step", "thanks", "--yes", "--by", "dana", "--at", AT)
    assert let_go.out.startswith("Approved: 1 message.")
    assert "Nothing waits" in run("approve", "midwest-leads").out
    assert run("run", "midwest-leads", "--at", AT, "--json").document["accepted"] == 1
