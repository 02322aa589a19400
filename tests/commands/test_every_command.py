"""Each file of aftershow/commands/ is a command, with a test and a line in the docs."""

import re
from pathlib import Path

import pytest
from typer.main import get_command

from aftershow import commands
from aftershow.cli import IN_ORDER, app
from tests.commands.conftest import ROOT, Run

FOLDER = Path(commands.__file__).parent
#: The files of commands, such as plan and db/upgrade.
FILES = sorted(
    path.relative_to(FOLDER).with_suffix("").as_posix()
    for path in FOLDER.rglob("*.py")
    if not path.name.startswith("_")
)
TABLE = re.findall(r"^\| `aftershow ([a-z -]+)", (ROOT / "docs/commands.md").read_text("utf-8"), re.MULTILINE)


def spoken(file: str) -> str:
    """Return what a person types for a command."""
    return " ".join(part.rstrip("_").replace("_", "-") for part in file.split("/"))


@pytest.mark.parametrize("file", FILES)
def test_a_file_is_a_command(file: str, run: Run) -> None:
    """Its name is the command's, and its help says what it does."""
    asked = run(*spoken(file).split(), "--help")
    assert (asked.code, f"{spoken(file)} [OPTIONS]" in asked.out) == (0, True)


@pytest.mark.parametrize("file", FILES)
def test_a_command_has_its_test(file: str) -> None:
    """tests/commands/ has a file of the same name."""
    assert (ROOT / "tests/commands" / f"test_{file.replace('/', '_')}.py").is_file()


def test_the_docs_have_every_command() -> None:
    """docs/commands.md lists what there is, in the order of --help, and nothing else."""
    listed = [words.strip() for words in TABLE]
    first = [one.split()[0] for one in listed]
    assert sorted(listed) == sorted(map(spoken, FILES))
    assert list(dict.fromkeys(first)) == list(get_command(app).commands)  # type: ignore[attr-defined]


def test_the_order_names_what_there_is() -> None:
    """A command that is taken away leaves nothing behind in the order of --help."""
    assert set(IN_ORDER) <= {spoken(file).split()[0] for file in FILES}


def test_a_misspelt_command(run: Run) -> None:
    """What was probably meant is said."""
    asked = run("chek")
    assert asked.code == 2
    assert "Did you mean 'check'" in asked.err
