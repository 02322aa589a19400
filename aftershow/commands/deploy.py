"""The workspace's deployments on a Prefect server."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from aftershow.commands._options import HERE, Json, Workspace
from aftershow.commands._prefect import quiet_prefect
from aftershow.commands._printing import show, table


def command(workspace: Workspace = HERE, as_json: Json = False) -> None:
    """Make deployments those of the workspace, on its server that is up, or on that of PREFECT_API_URL."""
    quiet_prefect()
    from aftershow.desk import open_desk
    from flows.connecting import connected
    from flows.deployments import deploy

    with open_desk(workspace) as desk, connected(workspace) as client:
        deployed = asdict(deploy(desk, client))
    show(as_json, deployed, lambda: page(deployed))


def page(changes: Mapping[str, Any]) -> None:
    """Print which deployments changed, were removed, and stayed."""
    rows = [(name, what) for what, names in changes.items() for name in names]
    table("Deployments", ("deployment", "what happened"), rows)
