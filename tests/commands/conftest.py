"""Calls the command line as a shell would, in workspaces with and without leads."""

import json
import shutil
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import update

from aftershow.cli import main
from aftershow.desk import open_desk
from aftershow.journey.turn import prepare
from aftershow.store.tables import message
from tests.support.moves import unwatched

ROOT = Path(__file__).parents[2]
AT = "2026-09-18T10:00-05:00"


@dataclass(frozen=True, kw_only=True, slots=True)
class Ran:
    """What a command did."""

    code: int
    out: str
    err: str

    @property
    def document(self) -> Any:
        """The one JSON document that was printed."""
        return json.loads(self.out)


Run = Callable[..., Ran]


#: What midwest-leads sends, and what that is built on.
ITS_TEMPLATES = ("base", "thanks", "quick-question", "site-visit")


def keep_one_campaign(workspace: Path) -> None:
    """Leave midwest-leads and its templates alone in a workspace: looking at all of them takes a while."""
    for file in (workspace / "config" / "campaigns").iterdir():
        if not file.name.startswith("midwest-leads."):
            file.unlink()
    for folder in (workspace / "templates").iterdir():
        if folder.name not in ITS_TEMPLATES:
            shutil.rmtree(folder)


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Call the command line as a shell would."""

    def call(*words: str | Path) -> Ran:
        monkeypatch.setattr(sys, "argv", ["aftershow", *map(str, words)])
        with pytest.raises(SystemExit) as end:
            main()
        captured = capsys.readouterr()
        return Ran(code=int(end.value.code or 0), out=captured.out, err=captured.err)

    return call


@pytest.fixture
def workspace(tmp_path: Path, database_url: str, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The demo's workspace over a fresh database, once for each kind."""
    monkeypatch.setenv("AFTERSHOW_DATABASE_URL", database_url)
    monkeypatch.chdir(tmp_path)
    for folder in ("config", "templates", "leads"):
        shutil.copytree(ROOT / folder, tmp_path / "w" / folder)
    monkeypatch.setenv("AFTERSHOW_WORKSPACE", str(tmp_path / "w"))
    return tmp_path / "w"


@pytest.fixture
def small(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The smallest campaign of the demo's workspace alone, with its test; for what needs no database."""
    for folder in ("config", "templates"):
        shutil.copytree(ROOT / folder, tmp_path / "small" / folder)
    keep_one_campaign(tmp_path / "small")
    monkeypatch.delenv("AFTERSHOW_DATABASE_URL", raising=False)
    monkeypatch.setenv("AFTERSHOW_WORKSPACE", str(tmp_path / "small"))
    return tmp_path / "small"


@pytest.fixture
def imported(run: Run, workspace: Path) -> Path:
    """The workspace with the leads of one show."""
    book = workspace / "leads" / "midwest-expo-2026" / "04_titled_workbook.xlsx"
    assert run("import", book, "--show", "midwest-expo-2026", "--at", AT).code == 0
    return workspace


@pytest.fixture(scope="module")
def unchanged(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A workspace with the leads of one show, for commands that change nothing: one for all of them."""
    root = tmp_path_factory.mktemp("unchanged")
    for folder in ("config", "templates", "leads"):
        shutil.copytree(ROOT / folder, root / folder)
    keep_one_campaign(root)
    book = root / "leads" / "midwest-expo-2026" / "04_titled_workbook.xlsx"
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("AFTERSHOW_DATABASE_URL", raising=False)
        patch.setenv("AFTERSHOW_WORKSPACE", str(root))
        words = ["import", str(book), "--show", "midwest-expo-2026", "--at", AT]
        patch.setattr(sys, "argv", ["aftershow", *words])
        with pytest.raises(SystemExit) as end:
            main()
        assert not end.value.code
        yield root


@pytest.fixture
def doubtful(imported: Path) -> Path:
    """The workspace with one email, to Ann Lee, of which nobody knows whether it went out."""
    keep_one_campaign(imported)
    at = datetime.fromisoformat(AT)
    with open_desk(imported) as desk, desk.engine.begin() as connection, unwatched(connection):
        prepare(connection, desk.campaign("midwest-leads"), now=at)
        lost = {"state": "unknown", "reason": "no answer", "address": "ann.lee@example.com"}
        planned = update(message).where(message.c.state == "planned")
        assert connection.execute(planned.values(handed_over_at=at, **lost)).rowcount == 1
    return imported
