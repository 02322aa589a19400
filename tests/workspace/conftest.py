"""What the tests of the workspace share: the mistakes of a text, and folders of files."""

from collections.abc import Callable, Mapping
from pathlib import Path
from textwrap import dedent

import pytest

from aftershow.errors import WorkspaceError
from aftershow.workspace.yaml.model import Model
from aftershow.workspace.yaml.yaml_file import YamlFile

Mistakes = Callable[[type[Model], str], list[str]]
Folder = Callable[[Mapping[str, str]], Path]


@pytest.fixture
def mistakes() -> Mistakes:
    """Read a YAML text as a model, and return its problems as a person sees them."""

    def read(model: type[Model], text: str) -> list[str]:
        try:
            YamlFile.parse("x.yaml", dedent(text).lstrip("\n")).read(model)
        except WorkspaceError as error:
            return [str(problem) for problem in error.problems]
        return []

    return read


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    """Write files, by path and text, into a fresh folder and return it."""

    def write(files: Mapping[str, str]) -> Path:
        for name, text in files.items():
            path = tmp_path / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(dedent(text).lstrip("\n"), encoding="utf-8")
        return tmp_path

    return write
