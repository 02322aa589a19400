"""Everything about a person."""

from pathlib import Path

from tests.commands.conftest import Run


def test_contact(run: Run, imported: Path) -> None:
    """A person is shown with facts and their sources, permissions and what happened."""
    person = run("contact", "Ann.Lee@example.com", "--json").document
    assert {"facts", "leads", "permissions", "timeline"} <= set(person)
    assert [event["kind"] for event in person["timeline"]] == ["captured", "captured"]
