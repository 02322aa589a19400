"""Connectors that a marketer's workspace brings: files in its folder connectors/, loaded by their path."""

import sys
from collections.abc import Mapping
from functools import cache
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType
from zlib import crc32

from aftershow.errors import UsageError
from aftershow.ports import ConnectorSettings

#: What a connector's class has; see Sender in aftershow/ports.py.
PARTS = ("channels", "send", "close")


def brought(workspace: Path) -> Mapping[str, Path]:
    """Return the files of a workspace's own connectors by name; those that begin with `_` or `.` are none.

    Raises UsageError when one of them, or the folder, is a link out of the workspace.
    """
    folder = workspace / "connectors"
    # Aftershow's own, where somebody works in its repository: a marketer's folder is no package.
    if (folder / "__init__.py").exists():
        return {}
    files = sorted(path for path in folder.glob("[!_.]*.py") if path.is_file())
    for file in files:
        if not file.resolve().is_relative_to(workspace.resolve()):
            raise UsageError(
                f"connectors/{file.name}: a link leads out of the workspace. Put the file itself there."
            )
    return {file.stem: file for file in files}


def load(name: str, file: Path) -> ModuleType:
    """Return a workspace's connector as a module; raises UsageError when the file is broken."""
    return _loaded(name, file.resolve(), file.stat().st_mtime_ns)


@cache
def _loaded(name: str, file: Path, _changed: int) -> ModuleType:
    known_as = f"_connector_{crc32(str(file).encode()):08x}_{name}"
    spec = spec_from_file_location(known_as, file)
    if spec is None or spec.loader is None:
        raise UsageError(f"connectors/{name}.py can't be loaded: it is no Python file.")
    module = module_from_spec(spec)
    # Dataclasses and pydantic look the module of a class up there.
    sys.modules[known_as] = module
    try:
        spec.loader.exec_module(module)
    except Exception as error:
        del sys.modules[known_as]
        raise UsageError(f"connectors/{name}.py can't be loaded: {type(error).__name__}: {error}") from error
    _require_parts(name, module)
    return module


def _require_parts(name: str, module: ModuleType) -> None:
    settings, connector = getattr(module, "Settings", None), getattr(module, "Connector", None)
    if not (isinstance(settings, type) and issubclass(settings, ConnectorSettings)):
        raise UsageError(f"connectors/{name}.py has no class `Settings` that is a ConnectorSettings.")
    lacks = [part for part in PARTS if not hasattr(connector, part)]
    if lacks:
        raise UsageError(f"connectors/{name}.py: its class `Connector` lacks {', '.join(lacks)}.")
