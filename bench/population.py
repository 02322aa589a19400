"""Campaigns, each after a show of its own, and any number of people who were there."""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from itertools import islice
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, Table, insert

from aftershow.campaign.campaign import Campaign
from aftershow.campaign.reading import load_campaigns
from aftershow.people.record.shows import show_id
from aftershow.store.bulk import insert_rows
from aftershow.store.tables import (
    account,
    contact,
    interaction,
    lead,
    permission,
    permission_evidence,
    suppression,
)
from aftershow.words.answers import Answer
from aftershow.words.channels import Channel
from aftershow.words.directions import Direction
from aftershow.words.kinds import InteractionKind
from aftershow.workspace.workspace import Workspace, load_workspace

CAMPAIGNS = 6
#: A Monday at nine in Denver: everybody can be written to but in California, where it opens an hour later.
NOW = datetime(2026, 11, 30, 16, 0, tzinfo=UTC)
LATE = "America/Los_Angeles"
ZONES = ("America/New_York", "America/Chicago", "America/Denver", LATE)
_BATCH = 50_000
_COMPANY = 20
_YES = {"channel": Channel.EMAIL, "purpose": "marketing", "answer": Answer.YES, "said_at": NOW}

_SETTINGS = """
company: {name: Example Pumps Ltd, address: "1 Pump Road, Peoria, IL 61602, USA"}
public_url: https://news.example.com
timezone: America/Chicago
from: {name: Example Pumps, email: hello@example.com, return_path: bounces@example.com}
team: {dana: {name: Dana Cole, email: dana@example.com}}
limits: {per_contact: 3 per 7 days}
"""
_SHOW = """
show: expo-{number}
name: Expo {number}
starts: 2026-11-16
ends: 2026-11-19
timezone: America/Chicago
country: US
"""
_CAMPAIGN = """
campaign: follow-up-{number}
purpose: Thank, then ask by email or by card, whichever wins more.
show: expo-{number}
audience: {{where: 'grade in ["A", "B"] and not is_customer'}}
send_window: {{days: business days, hours: "9:00-17:00", in: contact}}
from: owner
stop_on: [replied, is_customer]
steps:
  - email: thanks
    if: country == "US"
  - split: which-way
    arms:
      emails: {{share: 50%, steps: [{{email: question, after: 1 week}}]}}
      cards: {{share: 50%, steps: [{{letter: card, after: 1 week, cost: 2.40}}]}}
"""


def write_workspace(root: Path, campaigns: int = CAMPAIGNS) -> Workspace:
    """Write the settings, and so many shows and campaigns."""
    files = {"aftershow": _SETTINGS}
    for number in range(campaigns):
        files[f"shows/expo-{number}"] = _SHOW.format(number=number)
        files[f"campaigns/follow-up-{number}"] = _CAMPAIGN.format(number=number)
    for name, text in files.items():
        file = root / "config" / f"{name}.yaml"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
    return load_workspace(root)


def fill(engine: Engine, workspace: Workspace, contacts: int, *, interactions: int = 0) -> list[Campaign]:
    """Add the people, as many of them at each show; returns the campaigns.

    Nine in ten have the grade that the campaigns ask for. Some have no email, the address of someone before
    them, no permission, or a suppression. Each has so many interactions behind them.
    """
    campaigns = list(load_campaigns(workspace).values())
    everybody = range(1, contacts + 1)
    with engine.begin() as connection:
        shows = [show_id(connection, show) for show in workspace.shows.values()]
        _add(connection, account, map(_account, range(1, contacts // _COMPANY + 2)))
        _add(connection, contact, map(_contact, everybody))
        _add(connection, lead, (_lead(number, shows[number % len(shows)]) for number in everybody))
        evidence = insert(permission_evidence).values(contact_id=1, source="bench", **_YES)
        connection.execute(evidence)
        _add(connection, permission, (_permission(number) for number in everybody if number % 50))
        _add(connection, suppression, map(_suppression, everybody[96::97]))
        past = (_interaction(number, nth) for number in everybody for nth in range(interactions))
        _add(connection, interaction, past)
    return campaigns


def _add(connection: Connection, table: Table, rows: Iterable[Mapping[str, Any]]) -> None:
    waiting = iter(rows)
    while part := list(islice(waiting, _BATCH)):
        insert_rows(connection, table, part)


def _account(number: int) -> dict[str, Any]:
    name = f"company {number}"
    return {"id": number, "name": name, "core": name, "is_customer": number % 40 == 0, "created_at": NOW}


def _contact(number: int) -> dict[str, Any]:
    zone = ZONES[number % len(ZONES)]
    shared = number - CAMPAIGNS if number % 200 == 0 else number
    return {
        "id": number,
        "account_id": number // _COMPANY + 1,
        "given_name": "Jo",
        "family_name": f"Doe {number}",
        "email": None if number % 30 == 0 else f"person{shared}@example.com",
        "email_is_shared": False,
        "address_1": f"{number} Pump Road",
        "postal_code": "61602",
        "city": "Peoria",
        "country": "US",
        "timezone": zone,
        "is_customer": number % 40 == 0,
        "locked": [],
        "created_at": NOW,
        "updated_at": NOW,
    }


def _lead(number: int, show: int) -> dict[str, Any]:
    return {
        "id": number,
        "contact_id": number,
        "show_id": show,
        "grade": "ABABABABAC"[number % 10],
        "owner": "dana",
        "status": "new",
        "answers": {"interest": "pumps"},
        "created_at": NOW,
    }


def _permission(number: int) -> dict[str, Any]:
    return {"contact_id": number, "evidence_id": 1, **_YES}


def _interaction(number: int, nth: int) -> dict[str, Any]:
    at = NOW - timedelta(days=90 + 7 * nth, seconds=number % 50_000)
    return {
        "contact_id": number,
        "channel": Channel.EMAIL,
        "direction": Direction.OUT,
        "kind": (InteractionKind.SENT, InteractionKind.OPENED)[nth % 2],
        "occurred_at": at,
        "source": "bench",
        "external_id": f"{number}:{nth}",
        "recorded_at": at,
    }


def _suppression(number: int) -> dict[str, Any]:
    return {
        "channel": Channel.EMAIL,
        "address": f"person{number}@example.com",
        "reason": "bounced",
        "source": "bench",
        "created_at": NOW,
    }
