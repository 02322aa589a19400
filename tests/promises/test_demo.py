"""`make demo` shows the main job: real leads become mails and texts, and everyone is accounted for."""

import email
import shutil
from email.policy import default
from pathlib import Path

import pytest

from aftershow.errors import UsageError
from flows.demo import play

ROOT = Path(__file__).parents[2]


def test_the_demo_accounts_for_everyone(tmp_path: Path, prefect_api: str) -> None:
    """Each campaign's messages are accepted or held; each accepted one is a file."""
    for folder in ("config", "templates", "leads"):
        shutil.copytree(ROOT / folder, tmp_path / "workspace" / folder)
    first = play(tmp_path / "workspace", tmp_path / "demo")
    accepted = sum(campaign.accepted for campaign in first.campaigns)
    held = sum(sum(campaign.held.values()) for campaign in first.campaigns)
    assert sum(campaign.planned for campaign in first.campaigns) == accepted + held
    assert (first.emails + first.texts, first.emails, first.texts) == (accepted, 12, 3)
    for file in (tmp_path / "demo" / "outbox" / "email").glob("*.eml"):
        message = email.message_from_bytes(file.read_bytes(), policy=default)
        assert message["List-Unsubscribe"].startswith("<https://")
        assert message.get_body(("html",)) is not None


def test_the_demo_replaces_nothing_but_a_demo(tmp_path: Path) -> None:
    """A folder that someone else filled is left as it is."""
    (tmp_path / "mine.txt").write_text("mine")
    with pytest.raises(UsageError, match="not an earlier demo"):
        play(ROOT, tmp_path)
    assert (tmp_path / "mine.txt").read_text() == "mine"
