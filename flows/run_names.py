"""The names by which runs are told apart in Prefect's lists: what, and for which moment."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from prefect.runtime import flow_run

from aftershow.errors import WorkspaceError
from aftershow.workspace.workspace import load_workspace


def named_by_moment(what: str) -> Callable[[], str]:
    """Return what names a run, such as `a-leads, Tue 24 Nov 10:15`, on the workspace's clock.

    `what` may name a parameter of the flow in braces. The moment is the parameter `at`, else the time for
    which the run was scheduled.
    """

    def name() -> str:
        parameters = flow_run.parameters
        moment: datetime = parameters.get("at") or flow_run.scheduled_start_time
        return f"{what.format(**parameters)}, {_said(moment, Path(parameters['workspace']))}"

    return name


def _said(moment: datetime, workspace: Path) -> str:
    try:
        zone, suffix = load_workspace(workspace).settings.timezone, ""
    except WorkspaceError:
        # The run itself is about to say what is wrong there.
        zone, suffix = "UTC", " UTC"
    local = moment.astimezone(ZoneInfo(zone))
    return f"{local:%a} {local.day} {local:%b %H:%M}{suffix}"
