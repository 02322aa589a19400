"""One turn of a campaign."""

from collections.abc import Mapping
from typing import Any

from aftershow.commands._options import HERE, At, Json, Workspace
from aftershow.commands._prefect import quiet_prefect
from aftershow.commands._printing import counted, say, show, table
from aftershow.errors import CampaignStoppedError
from aftershow.phrases import moved_on


def command(campaign: str, workspace: Workspace = HERE, at: At = None, as_json: Json = False) -> None:
    """Run one turn of a campaign: enrol, plan, send what is due, log."""
    from aftershow.desk import open_desk
    from aftershow.rehearsal.checking import require_sound

    with open_desk(workspace) as desk:
        # Said before Prefect starts, which takes seconds and tells of a mistake at length.
        require_sound(desk.campaign(campaign))
    quiet_prefect()
    from flows.in_process import run_here
    from flows.run_campaign import run_campaign

    stopped = None
    try:
        result = run_here(run_campaign, campaign=campaign, workspace=workspace, at=at)
    except CampaignStoppedError as error:
        stopped, result = error, error.result
    show(as_json, result, lambda: page(result))
    if stopped is not None:
        raise stopped


def page(result: Mapping[str, Any]) -> None:
    """Print what one turn did."""
    names = (
        "enrolled",
        "planned",
        "accepted",
        "rejected",
        "unknown",
        "deferred",
        "expired",
        "later",
        "interactions",
    )
    rows = [(name, result[name]) for name in names]
    table(f"{result['campaign']} at {result['at']}", ("what", "count"), rows)
    say(f"held: {counted(result['held'])}")
    if result["trouble"]:
        say(f"tried again later, because: {result['trouble']}")
    for moved in result["moved"]:
        say(moved_on(**moved))
