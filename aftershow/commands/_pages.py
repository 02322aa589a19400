"""Parts of pages that several commands show."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from aftershow.commands._printing import say, table
from aftershow.words.reasons import HoldReason

if TYPE_CHECKING:
    from aftershow.leads.result import FixEntry


def on_the_clock(moment: datetime, timezone: str) -> str:
    """Say a moment by the clock of a time zone: Fri 2026-09-18 10:00 CDT."""
    return f"{moment.astimezone(ZoneInfo(timezone)):%a %Y-%m-%d %H:%M %Z}"


def remedies(reasons: Iterable[str | None]) -> None:
    """Say of each reason to hold what it means, and what can be done about it."""
    found = set(reasons)
    rows = [(reason, reason.row.about, reason.row.remedy) for reason in HoldReason if reason in found]
    if rows:
        table("Why, and what can be done", ("reason", "what it means", "what can be done"), rows)


def fix_list_page(entries: Sequence["FixEntry"]) -> None:
    """Print the rows that could not be used."""
    rows = [(entry.file, entry.line, entry.reason) for entry in entries]
    table(f"To fix, then import again: {len(entries)}", ("file", "line", "reason"), rows)


def settled_page(messages: Sequence[Mapping[str, Any]]) -> None:
    """Print what became of messages that were in doubt."""
    meanings = {
        "accepted": "it was sent, and counts as accepted",
        "planned": "it was not sent, and goes out with the next turn that lets it",
    }
    for one in messages:
        otherwise = f"{one['state']}, because it was {one['reason']}"
        say(f"Message {one['message']}: {meanings.get(one['state'], otherwise)}.")
