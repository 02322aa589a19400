"""The house is as its pages say."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from aftershow import errors
from aftershow.words import HoldReason, InteractionKind, State

ROOT = Path(__file__).parent.parent
GLOSSARY = (ROOT / "docs" / "glossary.md").read_text()


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


@pytest.mark.parametrize("word", [*State, *HoldReason])
def test_the_glossary_has_every_word(word: str) -> None:
    """Each state and each reason has its line in the glossary."""
    assert f"| {word} |" in GLOSSARY


@pytest.mark.parametrize("kind", list(InteractionKind))
def test_the_glossary_has_every_kind_of_interaction(kind: str) -> None:
    """Each kind of interaction stands in the glossary's table."""
    assert re.search(rf"[ |,]{kind}[,| ]", GLOSSARY)


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
