"""A new workspace."""

from pathlib import Path
from typing import Annotated

import typer

from aftershow.commands._printing import say


def command(folder: Annotated[Path, typer.Argument(metavar="DIR")]) -> None:
    """Make a new workspace."""
    from aftershow.campaign.schemas import MODELS
    from aftershow.workspace.init import init_workspace

    init_workspace(folder, MODELS)
    page(folder)


def page(folder: Path) -> None:
    """Print what to do in a new workspace."""
    say(f"A new workspace lies in {folder}. Next: cd {folder} && aftershow check")
