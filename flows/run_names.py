"""The names by which runs are told apart in Prefect's lists: what, and for which moment."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from prefect.runtime import flow_run

from aftershow.errors import AftershowError
from aftershow.workspace.workspace import load_workspace
from flows.occasion import this_occasion


def named_by_moment(what: str) -> Callable[[], str]:
    """Return what names a run, such as `a-leads, Tue 24 Nov 10:15`, on the workspace's clock.

    `what` may name a parameter of the flow in braces. The moment is the occasion's, else the time for which
    the run was scheduled.
    """

    def name() -> str:
        return f"{what.format(**flow_run.parameters)}, {_moment()}"

    return name


def _moment() -> str:
    try:
        occasion = this_occasion()
        return _said(occasion.at or flow_run.scheduled_start_time, _zone(occasion.workspace))
    except AftershowError:
        # The run itself is about to say what is wrong there.
        return f"{_said(flow_run.scheduled_start_time, 'UTC')} UTC"


def _zone(workspace: Path) -> str:
    return load_workspace(workspace).settings.timezone


def _said(moment: datetime, zone: str) -> str:
    local = moment.astimezone(ZoneInfo(zone))
    return f"{local:%a} {local.day} {local:%b %H:%M}"
