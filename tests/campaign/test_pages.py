"""What pages say of words is what the rows say."""

import re
from collections.abc import Iterable
from pathlib import Path

import pytest

from aftershow.audience.fields import FIELDS
from aftershow.campaign.pages import PART, PARTS, written
from aftershow.words.fields import ContactField
from aftershow.words.kinds import InteractionKind
from aftershow.words.reasons import HoldReason

PAGES = sorted((Path(__file__).parents[2] / "docs").glob("*.md"))


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_pages_are_fresh(page: Path) -> None:
    """Each page is as its rows would write it."""
    text = page.read_text("utf-8")
    assert text == written(text), "run: make fix"


def test_each_part_stands_on_one_page() -> None:
    """Nothing is made for no page, or for two."""
    placed = [part["name"] for page in PAGES for part in PART.finditer(page.read_text("utf-8"))]
    assert sorted(placed) == sorted(PARTS)


def test_only_the_part_is_written() -> None:
    """What stands around a part stays as somebody wrote it; a marker alone gets its part."""
    marker = "<!-- given: `make fix` writes this from FILE -->\n"
    fresh = f"Before.\n\n{marker}{PARTS['given']}\nAfter.\n"
    assert written(f"Before.\n\n{marker}old\nolder\n\nAfter.\n") == fresh
    assert written(f"Before.\n\n{marker}\nAfter.\n") == fresh


@pytest.mark.parametrize(
    ("parts", "words"),
    [
        (["reasons"], HoldReason),
        (["kinds"], InteractionKind),
        (["fields", "catalogue"], ContactField),
        (["catalogue"], FIELDS),
    ],
    ids=["reasons", "kinds", "fields", "conditions"],
)
def test_no_word_is_left_out(parts: list[str], words: Iterable[str]) -> None:
    """Each word stands where it is explained."""
    explained = {word for part in parts for word in re.findall(r"[\w.]+", PARTS[part])}
    assert set(words) - explained == set()
