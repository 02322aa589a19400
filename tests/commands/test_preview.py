"""What a person would get, as files."""

from pathlib import Path

from tests.commands.conftest import Run


def test_preview(run: Run, imported: Path, tmp_path: Path) -> None:
    """A preview writes the parts that this person would get, and sends nothing."""
    ran = run("preview", "thanks", "--contact", "ann.lee@example.com", "--out", tmp_path / "look", "--json")
    assert ran.code == 0
    names = sorted(path.name for path in (tmp_path / "look").iterdir())
    assert names == ["email.html", "email.txt", "message.eml", "subject.txt"]
    assert "Ann" in (tmp_path / "look" / "email.html").read_text()
    assert not (imported / "outbox").exists()
