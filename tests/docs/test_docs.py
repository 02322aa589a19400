"""What pages say of files is true: each that is named is there, links lead somewhere, tables are tables."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from markdown_it import MarkdownIt
from markdown_it.token import Token

ROOT = Path(__file__).parents[2]
PAGES = sorted(
    page.relative_to(ROOT).as_posix() for page in (*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"))
)
#: A file or a folder of the project, as pages write it: in backticks, or in a table.
_PATH = re.compile(
    r"(?<![\w./-])((?:aftershow|bench|connectors|docs|flows|tests|\.ci)/[\w./<>-]*[\w>]|(?:pyproject|constraints)\.\w+)"
)
#: A word in capitals stands for a name that the reader chooses.
_PLACEHOLDER = re.compile(r"[A-Z]{3,}|<")


def page(name: str) -> list[Token]:
    return MarkdownIt().enable("table").parse((ROOT / name).read_text("utf-8"))


def links(tokens: list[Token]) -> Iterator[str]:
    for token in tokens:
        for child in token.children or ():
            if child.type == "link_open":
                yield str(child.attrs["href"])


def anchors(name: str) -> set[str]:
    heads = re.findall(r"^#+ (.*)$", (ROOT / name).read_text("utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w -]", "", head).strip().lower().replace(" ", "-") for head in heads}


@pytest.mark.parametrize("name", PAGES)
def test_links_lead_to_pages_and_headings_that_are_there(name: str) -> None:
    for link in links(page(name)):
        if "://" in link or link.startswith("mailto:"):
            continue
        file, _, heading = link.partition("#")
        target = (ROOT / name).parent / file if file else ROOT / name
        assert target.exists(), f"{name}: {link}"
        if heading:
            assert heading in anchors(target.resolve().relative_to(ROOT).as_posix()), f"{name}: {link}"


@pytest.mark.parametrize("name", [name for name in PAGES if Path(name).parent == Path("docs")])
def test_a_page_is_found_from_the_readme(name: str) -> None:
    """Each page of docs/ is linked from README.md, where readers begin."""
    assert name in links(page("README.md")), f"README.md has no line for {name}"


@pytest.mark.parametrize("name", PAGES)
def test_tables_are_tables(name: str) -> None:
    """A row with a cell too many loses it on the page, and a table without its line of dashes is text."""
    lines = (ROOT / name).read_text("utf-8").splitlines()
    inside: set[int] = set()
    for token in page(name):
        if token.map and token.type in ("table_open", "fence", "code_block"):
            inside.update(range(*token.map))
        if token.map and token.type == "table_open":
            cells = {
                len(re.split(r"(?<!\\)\|", line.strip().strip("|"))) for line in lines[slice(*token.map)]
            }
            assert len(cells) == 1, f"{name}:{token.map[0] + 1}: rows of different length"
    for number, line in enumerate(lines):
        assert not line.startswith("|") or number in inside, f"{name}:{number + 1}: no row of a table"


# A decision speaks of its day, and so does a line of the changelog.
@pytest.mark.parametrize("name", [p for p in PAGES if not p.startswith(("docs/decisions/", "CHANGELOG"))])
def test_files_that_a_page_names_are_there(name: str) -> None:
    """A recipe that names a file that was moved sends its reader astray."""
    for path in _PATH.findall((ROOT / name).read_text("utf-8")):
        known = ROOT / path
        while _PLACEHOLDER.search(known.relative_to(ROOT).as_posix()):
            known = known.parent
        assert known.exists() or any(known.parent.glob(f"{known.name}.*")), f"{name} names {path}"
