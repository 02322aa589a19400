"""Everything on its schedule."""

from typing import Annotated

import typer

from aftershow.commands._options import HERE, Workspace
from aftershow.commands._prefect import quiet_prefect
from aftershow.commands._printing import say


def command(
    port: Annotated[int, typer.Option(help="Where Prefect's pages are.")] = 4200, workspace: Workspace = HERE
) -> None:
    """Run everything on its schedule: Prefect's server, its pages and a worker, until Ctrl-C."""
    quiet_prefect()
    from flows.up import up

    up(workspace, port=port, tell=say)
