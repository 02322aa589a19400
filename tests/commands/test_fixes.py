"""What waits for somebody's correction is listed, by show."""

from pathlib import Path

from tests.commands.conftest import Run


def test_the_list_of_a_show(run: Run, workspace: Path) -> None:
    """Rows stand in the list with file, line and reason, of one show or of all."""
    run("import", workspace / "leads" / "website" / "web_form.csv", "--show", "website")
    (entry,) = run("fixes", "--show", "website", "--json").document["fix_list"]
    assert list(entry) == ["file", "line", "reason"]
    assert run("fixes", "--show", "rental-show-2026", "--json").document == {"fix_list": [], "set_aside": []}
    assert entry["reason"] in run("fixes").out
    assert run("fixes", "--show", "nowhere").code == 2
