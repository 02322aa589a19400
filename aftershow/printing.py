"""What the commands print for people to read.

Everything that is printed goes through `say`, `table`, `progress`, `complain` or `document`, which drop what
would steer a terminal; no text is taken for Rich's markup.
"""

import json
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn
from rich.table import Table
from rich.text import Text

from aftershow.phrases import moved_on, number_of
from aftershow.signs import escaped, plain
from aftershow.words import HoldReason, State

if TYPE_CHECKING:
    from aftershow.audience.explanation import Explanation
    from aftershow.journey.calendar import Calendar
    from aftershow.journey.checking import Findings
    from aftershow.journey.plan import Plan
    from aftershow.leads.aside import Aside
    from aftershow.leads.result import FixEntry, ImportResult
    from aftershow.ledger.approvals import Waiting
    from aftershow.ledger.counts import Summary
    from aftershow.people.profile import Fact, Profile
    from aftershow.people.reviews import Review

#: How many people of a long list are shown.
SHOWN = 20

console = Console(highlight=False, soft_wrap=True)
if not console.is_terminal:
    # A file, or a program that reads along, has no edge at which a table must be cut.
    console.width = 1_000
_aside = Console(stderr=True, highlight=False)


def say(text: str) -> None:
    """Print a line as it is."""
    console.print(Text(plain(text)))


def complain(text: str) -> None:
    """Print what went wrong, aside from results, and without cutting its lines."""
    print(plain(text), file=sys.stderr)  # noqa: T201  the program's voice


def document(content: Mapping[str, Any]) -> None:
    """Print one JSON document (RFC 8259) for programs; what would steer a terminal is there as \\uXXXX."""
    text = json.dumps(content, default=_as_text, ensure_ascii=False, indent=2)
    print(escaped(text))  # noqa: T201  what was asked for


def _as_text(value: object) -> str:
    return value.isoformat() if isinstance(value, datetime) else str(value)


def table(title: str, headings: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
    """Print a table; whole numbers stand to the right."""
    drawn = Table(
        title=Text(plain(title)) if title else None,
        title_justify="left",
        title_style="bold",
        box=None,
        pad_edge=False,
    )
    for position, heading in enumerate(headings):
        numbers = bool(rows) and all(isinstance(row[position], int) for row in rows)
        drawn.add_column(Text(heading), justify="right" if numbers else "left", header_style="dim")
    for row in rows:
        drawn.add_row(*(Text("" if cell is None else plain(str(cell))) for cell in row))
    console.print(drawn)
    console.print()


def counted(counts: Mapping[str, int]) -> str:
    """Say counts in a line: 3 permission, 1 no_address."""
    return ", ".join(f"{count} {name}" for name, count in counts.items()) or "none"


def remedies(reasons: Iterable[str | None]) -> None:
    """Say of each reason to hold what it means, and what can be done about it."""
    found = set(reasons)
    for reason in HoldReason:
        if reason in found:
            say(f"  {reason}: {reason.row.about} {reason.row.remedy}")


@contextmanager
def import_progress(*, hidden: bool) -> Iterator[Any]:
    """Show a bar on a terminal while a file is read; yields what is told how far it has come."""
    columns = (TextColumn("reading leads"), BarColumn(), TaskProgressColumn(), TimeRemainingColumn())
    with Progress(*columns, console=_aside, transient=True, disable=hidden or not _aside.is_terminal) as bar:
        task = bar.add_task("reading", total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)


def imported(show: str, result: "ImportResult") -> None:
    """Print what became of the rows, and the rows that need a person."""
    figures = {
        "rows": result.rows,
        "captures kept": result.captures,
        "new contacts": result.contacts_new,
        "contacts met again": result.contacts_matched,
        "new leads": result.leads_new,
        "pairs to review": result.review,
    }
    table(f"Imported into {show}", ("what", "count"), list(figures.items()))
    if result.notes:
        notes = [(note.file, note.line, note.field, note.reason) for note in result.notes]
        table("Left out of rows that are in use", ("file", "line", "field", "reason"), notes)
    if result.fix_list:
        fixes(result.fix_list)
    if result.review:
        say("Are they one person? `aftershow review` lists the pairs and takes your answers.")


def members(name: str, contacts: Sequence[str]) -> None:
    """Print who is in a segment."""
    table(f"{name}: {len(contacts)}", ("contact",), [(contact,) for contact in contacts])


def explanation(found: "Explanation") -> None:
    """Print why a person is in a segment or not."""
    for line in found.lines():
        say(line)
    if found.first_failing is not None:
        say(f"Not in it: {found.first_failing.text}")


def explanation_document(found: "Explanation") -> dict[str, Any]:
    """Return an explanation as a document."""
    return {
        "clause": found.text,
        "holds": found.holds,
        "found": dict(found.found),
        "fails": found.first_failing.text if found.first_failing else None,
        "parts": [explanation_document(part) for part in found.parts],
    }


def findings(found: "Findings") -> None:
    """Print what a check found."""
    for problem in found.problems:
        say(str(problem))
    for warning in found.warnings:
        say(f"note: {warning}")
    if found.problems:
        say(f"\nMistakes: {len(found.problems)}. Correct them, then run `aftershow check` again.")
    else:
        counts = [number_of(found.campaigns, "campaign"), number_of(found.templates, "template")]
        if found.tests:
            counts.append(f"{number_of(found.tests, 'expectation')} of their tests")
        say(f"All good: {', '.join(counts)}.")


def plan(made: "Plan", timezone: str) -> None:
    """Print who would get what and when, by the clock of a time zone, and who would not and why."""
    zone = ZoneInfo(timezone)
    rows = [
        (
            f"{m.due_at.astimezone(zone):%a %Y-%m-%d %H:%M %Z}",
            m.contact,
            m.step,
            m.channel,
            "needs approval" if m.needs_approval else "",
        )
        for m in made.planned
    ]
    table(
        f"{made.campaign}: {number_of(len(rows), 'message')} would go out",
        ("when", "contact", "step", "channel", ""),
        rows,
    )
    if made.cost:
        say(f"They cost {made.cost:.2f} altogether.")
    held = [(m.contact, m.step, m.reason) for m in made.held]
    table(f"{len(held)} would be held", ("contact", "step", "reason"), held)
    remedies(m.reason for m in made.held)
    if made.outside:
        outside = [(count, clause) for clause, count in made.outside.items()]
        table("Not in the audience", ("people", "because this fails"), outside)
    for moved in made.moved:
        say(moved_on(**asdict(moved)))


def calendar(made: "Calendar", timezone: str) -> None:
    """Print what will go out until a day, by the clock of a time zone."""
    rows = [
        (
            f"{entry.day:%a %Y-%m-%d}",
            entry.campaign,
            entry.step,
            entry.channel,
            entry.messages,
            entry.approvals or "",
            f"{entry.cost:.2f}" if entry.cost else "",
        )
        for entry in made.entries
    ]
    total = sum(entry.messages for entry in made.entries)
    until = f"{made.until.astimezone(ZoneInfo(timezone)):%Y-%m-%d %H:%M %Z}"
    table(
        f"{number_of(total, 'message')} until {until}, if nobody answers and everything is approved at once",
        ("day", "campaign", "step", "channel", "messages", "to approve", "cost"),
        rows,
    )
    if made.cost:
        say(f"They cost {made.cost:.2f} altogether.")
    if made.too_much:
        people = number_of(len(made.too_much), "person", "people")
        table(
            f"{people} would hear from us too often: the caps hold messages back",
            ("contact", "messages held back"),
            [(person.contact, person.messages) for person in made.too_much[:SHOWN]],
        )


@contextmanager
def calendar_progress(
    now: datetime, until: datetime, *, hidden: bool
) -> Iterator[Callable[[datetime], None]]:
    """Show how far a play in virtual time has come, on a terminal."""
    with Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        TaskProgressColumn(),
        console=_aside,
        transient=True,
        disable=hidden or not _aside.is_terminal,
    ) as progress:
        task = progress.add_task("playing ahead", total=(until - now).total_seconds())
        yield lambda moment: progress.update(task, completed=(moment - now).total_seconds())


def approvals(rows: Sequence["Waiting"], approved: int, timezone: str) -> None:
    """Print what waits for a person's word, by the clock of a time zone, and how much was let go."""
    zone = ZoneInfo(timezone)
    if approved:
        say(f"Approved: {number_of(approved, 'message')}. The next turn sends what nothing else holds.")
    listed = [
        (
            row.step,
            row.channel,
            row.messages,
            f"{row.since.astimezone(zone):%a %Y-%m-%d %H:%M %Z}",
            f"{row.until.astimezone(zone):%a %Y-%m-%d %H:%M %Z}",
        )
        for row in rows
    ]
    if listed:
        table("Waits for approval", ("step", "channel", "messages", "since", "given up from"), listed)
        say("To let it go: aftershow approve CAMPAIGN --yes, or with --step for one step.")
    elif not approved:
        say("Nothing waits for approval.")


def turn(result: Mapping[str, Any]) -> None:
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


def ledger(campaign: str, summary: "Summary") -> None:
    """Print a campaign's ledger in figures."""
    table(
        f"{campaign}: {number_of(summary.messages, 'message')}",
        ("state", "count"),
        list(summary.by_state.items()),
    )
    say(f"held: {counted(summary.held)}")
    remedies(summary.held)
    say(f"channels: {counted(summary.by_channel)}")


def doubts(found: Mapping[str, Any], timezone: str) -> None:
    """Print what a provider's list settled, and what is in doubt, by the clock of a time zone."""
    zone = ZoneInfo(timezone)
    settled(found["settled"])
    rows = [
        (
            row["message"],
            row["contact"],
            row["campaign"],
            row["step"],
            row["channel"],
            f"{row['handed_over_at'].astimezone(zone):%a %Y-%m-%d %H:%M %Z}",
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


def settled(messages: Sequence[Mapping[str, Any]]) -> None:
    """Print what became of messages that were in doubt."""
    meanings = {
        "accepted": "it was sent, and counts as accepted",
        "planned": "it was not sent, and goes out with the next turn that lets it",
    }
    for one in messages:
        otherwise = f"{one['state']}, because it was {one['reason']}"
        say(f"Message {one['message']}: {meanings.get(one['state'], otherwise)}.")


def person(profile: "Profile") -> None:
    """Print everything about one person, newest first where time matters."""
    facts = [(fact.field, fact.value, _source(fact)) for fact in profile.facts]
    table(f"Contact {profile.id}", ("fact", "value", "from"), facts)
    leads = [
        (
            lead.show,
            lead.grade,
            lead.owner,
            "; ".join(f"{name}: {answer}" for name, answer in lead.answers.items()),
        )
        for lead in profile.leads
    ]
    table("Leads", ("show", "grade", "owner", "answers"), leads)
    said = [
        (
            said.channel,
            said.answer,
            "counts" if said.counts else "",
            _day(said.said_at),
            said.source,
            said.wording,
        )
        for said in profile.permissions
    ]
    table("Permissions", ("channel", "answer", "", "said", "where", "wording"), said)
    if profile.suppressions:
        blocked = [
            (block.channel, block.address, block.reason, block.source) for block in profile.suppressions
        ]
        table("Must not be used", ("channel", "address", "reason", "source"), blocked)
    if profile.messages:
        waiting = [
            (_minute(m.due_at), m.campaign, m.step, m.channel, m.state, m.reason) for m in profile.messages
        ]
        table("Not sent, or not known", ("due", "campaign", "step", "channel", "state", "reason"), waiting)
        remedies(m.reason for m in profile.messages if m.state == State.HELD)
    happened = [
        (
            _minute(event.occurred_at),
            event.channel,
            event.direction,
            event.kind,
            event.note,
            event.campaign,
            event.step,
        )
        for event in profile.timeline
    ]
    table("What happened", ("when", "channel", "", "what", "note", "campaign", "step"), happened)


def _source(fact: "Fact") -> str:
    if fact.locked:
        return "typed by hand"
    return f"{fact.source.show}: {fact.source.file}, line {fact.source.line}" if fact.source else ""


def _minute(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d %H:%M} UTC"


def _day(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d}"


def logged(kind: str, new: bool) -> None:
    """Print whether a report was new."""
    say(f"Written down: {kind}." if new else f"Known already, so nothing was added: {kind}.")


def left(campaign: str) -> None:
    """Print that someone left a campaign."""
    say(f"Out of {campaign}: nothing of it is sent any more. What was sent stays on record.")


def reviews(pairs: Sequence["Review"]) -> None:
    """Print the pairs that may be one person."""
    rows = [
        (
            pair.id,
            place,
            candidate.id,
            candidate.name,
            candidate.company,
            candidate.email or candidate.phone,
            reason,
        )
        for pair in pairs
        for place, candidate, reason in (("", pair.one, pair.reason), ("=?", pair.other, ""))
    ]
    table(
        f"Pairs to review: {len(pairs)}",
        ("pair", "", "contact", "name", "company", "reached at", "why"),
        rows,
    )
    if pairs:
        say("Answer with: aftershow review PAIR --same, or --different")


def fixes(entries: Sequence["FixEntry"]) -> None:
    """Print the rows that could not be used."""
    rows = [(entry.file, entry.line, entry.reason) for entry in entries]
    table(f"To fix, then import again: {len(entries)}", ("file", "line", "reason"), rows)


def to_fix(entries: Sequence["FixEntry"], files: Sequence["Aside"]) -> None:
    """Print the rows and the files that wait for somebody's correction."""
    fixes(entries)
    if files:
        rows = [(file.show, file.file, file.reason) for file in files]
        table(f"Files that were set aside: {len(files)}", ("show", "file", "reason"), rows)
        say("A corrected file in leads/SHOW/ comes in by itself; to try one as it is, import it by its name.")


def written(paths: Sequence[str]) -> None:
    """Print where files were written."""
    for path in paths:
        say(path)


def initialised(folder: Path) -> None:
    """Print what to do in a new workspace."""
    say(f"A new workspace lies in {folder}. Next: cd {folder} && aftershow check")


def upgraded(before: str | None, after: str) -> None:
    """Print what an upgrade did."""
    say(
        f"The database is at {after}."
        if before == after
        else f"The database went from {before or 'empty'} to {after}."
    )


def deployed(changes: Mapping[str, Any]) -> None:
    """Print which deployments changed, were removed, and stayed."""
    rows = [(name, what) for what, names in changes.items() for name in names]
    table("Deployments", ("deployment", "what happened"), rows)


def demo(outcome: Mapping[str, Any]) -> None:
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
    for command in (
        "plan a-leads --at 2026-11-20T09:00-06:00",
        "plan --until 2027-04-15 --at 2027-03-13T08:00-05:00",
        "ledger a-leads",
        f"contact {outcome['someone']}",
    ):
        say(f"  aftershow {command} --workspace {workspace}")


def progress(text: str) -> None:
    """Tell what is going on, aside from the result."""
    _aside.print(Text(plain(text)), style="dim")
