"""Who is in a segment, and why somebody is not."""

from pathlib import Path

from tests.commands.conftest import Run


def test_segment(run: Run, imported: Path) -> None:
    """A segment lists its people, and says of one person which clause fails."""
    assert run("segment", "a-leads", "--json").document == {"count": 1, "contacts": ["+13095550101"]}
    explained = run("segment", "a-leads", "--explain", "ANN.LEE@example.com", "--json").document
    assert (explained["holds"], explained["fails"]) == (False, 'grade == "A"')
