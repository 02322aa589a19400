"""A campaign's ledger in figures, and what is in doubt."""

import sys
from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING, Annotated, Any

import typer

from aftershow.commands._options import HERE, At, By, Json, Workspace
from aftershow.commands._pages import on_the_clock, remedies, settled_page
from aftershow.commands._printing import counted, say, show, table
from aftershow.errors import UsageError
from aftershow.phrases import number_of

if TYPE_CHECKING:
    from aftershow.desk import Desk
    from aftershow.ledger.counts import Summary


def command(
    campaign: Annotated[
        str | None, typer.Argument(help="The campaign; with --unknown, all of them without it.")
    ] = None,
    unknown: Annotated[
        bool, typer.Option("--unknown", help="List what is in doubt, and what can be done.")
    ] = False,
    reconcile: Annotated[
        bool, typer.Option("--reconcile", help="With --unknown: first ask the providers that keep a list.")
    ] = False,
    by: By = "someone",
    workspace: Workspace = HERE,
    at: At = None,
    as_json: Json = False,
) -> None:
    """Count a campaign's messages by state, by reason of holding and by channel; or list what is in doubt."""
    from aftershow.desk import open_desk, right_now
    from aftershow.doubts.doubts import campaign_named
    from aftershow.ledger.counts import summary

    if not unknown and (campaign is None or reconcile):
        raise UsageError("Say a campaign, or --unknown for what is in doubt.")
    with open_desk(workspace) as desk:
        if campaign is not None:
            with desk.engine.begin() as connection:
                campaign_named(connection, campaign, desk.workspace.campaign_sources)
                figures = summary(connection, campaign)
            if not unknown:
                return show(as_json, asdict(figures), lambda: page(campaign, figures))
        found = _doubts(desk, campaign, by if reconcile else None, at or right_now())
    show(as_json, found, lambda: doubts_page(found, desk.workspace.settings.timezone))
    if found["trouble"]:
        sys.exit(1)
    return None


def _doubts(desk: "Desk", campaign: str | None, by: str | None, now: datetime) -> dict[str, Any]:
    """Return the document of what is in doubt; the providers are asked first if `by` says who asks."""
    from aftershow.desk import has_list, open_lists
    from aftershow.doubts.doubts import doubts, remedy
    from aftershow.doubts.reconciling import Reconciled, ask_providers

    with desk.engine.begin() as connection:
        signer = desk.signer(connection)
    lists, asked = partial(open_lists, desk.workspace), Reconciled()
    if by is not None:
        asked = ask_providers(desk.engine, desk.workspace, signer, lists, campaign=campaign, by=by, now=now)
    with desk.engine.begin() as connection:
        left = doubts(connection, signer, campaign=campaign, now=now)
    channels = desk.workspace.settings.channels
    rows = [
        {
            **asdict(doubt),
            "asked": asked.still.get(doubt.message),
            "remedy": remedy(
                doubt,
                str(channels[doubt.channel]["connector"]),
                has_list=has_list(desk.workspace, doubt.channel),
            ),
        }
        for doubt in left
    ]
    settled = [asdict(one) for one in asked.settled]
    return {"settled": settled, "unknown": rows, "trouble": asked.trouble}


def page(campaign: str, figures: "Summary") -> None:
    """Print a campaign's ledger in figures."""
    table(
        f"{campaign}: {number_of(figures.messages, 'message')}",
        ("state", "count"),
        list(figures.by_state.items()),
    )
    say(f"held: {counted(figures.held)}")
    remedies(figures.held)
    say(f"channels: {counted(figures.by_channel)}")


def doubts_page(found: Mapping[str, Any], timezone: str) -> None:
    """Print what a provider's list settled, and what is in doubt, by the clock of a time zone."""
    settled_page(found["settled"])
    rows = [
        (
            row["message"],
            row["contact"],
            row["campaign"],
            row["step"],
            row["channel"],
            on_the_clock(row["handed_over_at"], timezone),
            row["asked"] or row["reason"],
            row["remedy"],
        )
        for row in found["unknown"]
    ]
    if rows:
        headings = ("message", "contact", "campaign", "step", "channel", "handed over", "why", "to find out")
        table(f"In doubt: {number_of(len(rows), 'message')}", headings, rows)
        say("Once you know: aftershow settle MESSAGE --sent, or --not-sent, or --not-sent --again")
    else:
        say("Nothing is in doubt.")
    if found["trouble"]:
        say(f"Not all could be asked about: {found['trouble']}")
