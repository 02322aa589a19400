"""The house is as its pages say."""

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from aftershow import errors
from aftershow.words.states import State

ROOT = Path(__file__).parent.parent
#: Every folder with code.
FOLDERS = sorted(
    {file.parent for room in ("aftershow", "connectors", "flows") for file in (ROOT / room).rglob("*.py")}
)
#: Alembic runs the files of these by their path; they are nobody's to import.
BY_PATH = [ROOT / "aftershow/store/migrations/versions"]
#: Rooms that have rooms inside them. Commands are told apart by folder, as words of the command line;
#: migrations are the store's past, which Alembic runs on its tables.
OUTER = sorted(
    room
    for room in (ROOT / "aftershow").rglob("*")
    if (room / "__init__.py").exists()
    and any(room.glob("*/__init__.py"))
    and room.name not in ("commands", "store")
)
GLOSSARY = (ROOT / "docs" / "glossary.md").read_text()


def name_of(path: Path) -> str:
    return ".".join(path.relative_to(ROOT).with_suffix("").parts)


def tree(kind: type[Exception], depth: int = 0) -> list[tuple[int, str]]:
    """Name a class and those below it, with their depth."""
    below = sorted(kind.__subclasses__(), key=lambda cls: cls.__name__)
    return [(depth, kind.__name__), *(entry for cls in below for entry in tree(cls, depth + 1))]


def drawn(text: str) -> list[tuple[int, str]]:
    """Read the tree that stands on top of errors.py."""
    found = re.findall(r"^((?:│   |    )*)(?:[├└]── )?(\w+Error)\b", text, re.MULTILINE)
    return [(len(indent) // 4 + (name != "AftershowError"), name) for indent, name in found]


def test_the_tree_of_errors_is_drawn_right() -> None:
    """The drawing on top of errors.py shows every exception, each under its parent."""
    assert sorted(drawn(errors.__doc__ or "")) == sorted(tree(errors.AftershowError))


@pytest.mark.parametrize("module", sorted(path.stem for path in (ROOT / "flows").glob("*.py")))
def test_flows_shadow_nothing(module: str) -> None:
    """No file of flows/ has the name of a standard module: Prefect puts that folder first on sys.path."""
    assert module == "__init__" or module not in sys.stdlib_module_names


@pytest.mark.parametrize("state", list(State))
def test_the_glossary_has_every_state(state: str) -> None:
    """Each state of a message has its line in the glossary."""
    assert f"| {state} |" in GLOSSARY


@pytest.mark.parametrize("command", ["--help", "check --help"])
def test_the_command_line_starts_without_prefect(command: str) -> None:
    """Whoever asks for help or checks the workspace does not wait for Prefect."""
    program = (
        f"import sys; sys.argv = ['aftershow', *{command.split()!r}]\n"
        "from aftershow.cli import app\n"
        "try: app()\n"
        "except SystemExit: pass\n"
        "print('prefect' in sys.modules, file=sys.stderr)"
    )
    run = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, cwd=ROOT, check=True
    )
    assert run.stderr.strip() == "False"


@pytest.mark.parametrize("folder", FOLDERS, ids=name_of)
def test_a_folder_with_code_is_a_package(folder: Path) -> None:
    """Without an `__init__.py` a room stands in no import contract, and `make check` passes over it."""
    assert (folder / "__init__.py").exists() == (folder not in BY_PATH)


def imports(file: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(file.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


@pytest.mark.parametrize("room", OUTER, ids=name_of)
def test_a_room_inside_a_room_knows_nothing_of_the_one_around_it(room: Path) -> None:
    """So that it can be read alone; what import-linter has no words for."""
    around = {name_of(file) for file in room.glob("*.py") if file.name != "__init__.py"}
    for file in (file for inner in room.glob("*/__init__.py") for file in inner.parent.rglob("*.py")):
        for name in imports(file):
            known = {name, name.rpartition(".")[0]} & around
            assert not known, f"{file.relative_to(ROOT)} imports {name}"
