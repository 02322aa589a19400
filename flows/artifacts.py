"""What a run shows in Prefect's pages: counts, steps and reasons, never people."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from datetime import timedelta
from typing import Any, cast
from uuid import UUID
from zoneinfo import ZoneInfo

from prefect.artifacts import (
    Artifact,
    create_markdown_artifact,
    create_progress_artifact,
    create_table_artifact,
    update_progress_artifact,
)
from prefect.runtime import flow_run

from aftershow.campaign.campaign import Campaign
from aftershow.desk import Desk
from aftershow.journey.turn import TurnResult
from aftershow.leads.aside import Aside
from aftershow.leads.result import ImportResult
from aftershow.ledger.approvals import waiting
from aftershow.ledger.counts import by_step
from aftershow.ledger.send_counts import SendCounts
from aftershow.phrases import moved_on, number_of
from flows.lateness import WORTH_TELLING, said

#: The beginning of the keys under which helpers leave their counts.
SHARE = "share"


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


def show_progress(campaign: str, due: int) -> Callable[[int], None]:
    """Show how far the sending of `due` messages is; returns what is told how many have had their turn."""

    def so_far(taken: int) -> str:
        return f"**{campaign}**: {taken:,} of {due:,} messages have had their turn."

    # Prefect's types also speak of coroutines, which are for async flows.
    artifact = cast(
        UUID, create_progress_artifact(0.0, key=_key("progress", campaign), description=so_far(0))
    )

    def tell(taken: int) -> None:
        update_progress_artifact(artifact, min(100.0, 100.0 * taken / due), description=so_far(taken))

    return tell


def show_waiting(desk: Desk, campaign: Campaign) -> None:
    """Show what waits for a person's approval, by step; nothing where nothing ever waited."""
    with desk.engine.connect() as connection:
        rows = waiting(connection, campaign.name)
    key = _key("waiting", campaign.name)
    # What was released since must not go on being shown.
    if not rows and Artifact.get(key) is None:
        return
    zone = ZoneInfo(campaign.workspace.settings.timezone)
    table = [
        {
            "step": row.step,
            "channel": row.channel,
            "messages": row.messages,
            "since": f"{row.since.astimezone(zone):%Y-%m-%d %H:%M}",
            "given up from": f"{row.until.astimezone(zone):%Y-%m-%d %H:%M}",
        }
        for row in rows
    ]
    total = sum(row.messages for row in rows)
    create_table_artifact(
        table,
        key=key,
        description=f"**{campaign.name}**: waiting for approval: {number_of(total, 'message')}. "
        f"`aftershow approve {campaign.name} --yes` lets them go. Times are of {zone.key}.",
    )


def show_share(campaign: str, totals: SendCounts) -> None:
    """Show what one helper did; the run that it helped reads it there."""
    create_table_artifact(
        [asdict(totals)],
        key=_key(SHARE, campaign),
        description=f"**{campaign}**: what this helper did.",
    )


def show_result(result: TurnResult, late: timedelta, note: str | None) -> None:
    """Show what became of everyone in this turn, which began `late` after its time, and a note on its way."""
    held = ", ".join(f"{count} {reason}" for reason, count in result.held.items()) or "nobody"
    lines = [
        f"## {flow_run.name}",
        "",
        "| new people | due | accepted | rejected | unknown | tried again later |",
        "|---|---|---|---|---|---|",
        f"| {result.enrolled} | {result.planned} | {result.accepted} | {result.rejected} | {result.unknown} "
        f"| {result.deferred} |",
        "",
        f"Held: {held}.",
    ]
    if late >= WORTH_TELLING:
        lines += ["", f"**Started {said(late)} late.** What was due in between was due now."]
    if note:
        lines += ["", f"**{note[0].upper()}{note[1:]}.**"]
    for moved in result.moved:
        lines += ["", moved_on(step=moved.step, to=moved.to, people=moved.people)]
    if result.trouble:
        lines += ["", f"**Trouble:** {result.trouble}"]
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


def show_aside(show: str, files: Sequence[Aside]) -> None:
    """Show which lead files were set aside, and why; nothing where none ever was."""
    key = _key("unreadable", show)
    # What was corrected since must not go on being shown.
    if not files and Artifact.get(key) is None:
        return
    create_table_artifact(
        [{"file": file.file, "what is wrong": file.reason} for file in files],
        key=key,
        description=f"**{show}**: set aside: {number_of(len(files), 'file')}. Correct them in leads/{show}/ "
        "and they come in by themselves, or take them out.",
    )


def show_housekeeping(freed: Mapping[str, int], in_doubt: Mapping[str, int]) -> None:
    """Show what was freed, by campaign; nothing when there was nothing."""
    if not freed:
        return
    create_table_artifact(
        [
            {"campaign": name, "wait again": freed[name], "may have been sent": in_doubt[name]}
            for name in freed
        ],
        key="housekeeping",
        description="What senders that died had claimed.",
    )


def _key(kind: str, name: str) -> str:
    # Prefect allows lower-case letters, digits and hyphens.
    return f"{kind}-{name.replace('_', '-')}"
