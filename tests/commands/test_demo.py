"""The demo tells what became of everyone, and where to look."""

from datetime import timedelta
from pathlib import Path

import pytest

from aftershow.demo import playing
from tests.commands.conftest import Run


def test_a_short_demo(run: Run, unchanged: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The document has a row for each campaign; nothing but it stands on stdout."""
    monkeypatch.setattr(playing, "UNTIL", playing.START + timedelta(weeks=1))
    played = run("demo", "--in", tmp_path / "demo", "--json")
    assert played.code == 0
    assert [one["campaign"] for one in played.document["campaigns"]] == ["midwest-leads"]
    assert Path(played.document["outbox"]).is_relative_to(tmp_path / "demo")


def test_a_folder_of_somebody(run: Run, unchanged: Path, tmp_path: Path) -> None:
    """Where something else lies, nothing is played."""
    (tmp_path / "mine.txt").write_text("mine")
    played = run("demo", "--in", tmp_path)
    assert (played.code, played.out, (tmp_path / "mine.txt").read_text()) == (2, "", "mine")
