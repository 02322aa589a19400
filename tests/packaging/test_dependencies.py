"""What is imported is declared in pyproject.toml, and what is declared there is used."""

import ast
import re
import sys
import tomllib
from collections.abc import Iterator, Mapping
from functools import cache
from importlib.metadata import packages_distributions
from itertools import chain
from pathlib import Path
from typing import Any

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[2]
OURS = frozenset({"aftershow", "connectors", "flows", "tests", "bench"})
#: Who may import what: each folder, and the lists of pyproject.toml that are installed where its files run.
FOLDERS: Mapping[str, tuple[str, ...]] = {
    "aftershow": ("",),
    "connectors": ("",),
    "flows": ("",),
    "tests": ("", "dev"),
    ".ci": ("", "dev"),
    "bench": ("", "dev", "bench"),
}
#: Declared though no file of ours imports it, and why.
UNSEEN = {
    "tzdata": "zoneinfo reads it where the system has no time zones",
    "mypy": "a program of `make check`",
    "ruff": "a program of `make check`",
    "trytond-marketing-automation": "Tryton finds it by its name",
}
#: Imported though no list names it, and why.
ALWAYS_THERE = {"pip": "lies in every virtual environment; .ci/pins.py asks it for its index"}
#: What the extra `bench` brings, which is not installed where the tests run: by the name that is imported.
OF_BENCH = {"django": "django", "post_office": "django-post-office", "trytond": "trytond"}


@cache
def declared() -> Mapping[str, frozenset[str]]:
    """Return the lists of pyproject.toml, each a set of names: what runs under "", and the extras."""
    project: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    lists = {"": project["dependencies"], **project["optional-dependencies"]}
    return {
        name: frozenset(canonicalize_name(Requirement(line).name) for line in lines)
        for name, lines in lists.items()
    }


@cache
def providers() -> Mapping[str, frozenset[str]]:
    """Return for each name that can be imported the packages that bring it."""
    found = {name: frozenset(map(canonicalize_name, them)) for name, them in packages_distributions().items()}
    return {**{name: frozenset({package}) for name, package in OF_BENCH.items()}, **found}


def names(file: Path) -> Iterator[str]:
    """Yield the first part of whatever a file imports, also inside functions and for types."""
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module.partition(".")[0]


@cache
def imported(folder: str) -> frozenset[str]:
    """Return what the files of a folder import that is neither Python's nor ours."""
    found = set(chain.from_iterable(names(file) for file in (ROOT / folder).rglob("*.py")))
    return frozenset(found - sys.stdlib_module_names - OURS - ALWAYS_THERE.keys())


@pytest.mark.parametrize("folder", FOLDERS)
def test_what_is_imported_is_declared(folder: str) -> None:
    """Nothing works only because something else happens to need the same package."""
    allowed = frozenset[str]().union(*(declared()[name] for name in FOLDERS[folder]))
    missing = {name for name in imported(folder) if not providers().get(name, frozenset()) & allowed}
    assert missing == set(), f"{folder}/ imports what pyproject.toml does not declare for it"


@pytest.mark.parametrize("part", ["", "dev", "bench"])
def test_what_is_declared_is_used(part: str) -> None:
    """Nobody installs what no file needs, and what only tests need is not installed to run."""
    users = [folder for folder, lists in FOLDERS.items() if lists[-1] == part]
    used = chain.from_iterable(providers().get(name, ()) for folder in users for name in imported(folder))
    assert declared()[part] - set(used) - UNSEEN.keys() == set(), f"no file in {users} imports it"


@pytest.mark.parametrize("package", sorted(declared()[""]))
def test_each_has_its_reason(package: str) -> None:
    """The decision on dependencies says of each what it is for."""
    page = (ROOT / "docs" / "decisions" / "0003-dependencies.md").read_text()
    first_cells = re.findall(r"^\| ([^|]+) \|", page, re.MULTILINE)
    assert package in {canonicalize_name(name) for cell in first_cells for name in cell.split(", ")}


def test_the_exceptions_are_needed() -> None:
    """Whoever stops to need an exception takes it out."""
    every = frozenset[str]().union(*declared().values())
    used = frozenset(
        chain.from_iterable(providers().get(name, ()) for one in FOLDERS for name in imported(one))
    )
    assert UNSEEN.keys() <= every
    assert not UNSEEN.keys() & used
    assert OF_BENCH.keys() <= imported("bench")
