"""What a rep types stands in the record."""

from pathlib import Path

from tests.commands.conftest import Run


def test_log(run: Run, imported: Path) -> None:
    """What a rep types stands in the record, once; the answer is the lead's."""
    words = ("log", "ann.lee@example.com", "connected", "--answer", "decision_date=2027-03", "--by", "dana")
    first, again = run(*words, "--json"), run(*words)
    assert (first.code, first.document["kind"], first.document["new"]) == (0, "connected", True)
    assert (again.code, "already" in again.out) == (0, True)
    invited = (
        "log",
        "ann.lee@example.com",
        "accepted",
        "--meeting",
        "2026-12-01T10:00-06:00",
        "--place",
        "Peoria",
    )
    assert run(*invited).code == 0
    person = run("contact", "ann.lee@example.com", "--json").document
    assert [event["kind"] for event in person["timeline"]][:2] == ["accepted", "connected"]
    assert person["leads"][0]["answers"]["decision_date"] == "2027-03"
