"""Mistakes are told all at once, each where it stands."""

import shutil
from pathlib import Path

import pytest

from tests.commands.conftest import ROOT, Run


def test_check(run: Run, small: Path) -> None:
    """A workspace without mistakes passes, with its campaign's own test."""
    found = run("check", "--json")
    assert (found.code, found.document["problems"]) == (0, [])
    counts = [found.document[name] for name in ("campaigns", "templates", "tests")]
    assert counts == [1, 3, 7]
    assert run("check").out.startswith("All good: 1 campaign, 3 templates, 7 expectations of their tests.")


def test_check_of_the_demo(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The demo's workspace has no mistake; `make check` plays its campaigns' tests as well."""
    monkeypatch.delenv("AFTERSHOW_DATABASE_URL", raising=False)
    for folder in ("config", "templates"):
        shutil.copytree(ROOT / folder, tmp_path / folder, ignore=shutil.ignore_patterns("*.test.yaml"))
    found = run("check", "--workspace", tmp_path, "--json")
    assert (found.code, found.document["problems"]) == (0, [])
    assert found.document["campaigns"] > 5


def test_check_with_mistakes(run: Run, small: Path) -> None:
    """Each mistake is named with its file, line and likely meaning, all at once."""
    campaign = small / "config" / "campaigns" / "midwest-leads.yaml"
    campaign.write_text(
        campaign.read_text().replace("site-visit", "site-vist").replace("grade in", "grad in")
    )
    ran = run("check")
    assert ran.code == 1
    assert "config/campaigns/midwest-leads.yaml:6: audience.where: " in ran.out
    assert "Did you mean grade?" in ran.out
    assert "config/campaigns/midwest-leads.yaml:14: steps.3.email: " in ran.out
    assert "did you mean `site-visit`?" in ran.out


def test_check_with_a_marketers_test_that_fails(run: Run, small: Path) -> None:
    """An expectation that did not come true is told at its line, with what became of the person instead."""
    campaign = small / "config" / "campaigns" / "midwest-leads.yaml"
    campaign.write_text(campaign.read_text().replace("after: 5 days", "after: 1 week"))
    ran = run("check")
    assert ran.code == 1
    assert ran.out == (
        "config/campaigns/midwest-leads.test.yaml:15: expect.3: "
        "expected: ann@example.com gets email site-visit on Fri 25 Sep 2026\n"
        "    but:      gets email thanks on Fri 18 Sep 2026 10:00 CDT\n"
        "              gets text quick-question on Sun 20 Sep 2026 10:00 CDT\n"
        "              gets email site-visit on Sun 27 Sep 2026 10:00 CDT\n"
        "\nMistakes: 1. Correct them, then run `aftershow check` again.\n"
    )
