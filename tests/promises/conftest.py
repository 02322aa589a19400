"""A workspace whose leads came in from a file, as a person would set it up."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, select

from aftershow.desk import open_desk
from aftershow.errors import CampaignStoppedError
from aftershow.leads.importing import import_files
from aftershow.store.tables import contact, message
from flows.in_process import run_here
from flows.run_campaign import run_campaign

SETTINGS = """
company: {name: Example Pumps Ltd, address: "1 Pump Road, Peoria, IL 61602, USA"}
public_url: https://news.example.com
timezone: America/Chicago
from: {name: Example Pumps, email: hello@example.com, return_path: bounces@example.com}
"""
SHOW = """
show: expo
name: Midwest Expo
starts: 2026-09-15
ends: 2026-09-17
timezone: America/Chicago
country: US
"""
CAMPAIGN = """
campaign: follow-up
purpose: Thank everyone.
show: expo
audience: {where: 'not is_customer'}
steps:
  - %s: thanks
"""
TEMPLATE = {
    "subject.txt": "Thank you, {{ given_name or 'dear visitor' }}",
    "email.html": "<html><head><style>p { color: #123456 }</style></head><body>"
    "<p>Grüße, {{ given_name or 'visitor' }}!</p><a href='{{ unsubscribe_url }}'>Bye</a></body></html>",
    "text.txt": "Hello {{ given_name or 'there' }}, thank you! Reply STOP to end",
}
MORNING = datetime.fromisoformat("2026-09-18T10:00-05:00")


class Office:
    """A workspace in a folder, its channel's settings, and what the ledger says."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def set_up(self, channel: str, connector: dict[str, Any]) -> None:
        """Write the workspace, with one step on one channel."""
        self.write("config/aftershow.yaml", f"{SETTINGS}channels: {json.dumps({channel: connector})}\n")
        self.write("config/shows/expo.yaml", SHOW)
        self.write("config/campaigns/follow-up.yaml", CAMPAIGN % channel)
        for part, text in TEMPLATE.items():
            self.write(f"templates/thanks/{part}", text)

    def write(self, file: str, text: str) -> None:
        path = self.root / file
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text.lstrip())

    def import_rows(self, *rows: str) -> dict[str, Any]:
        """Import a lead file."""
        header = "First name,Last name,Email,Mobile,May we email you?,May we text you?"
        self.write("leads/expo/scans.csv", "\n".join((header, *rows)) + "\n")
        asked = {"May we email you?": "permission.email", "May we text you?": "permission.text"}
        self.write("config/shows/expo.yaml", f"{SHOW}leads: {json.dumps({'headings': asked})}\n")
        with open_desk(self.root) as desk:
            show, files = desk.show("expo"), [self.root / "leads/expo/scans.csv"]
            imported = import_files(desk.engine, show, desk.workspace.settings, files, now=MORNING)
        return dict(imported.as_json())

    def run(self, at: datetime = MORNING) -> dict[str, Any]:
        """Run one turn of the campaign as a flow; a stop by the provider is in the result."""
        try:
            return run_here(run_campaign, campaign="follow-up", workspace=self.root, at=at)
        except CampaignStoppedError as error:
            return error.result

    @contextmanager
    def database(self) -> Iterator[Connection]:
        """Read the database."""
        with open_desk(self.root) as desk, desk.engine.begin() as connection:
            yield connection

    def ledger(self) -> dict[str, str]:
        """State of each message, by the person's first name."""
        with self.database() as connection:
            query = select(contact.c.given_name, message.c.state).join_from(message, contact)
            return {row.given_name: row.state for row in connection.execute(query)}


@pytest.fixture
def office(tmp_path: Path, database_url: str, prefect_api: str, monkeypatch: pytest.MonkeyPatch) -> Office:
    """A workspace over a fresh database, once for each kind, whose runs are seen by a Prefect server."""
    monkeypatch.setenv("AFTERSHOW_DATABASE_URL", database_url)
    return Office(tmp_path)
