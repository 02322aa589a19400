"""A new workspace, small and complete, to be changed by the person who asked for it."""

from collections.abc import Mapping
from importlib.resources import as_file, files
from pathlib import Path
from shutil import copytree
from stat import S_IMODE

from aftershow.errors import UsageError
from aftershow.privacy import close_to_others
from aftershow.workspace.schema import MODELS, write_schemas
from aftershow.workspace.yaml.model import Model


def init_workspace(target: Path, models: Mapping[str, type[Model]] = MODELS) -> None:
    """Make a workspace in `target`, with the schemas of `models` for its editor.

    Raises UsageError when `target` is a file or a folder that is not empty; nothing is written then.
    """
    if target.exists() and not target.is_dir():
        raise UsageError(f"{target} is a file. Name a folder that does not exist yet.")
    if target.is_dir() and any(target.iterdir()):
        raise UsageError(f"{target} is not empty. Name a folder that does not exist yet.")
    # What will lie in there is data of people, and the secret.
    target.mkdir(mode=0o700, parents=True, exist_ok=True)
    close_to_others(target)
    rights = S_IMODE(target.stat().st_mode)
    with as_file(files("aftershow.workspace") / "starter") as starter:
        copytree(starter, target, dirs_exist_ok=True)
    # Those of the copied folder came with it.
    target.chmod(rights)
    write_schemas(target / "config" / "schema", models)
