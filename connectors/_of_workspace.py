"""Connectors that a marketer's workspace brings: files in its folder connectors/, loaded by their path."""

import sys
from collections.abc import Mapping
from functools import cache
from importlib.util import module_from_spec, spec_from_file_location
from inspect import signature
from pathlib import Path
from types import ModuleType
from zlib import crc32

from aftershow.errors import Problem, WorkspaceError
from aftershow.ports import ConnectorSettings

#: What a connector's class has; see Sender in aftershow/ports.py.
PARTS = ("channels", "send", "close")


def brought(workspace: Path) -> Mapping[str, Path]:
    """Return the files of a workspace's own connectors by name; those that begin with `_` or `.` are none.

    Raises WorkspaceError when one of them, or the folder, is a link out of the workspace.
    """
    folder = workspace / "connectors"
    # Aftershow's own, where somebody works in its repository: a marketer's folder is no package.
    if (folder / "__init__.py").exists():
        return {}
    files = sorted(path for path in folder.glob("[!_.]*.py") if path.is_file())
    for file in files:
        if not file.resolve().is_relative_to(workspace.resolve()):
            raise wrong(file.stem, "a link leads out of the workspace. Put the file itself there.")
    return {file.stem: file for file in files}


def passed_over(workspace: Path, name: str) -> str:
    """Return a sentence on why a file of the workspace is no connector; empty where it has no such file."""
    folder = workspace / "connectors"
    if Path(name).name != name or not (folder / f"{name}.py").is_file():
        return ""
    if name.startswith(("_", ".")):
        return f" connectors/{name}.py is none: the name of a connector does not begin with `_` or `.`."
    return f" connectors/{name}.py is passed over, since there is a connectors/__init__.py: delete that one."


def wrong(name: str, text: str) -> WorkspaceError:
    """Return what is wrong with the file of a workspace's connector, whatever channel names it."""
    return WorkspaceError([Problem(file=f"connectors/{name}.py", text=text)])


def load(name: str, file: Path) -> ModuleType:
    """Return a workspace's connector as a module; raises WorkspaceError when the file is broken."""
    return _loaded(name, file.resolve(), file.stat().st_mtime_ns)


@cache
def _loaded(name: str, file: Path, _changed: int) -> ModuleType:
    known_as = f"_connector_{crc32(str(file).encode()):08x}_{name}"
    spec = spec_from_file_location(known_as, file)
    if spec is None or spec.loader is None:
        raise wrong(name, "can't be loaded: it is no Python file.")
    module = module_from_spec(spec)
    # Dataclasses and pydantic look the module of a class up there.
    sys.modules[known_as] = module
    try:
        spec.loader.exec_module(module)
    except (Exception, SystemExit) as error:
        del sys.modules[known_as]
        raise wrong(name, f"can't be loaded: {type(error).__name__}: {error}") from error
    _require_parts(name, module)
    return module


def _require_parts(name: str, module: ModuleType) -> None:
    settings, connector = getattr(module, "Settings", None), getattr(module, "Connector", None)
    if not (isinstance(settings, type) and issubclass(settings, ConnectorSettings)):
        raise wrong(name, "has no class `Settings` that is a ConnectorSettings.")
    if not isinstance(connector, type):
        raise wrong(name, "has no class `Connector`.")
    lacks = [part for part in PARTS if not hasattr(connector, part)]
    if lacks:
        raise wrong(name, f"its class `Connector` lacks {', '.join(lacks)}.")
    try:
        signature(connector).bind("settings", "workspace")
    except (TypeError, ValueError):
        text = "its class `Connector` can't be opened: say `def __init__(self, settings, workspace)`."
        raise wrong(name, text) from None
