"""A marketers' test that came true is not played again, until anything that it depends on has changed."""

from pathlib import Path

import pytest

from aftershow.rehearsal import checking
from aftershow.rehearsal.checking import Findings, check
from aftershow.rehearsal.trials import run_trial
from tests.support.stage import FILES

TEST = """
given:
  - {email: ana@example.com, grade: A, permissions: {email: yes}}
on: 2026-09-21T10:00-05:00
expect:
  - {contact: ana@example.com, gets: {email: thanks}, at: 2026-09-21T10:00-05:00}
"""
FILE = "config/campaigns/follow-up.test.yaml"


@pytest.fixture
def played(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> list[str]:
    """The tests that were played, in order; at first nothing is remembered."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "caches"))
    names: list[str] = []

    def run(campaign, source):
        names.append(campaign.name)
        return run_trial(campaign, source)

    monkeypatch.setattr(checking, "run_trial", run)
    return names


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A workspace with a campaign and its test."""
    for name, text in {**FILES, FILE: TEST}.items():
        write(tmp_path / "workspace", name, text)
    return tmp_path / "workspace"


def write(root: Path, file: str, text: str) -> None:
    path = root / file
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)


def looked_over(root: Path) -> Findings:
    return check(root, {}, lambda *_: None)


def test_what_came_true_is_not_played_again(root: Path, played: list[str]) -> None:
    """Its expectations are counted all the same."""
    first, second = looked_over(root), looked_over(root)
    assert (played, first.tests, second) == (["follow-up"], 1, first)
    # A template says nothing about who gets what and when.
    write(root, "templates/visit/subject.txt", "A visit, perhaps")
    looked_over(root)
    assert played == ["follow-up"]


@pytest.mark.parametrize(
    "file",
    [
        FILE,
        "config/aftershow.yaml",
        "config/shows/expo.yaml",
        "config/segments.yaml",
        "config/campaigns/follow-up.yaml",
    ],
)
def test_a_change_is_played(root: Path, played: list[str], file: str) -> None:
    """The test, its campaign, the settings, the shows, the segments: any of them may decide."""
    looked_over(root)
    with (root / file).open("a") as there:
        there.write("# changed\n")
    looked_over(root)
    assert played == ["follow-up"] * 2


def test_what_did_not_come_true_is_said_each_time(root: Path, played: list[str]) -> None:
    """Nothing is remembered of what is wrong."""
    write(root, FILE, TEST.replace("email: thanks", "email: visit"))
    first, second = looked_over(root), looked_over(root)
    assert [problem.file for problem in first.problems] == [FILE]
    assert second.problems == first.problems
    assert played == ["follow-up"] * 2


def test_it_tells_what_it_looks_at(root: Path, played: list[str]) -> None:
    """Each template and each test, of how many."""
    told: list[tuple[str, int]] = []
    check(root, {}, lambda *_: None, tell=lambda what, of: told.append((what, of)))
    assert told == [(f"templates/{name}", 4) for name in ("question", "thanks", "visit")] + [(FILE, 4)]


@pytest.mark.parametrize("text", ["", "- a", "just words", "5", "expect:", "expect: 5"])
def test_what_is_no_test_is_a_mistake(root: Path, played: list[str], text: str) -> None:
    """A file of tests that is empty, or anything but keys, is said with its name, like every mistake."""
    write(root, FILE, text)
    findings = looked_over(root)
    assert findings.tests == 0
    assert {problem.file for problem in findings.problems} == {FILE}
