"""What would happen: with the next turn, or until a day."""

from dataclasses import asdict
from datetime import datetime
from typing import TYPE_CHECKING, Annotated
from zoneinfo import ZoneInfo

import typer

from aftershow.commands._options import HERE, At, Json, Workspace, day_or_moment
from aftershow.commands._pages import on_the_clock, remedies
from aftershow.commands._printing import bar, say, show, table
from aftershow.errors import UsageError
from aftershow.phrases import moved_on, number_of

if TYPE_CHECKING:
    from aftershow.desk import Desk
    from aftershow.rehearsal.calendar import Calendar
    from aftershow.rehearsal.plan import Plan

#: How many people of a long list are shown.
SHOWN = 20


def command(
    campaign: Annotated[
        str | None, typer.Argument(help="The campaign; with --until, all of them without it.")
    ] = None,
    until: Annotated[
        datetime | None,
        typer.Option(parser=day_or_moment, metavar="DATE", help="Play ahead to this day, on a copy."),
    ] = None,
    workspace: Workspace = HERE,
    at: At = None,
    as_json: Json = False,
) -> None:
    """Show who would get what and when, who would not and why. Nothing is written."""
    from aftershow.desk import open_desk, right_now
    from aftershow.rehearsal.checking import require_sound
    from aftershow.rehearsal.plan import make_plan

    now = at or right_now()
    with open_desk(workspace) as desk:
        timezone = desk.workspace.settings.timezone
        if until is not None:
            end = until if until.tzinfo else until.replace(tzinfo=ZoneInfo(timezone))
            calendar = _calendar(desk, campaign, now, end, hidden=as_json)
            return show(as_json, asdict(calendar), lambda: calendar_page(calendar, timezone))
        if campaign is None:
            raise UsageError("Say a campaign, or --until DATE for the calendar of all of them.")
        sound = desk.campaign(campaign)
        require_sound(sound)
        made = make_plan(desk.engine, sound, now=now)
    return show(as_json, asdict(made), lambda: page(made, timezone))


def _calendar(
    desk: "Desk", campaign: str | None, now: datetime, until: datetime, *, hidden: bool
) -> "Calendar":
    from aftershow.rehearsal.calendar import make_calendar
    from aftershow.rehearsal.checking import sound_campaigns

    if campaign is not None:
        desk.campaign(campaign)
    campaigns, length = sound_campaigns(desk.workspace), (until - now).total_seconds()
    with bar("playing ahead", hidden=hidden) as progress:

        def tell(moment: datetime) -> None:
            progress((moment - now).total_seconds(), length)

        return make_calendar(desk.engine, campaigns, only=campaign, now=now, until=until, tell=tell)


def page(made: "Plan", timezone: str) -> None:
    """Print who would get what and when, by the clock of a time zone, and who would not and why."""
    rows = [
        (
            on_the_clock(m.due_at, timezone),
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


def calendar_page(made: "Calendar", timezone: str) -> None:
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
