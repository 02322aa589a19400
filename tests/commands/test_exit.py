"""Who is taken out of a campaign hears no more of it."""

from pathlib import Path

from tests.commands.conftest import AT, Run


def test_leaving_a_campaign(run: Run, imported: Path, prefect_api: str) -> None:
    """Who is taken out of a campaign gets nothing more of it; a reply is tied to the step that was sent."""
    assert run("run", "midwest-leads", "--at", AT, "--json").document["accepted"] == 1
    assert run("log", "ann.lee@example.com", "replied", "--campaign", "midwest-leads", "--at", AT).code == 0
    assert run("exit", "ann.lee@example.com", "midwest-leads", "--reason", "bought", "--at", AT).code == 0
    person = run("contact", "ann.lee@example.com", "--json").document
    steps = {event["kind"]: (event["campaign"], event["step"]) for event in person["timeline"]}
    assert steps["replied"] == steps["sent"] == ("midwest-leads", "thanks")
    assert "exited" in steps
    later = run("run", "midwest-leads", "--at", "2026-09-26T10:00-05:00", "--json").document
    assert later["accepted"] == 0
