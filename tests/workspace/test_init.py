"""A new workspace is small, complete and right from the start."""

from pathlib import Path

import pytest

from aftershow.errors import UsageError
from aftershow.workspace.init import init_workspace
from aftershow.workspace.schema import stale
from aftershow.workspace.workspace import load_workspace


def test_a_new_workspace_can_be_used_at_once(tmp_path: Path) -> None:
    """It has settings, a show, a segment, a campaign and its template, and no mistake."""
    root = tmp_path / "deep" / "mine"
    init_workspace(root)
    workspace = load_workspace(root)
    assert (list(workspace.shows), list(workspace.segments)) == (["my-show"], ["new-leads"])
    steps = workspace.campaign_sources["thank-you"].data["steps"]
    assert [(workspace.templates / step["email"] / "email.html").is_file() for step in steps] == [True]
    assert (root / "leads" / "my-show").is_dir()
    assert "*.db" in (root / ".gitignore").read_text()
    assert stale(root / "config" / "schema") == []


def test_an_empty_folder_is_filled(tmp_path: Path) -> None:
    """A folder made for the workspace may be there already."""
    init_workspace(tmp_path)
    assert load_workspace(tmp_path).shows


def test_a_folder_with_something_in_it_is_left_as_it_is(tmp_path: Path) -> None:
    """Nothing is written beside, or over, what someone has."""
    (tmp_path / "mine.txt").write_text("x")
    with pytest.raises(UsageError, match=r"is not empty\. Name a folder that does not exist yet\."):
        init_workspace(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]


def test_a_file_is_no_folder(tmp_path: Path) -> None:
    """The name of a file is answered with what to do."""
    (tmp_path / "mine").write_text("x")
    with pytest.raises(UsageError, match=r"is a file\. Name a folder that does not exist yet\."):
        init_workspace(tmp_path / "mine")
