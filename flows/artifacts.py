"""What a run shows in Prefect's pages: counts, steps and reasons, never people."""

from collections.abc import Mapping
from typing import Any

from prefect.artifacts import create_markdown_artifact, create_table_artifact

from aftershow.desk import Desk
from aftershow.journey.campaign import Campaign
from aftershow.journey.turn import TurnResult
from aftershow.leads.result import ImportResult
from aftershow.ledger.counts import by_step


def show_plan(desk: Desk, campaign: Campaign) -> None:
    """Show where the messages of each step stand before anything of this turn is sent."""
    with desk.engine.connect() as connection:
        rows = by_step(connection, campaign.name)
    table = [
        {
            "step": row.step,
            "channel": row.channel,
            "state": row.state,
            "reason": row.reason or "",
            "messages": row.messages,
        }
        for row in rows
    ]
    create_table_artifact(
        table,
        key=_key("plan", campaign.name),
        description=f"**{campaign.name}**: what is planned, and what is held why. {campaign.model.purpose}",
    )


def show_result(result: TurnResult) -> None:
    """Show what became of everyone in this turn."""
    held = ", ".join(f"{count} {reason}" for reason, count in result.held.items()) or "nobody"
    lines = [
        f"## {result.campaign}, {result.at}",
        "",
        "| new people | due | accepted | rejected | unknown | tried again later |",
        "|---|---|---|---|---|---|",
        f"| {result.enrolled} | {result.planned} | {result.accepted} | {result.rejected} | {result.unknown} "
        f"| {result.deferred} |",
        "",
        f"Held: {held}.",
    ]
    lines += [
        f"\n**{count} people wait at `{step}`**, which is no step any more."
        for step, count in result.stranded.items()
    ]
    if result.stopped:
        lines += ["", f"**Stopped:** {result.stopped}"]
    create_markdown_artifact(
        "\n".join(lines), key=_key("result", result.campaign), description="What this turn did."
    )


def show_import(show: str, result: ImportResult) -> None:
    """Show what became of the rows of some lead files."""
    figures: Mapping[str, Any] = {
        "rows": result.rows,
        "captures": result.captures,
        "new contacts": result.contacts_new,
        "known contacts": result.contacts_matched,
        "new leads": result.leads_new,
        "pairs to review": result.review,
        "rows to fix": len(result.fix_list),
    }
    create_table_artifact(
        [{"what": what, "count": count} for what, count in figures.items()],
        key=_key("import", show),
        description=f"**{show}**: what became of the rows.",
    )


def _key(kind: str, name: str) -> str:
    # Prefect allows lower-case letters, digits and hyphens.
    return f"{kind}-{name.replace('_', '-')}"
