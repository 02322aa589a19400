"""What waits for a person's word."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

import typer

from aftershow.commands._options import HERE, At, Json, Workspace
from aftershow.commands._pages import on_the_clock
from aftershow.commands._printing import say, show, table
from aftershow.phrases import number_of

if TYPE_CHECKING:
    from aftershow.ledger.approvals import Waiting


def command(
    campaign: str,
    step: Annotated[list[str] | None, typer.Option(help="Only this step; may be said again.")] = None,
    yes: Annotated[bool, typer.Option("--yes", help="Let what waits go out with the next turn.")] = False,
    by: Annotated[str, typer.Option(envvar="USER", help="Who approves.")] = "someone",
    workspace: Workspace = HERE,
    at: At = None,
    as_json: Json = False,
) -> None:
    """List what waits for a person's word, or let it go with --yes."""
    from aftershow.desk import open_desk, right_now
    from aftershow.ledger.approvals import approve, waiting

    with open_desk(workspace) as desk, desk.engine.begin() as connection:
        desk.campaign(campaign).require_steps(step or ())
        approved = approve(connection, campaign, step, by=by, now=at or right_now()) if yes else 0
        rows = waiting(connection, campaign, step)
    document = {"campaign": campaign, "approved": approved, "waiting": [asdict(row) for row in rows]}
    show(as_json, document, lambda: page(rows, approved, desk.workspace.settings.timezone))


def page(rows: Sequence["Waiting"], approved: int, timezone: str) -> None:
    """Print what waits for a person's word, by the clock of a time zone, and how much was let go."""
    if approved:
        say(f"Approved: {number_of(approved, 'message')}. The next turn sends what nothing else holds.")
    listed = [
        (
            row.step,
            row.channel,
            row.messages,
            on_the_clock(row.since, timezone),
            on_the_clock(row.until, timezone),
        )
        for row in rows
    ]
    if listed:
        table("Waits for approval", ("step", "channel", "messages", "since", "given up from"), listed)
        say("To let it go: aftershow approve CAMPAIGN --yes, or with --step for one step.")
    elif not approved:
        say("Nothing waits for approval.")
