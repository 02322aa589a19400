"""A mailing to any number of people: one campaign, one email, the catalogue or a longer one."""

import re
import shutil
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, insert

from aftershow.people.record.shows import show_id
from aftershow.store.bulk import insert_rows
from aftershow.store.tables import account, contact, lead, permission, permission_evidence
from aftershow.words.answers import Answer
from aftershow.words.channels import Channel
from aftershow.workspace.workspace import Workspace, load_workspace

TEMPLATES = Path(__file__).parent.parent / "templates"
NAME = "mailing"
NOW = datetime(2026, 11, 30, 16, 0, tzinfo=UTC)
#: How many products of the catalogue make a mail of about so many KB on the wire.
PRODUCTS = {20: 5, 50: 18}
_BATCH = 50_000
_COMPANY = 20
_NAMES = ("Jürgen", "Marge", "Zoë", "Tom")
_YES = {"channel": Channel.EMAIL, "purpose": "marketing", "answer": Answer.YES, "said_at": NOW}

_SETTINGS = """
company: {{name: Example Pumps Ltd, address: "1250 Foundry Street, Springfield, IL 62701, USA"}}
public_url: https://news.example.com
timezone: America/Chicago
from: {{name: Example Pumps, email: hello@example.com, return_path: bounces@example.com}}
team: {{dana: {{name: Dana Cole, email: dana@example.com, phone: "+12175550142", title: Sales Manager}}}}
limits: {{per_contact: 3 per 7 days}}
channels: {{email: {channel}}}
"""
_SHOW = """
show: expo
name: Pack Expo 2026
city: Chicago
starts: 2026-10-18
ends: 2026-10-21
timezone: America/Chicago
country: US
"""
_CAMPAIGN = f"""
campaign: {NAME}
purpose: Show everybody what is new.
show: expo
audience: {{{{where: 'grade in ["A", "B"] and not is_customer'}}}}
from: owner
send_window: {{{{days: business days, hours: "9:00-17:00", in: contact}}}}
stop_on: [replied, is_customer]
steps:
  - email: catalogue-{{size}}
"""


def write_workspace(root: Path, *, port: int, size: int = 20, channel: str = "") -> Workspace:
    """Write a workspace that mails the catalogue, of about `size` KB, to a server on this machine."""
    smtp = f"{{connector: smtp, host: 127.0.0.1, port: {port}, starttls: false, {channel}}}"
    files = {
        "aftershow": _SETTINGS.format(channel=smtp),
        "shows/expo": _SHOW,
        f"campaigns/{NAME}": _CAMPAIGN.format(size=size),
    }
    for name, text in files.items():
        file = root / "config" / f"{name}.yaml"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
    templates = root / "templates"
    shutil.copytree(TEMPLATES, templates, dirs_exist_ok=True)
    for kilobytes, products in PRODUCTS.items():
        _write_catalogue(templates / f"catalogue-{kilobytes}", products)
    return load_workspace(root)


def _write_catalogue(folder: Path, products: int) -> None:
    shutil.copytree(TEMPLATES / "catalogue", folder, dirs_exist_ok=True)
    html = (folder / "email.html").read_text()
    lines = re.findall(r'^  \{"model".*\},$', html, re.MULTILINE)
    listed = "\n".join(lines[number % len(lines)] for number in range(products))
    before, after = html.split("\n".join(lines))
    (folder / "email.html").write_text(before + listed + after)


def people(count: int) -> Iterator[dict[str, Any]]:
    """Yield the facts of so many people, as a list of leads would have them."""
    for number in range(1, count + 1):
        yield {
            "given_name": _NAMES[number % 4],
            "family_name": f"Doe {number}",
            "email": f"person{number}@example.com",
            "company": f"Müller & Söhne {number // _COMPANY} GmbH",
            "interest": "Pumps;Valves" if number % 2 else "",
        }


def fill(engine: Engine, workspace: Workspace, count: int) -> None:
    """Add so many people whom the mailing goes to."""
    with engine.begin() as connection:
        show = show_id(connection, workspace.shows["expo"])
        companies = ({"id": number + 1, **_company(number)} for number in range(count // _COMPANY + 1))
        _add(connection, account, companies)
        _add(connection, contact, (_contact(number, row) for number, row in enumerate(people(count), 1)))
        _add(connection, lead, (_lead(number, show, row) for number, row in enumerate(people(count), 1)))
        connection.execute(insert(permission_evidence).values(contact_id=1, source="bench", **_YES))
        said = ({"contact_id": number, "evidence_id": 1, **_YES} for number in range(1, count + 1))
        _add(connection, permission, said)


def _add(connection: Connection, table: Any, rows: Iterator[dict[str, Any]]) -> None:
    while part := list(islice(rows, _BATCH)):
        insert_rows(connection, table, part)


def _company(number: int) -> dict[str, Any]:
    name = f"Müller & Söhne {number} GmbH"
    return {"name": name, "core": name.lower(), "is_customer": False, "created_at": NOW}


def _contact(number: int, row: dict[str, Any]) -> dict[str, Any]:
    return {
        "id": number,
        "account_id": number // _COMPANY + 1,
        **{name: row[name] for name in ("given_name", "family_name", "email")},
        "email_is_shared": False,
        "country": "US",
        "timezone": "America/Chicago",
        "is_customer": False,
        "locked": [],
        "latest_lead_id": number,
        "created_at": NOW,
        "updated_at": NOW,
    }


def _lead(number: int, show: int, row: dict[str, Any]) -> dict[str, Any]:
    return {
        "id": number,
        "contact_id": number,
        "show_id": show,
        "grade": "AB"[number % 2],
        "owner": "dana",
        "status": "new",
        "answers": {"interest_product": row["interest"]} if row["interest"] else {},
        "created_at": NOW,
    }
