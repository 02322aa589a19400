"""A new workspace, small and complete, to be changed by the person who asked for it."""

from collections.abc import Mapping
from importlib.resources import as_file, files
from pathlib import Path
from shutil import copytree

from aftershow.errors import UsageError
from aftershow.workspace.model import Model
from aftershow.workspace.schema import MODELS, write_schemas


def init_workspace(target: Path, models: Mapping[str, type[Model]] = MODELS) -> None:
    """Make a workspace in `target`, with the schemas of `models` for its editor.

    Raises UsageError when `target` is a file or a folder that is not empty; nothing is written then.
    """
    if target.exists() and not target.is_dir():
        raise UsageError(f"{target} is a file. Name a folder that does not exist yet.")
    if target.is_dir() and any(target.iterdir()):
        raise UsageError(f"{target} is not empty. Name a folder that does not exist yet.")
    with as_file(files("aftershow.workspace") / "starter") as starter:
        copytree(starter, target, dirs_exist_ok=True)
    write_schemas(target / "config" / "schema", models)
