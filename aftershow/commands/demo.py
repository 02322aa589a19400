"""The sample campaigns, played."""

from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import typer

from aftershow.commands._options import Json
from aftershow.commands._printing import counted, progress, say, show, table


def command(
    target: Annotated[Path, typer.Option("--in", help="Where to play it; made anew each time.")] = Path(
        "demo"
    ),
    workspace: Annotated[
        Path | None,
        typer.Option("--workspace", envvar="AFTERSHOW_WORKSPACE", help="Play this one, not the sample."),
    ] = None,
    as_json: Json = False,
) -> None:
    """Play the sample shows and campaigns through weeks of virtual time, into an outbox folder."""
    from aftershow.demo.playing import play_demo
    from aftershow.demo.sample import sample_workspace

    outcome = asdict(play_demo(workspace or sample_workspace(), target, tell=None if as_json else progress))
    show(as_json, outcome, lambda: page(outcome))


def page(outcome: Mapping[str, Any]) -> None:
    """Print what the demo did, and where to look."""
    headings = (
        "campaign",
        "messages",
        "accepted",
        "rejected",
        "unknown",
        "expired",
        "to come",
        "goal",
        "held",
    )
    rows = [
        (
            one["campaign"],
            one["planned"],
            one["accepted"],
            one["rejected"],
            one["unknown"],
            one["expired"],
            one["waiting"],
            one["goal"],
            counted(one["held"]),
        )
        for one in outcome["campaigns"]
    ]
    table(f"What became of everyone, {outcome['start'][:10]} to {outcome['until'][:10]}", headings, rows)
    say(f"What came back: {counted(outcome['came_back'])}")
    if outcome["waits"]:
        say(f"{outcome['waits']} messages wait for approval: aftershow approve CAMPAIGN")
    files = ", ".join(f"{count} {channel}s" for channel, count in outcome["files"].items())
    say(f"\nIn {outcome['outbox']}: {files}")
    say(f"A picture of it: {outcome['picture']}")
    say("\nLook around:")
    workspace = outcome["workspace"]
    for words in (
        "plan a-leads --at 2026-11-20T09:00-06:00",
        "plan --until 2027-04-15 --at 2027-03-13T08:00-05:00",
        "ledger a-leads",
        f"contact {outcome['someone']}",
    ):
        say(f"  aftershow {words} --workspace {workspace}")
