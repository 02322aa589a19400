"""The command line: gathers the commands from their folder, and ends with the exit code of the contract."""

import os
import sys
from collections.abc import Iterator, Mapping
from importlib import import_module
from pathlib import Path
from pkgutil import ModuleInfo, iter_modules
from types import ModuleType
from typing import Annotated, Any, NoReturn, cast

import typer
from typer.core import TyperGroup
from typer.main import get_group

from aftershow import commands
from aftershow.commands._printing import complain
from aftershow.errors import AftershowError, UsageError, WorkspaceError
from aftershow.privacy import keep_to_ourselves

#: How --help lists them: as one meets them, from the demo to what operators need. Others follow by name.
IN_ORDER = (
    *("demo", "init", "check", "import", "segment", "plan", "approve", "preview", "run", "deploy", "up"),
    *("ledger", "settle", "contact", "log", "exit", "review", "fixes", "db"),
)


class _Folder(Mapping[str, Any]):
    """The commands of a folder by name, each read when it is asked for: nobody waits for the others."""

    def __init__(self, package: ModuleType) -> None:
        files = {_spoken(file.name): file for file in _files(package)}
        self._package = package.__name__
        self._files = {name: files[name] for name in sorted(files, key=_place)}
        self._read = dict[str, Any]()

    def __getitem__(self, name: str) -> Any:
        if name not in self._read:
            self._read[name] = self._command(name)
        return self._read[name]

    def _command(self, name: str) -> Any:
        file, alone = self._files[name], typer.Typer()
        module = import_module(f"{self._package}.{file.name}")
        if file.ispkg:
            alone.add_typer(_group(module), name=name)
        else:
            alone.command(name)(module.command)
        return get_group(alone).commands[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._files)

    def __len__(self) -> int:
        return len(self._files)


class _Commands(TyperGroup):
    """Everything that `aftershow` can do."""

    def __init__(self, **told: Any) -> None:
        super().__init__(**told)
        self.commands = cast("dict[str, Any]", _Folder(commands))


def _group(package: ModuleType) -> typer.Typer:
    """Return a group of commands, whose help is the docstring of its folder."""
    group = typer.Typer(help=package.__doc__, no_args_is_help=True)
    for file in _files(package):
        group.command(_spoken(file.name))(import_module(f"{package.__name__}.{file.name}").command)
    return group


def _files(package: ModuleType) -> list[ModuleInfo]:
    return [file for file in iter_modules(package.__path__) if not file.name.startswith("_")]


def _spoken(module: str) -> str:
    """Return how a command is called whose file can't be: import_ is import, since that is Python's word."""
    return module.rstrip("_").replace("_", "-")


def _place(name: str) -> tuple[int, str]:
    return (IN_ORDER.index(name) if name in IN_ORDER else len(IN_ORDER), name)


app = typer.Typer(
    cls=_Commands,
    help="Turn the people met at a trade show into relationships.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
)


def main() -> NoReturn:
    """Run the command line; exits 0 when done, 1 with problems found, 2 for wrong usage or workspace."""
    keep_to_ourselves()
    try:
        app()
    except (UsageError, WorkspaceError) as error:
        _fail(error, code=2)
    except AftershowError as error:
        _fail(error, code=1)
    except Exception as error:
        # SQLAlchemy takes a while to import, and only commands that used it can raise its errors.
        if "sqlalchemy" not in type(error).__module__:
            raise
        _fail(f"The database did not do it: {error.args[0] if error.args else type(error).__name__}", code=1)
    sys.exit(0)


def _say_version(asked: bool) -> None:
    if asked:
        from importlib.metadata import version

        typer.echo(f"aftershow {version('aftershow')}")
        raise typer.Exit


@app.callback()
def everywhere(
    workspace: Annotated[Path | None, typer.Option(help="The workspace's folder.")] = None,
    _version: Annotated[
        bool,
        typer.Option("--version", callback=_say_version, is_eager=True, help="Say which version this is."),
    ] = False,
) -> None:
    """Turn the people met at a trade show into relationships."""
    if workspace is not None:
        os.environ["AFTERSHOW_WORKSPACE"] = str(workspace)


def _fail(error: AftershowError | str, *, code: int) -> NoReturn:
    complain(str(error))
    sys.exit(code)
