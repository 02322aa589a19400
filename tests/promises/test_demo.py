"""`make demo` shows the main job: leads become messages by five channels; everyone is accounted for."""

import email
import shutil
from datetime import timedelta
from email.policy import default
from pathlib import Path
from stat import S_IMODE

import pytest

from aftershow.demo import playing
from aftershow.errors import UsageError

ROOT = Path(__file__).parents[2]


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    for folder in ("config", "templates", "leads"):
        shutil.copytree(ROOT / folder, tmp_path / "workspace" / folder)
    return tmp_path / "workspace"


def accounts_for_everyone(first: playing.DemoResult) -> None:
    """Each campaign's messages add up, and each accepted one is a file in the outbox."""
    for one in first.campaigns:
        ended = one.accepted + one.rejected + one.unknown + one.expired
        assert one.planned == ended + one.waiting + sum(one.held.values()), one.campaign
    assert sum(first.files.values()) == sum(one.accepted for one in first.campaigns) > 0
    for file in Path(first.outbox).glob("email/*.eml"):
        message = email.message_from_bytes(file.read_bytes(), policy=default)
        assert message["List-Unsubscribe"].startswith("<https://")
        assert message.get_body(("html",)) is not None
    assert Path(first.picture).read_text().startswith("<?xml")


def test_the_demo_accounts_for_everyone(
    workspace: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its first ten days: every message ends somewhere, and people answer."""
    monkeypatch.setattr(playing, "UNTIL", playing.START + timedelta(days=10))
    first = playing.play_demo(workspace, tmp_path / "demo")
    accounts_for_everyone(first)
    assert set(first.files) == {"email", "text", "letter", "call", "meeting"}
    assert {"connected", "no_answer", "replied"} <= set(first.came_back)
    # All of it is data of people, whoever they are.
    assert S_IMODE((tmp_path / "demo").stat().st_mode) == 0o700


@pytest.mark.proof
def test_the_whole_demo(workspace: Path, tmp_path: Path) -> None:
    """All of its weeks, twice: the same people do the same."""
    first = playing.play_demo(workspace, tmp_path / "demo")
    accounts_for_everyone(first)
    assert all(one.accepted for one in first.campaigns)
    again = playing.play_demo(workspace, tmp_path / "demo")
    assert (again.campaigns, again.came_back) == (first.campaigns, first.came_back)


def test_the_demo_replaces_nothing_but_a_demo(tmp_path: Path) -> None:
    """A folder that someone else filled is left as it is."""
    (tmp_path / "mine.txt").write_text("mine")
    with pytest.raises(UsageError, match="not an earlier demo"):
        playing.play_demo(ROOT, tmp_path)
    assert (tmp_path / "mine.txt").read_text() == "mine"
