"""Everything about one person."""

from dataclasses import asdict
from datetime import datetime
from typing import TYPE_CHECKING

from aftershow.commands._options import HERE, Contact, Json, Workspace
from aftershow.commands._pages import remedies
from aftershow.commands._printing import show, table
from aftershow.words.states import State

if TYPE_CHECKING:
    from aftershow.people.record.profile import Fact, Profile


def command(contact: Contact, workspace: Workspace = HERE, as_json: Json = False) -> None:
    """Show a person: facts and where each came from, permissions, and all that happened."""
    from aftershow.desk import open_desk
    from aftershow.people.identity.finding import find_contact
    from aftershow.people.record.profile import profile

    with open_desk(workspace) as desk, desk.engine.begin() as connection:
        person = profile(connection, find_contact(connection, contact))
    show(as_json, asdict(person), lambda: page(person))


def page(profile: "Profile") -> None:
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
