"""Playing the six campaigns ahead for 60 days, as `aftershow plan --until` does.

`python -m bench.calendar --contacts 100000` prints how long it takes. It is no line of the table: it takes
minutes, and there is no other way to compare it with.
"""

import resource
import time
from argparse import ArgumentParser
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from sqlalchemy import Engine, insert

from aftershow.campaign.reading import load_campaigns
from aftershow.people.record.shows import show_id
from aftershow.rehearsal.calendar import Calendar, make_calendar
from aftershow.store.bulk import insert_rows
from aftershow.store.engine import open_engine
from aftershow.store.migrate import upgrade
from aftershow.store.tables import contact, lead, permission, permission_evidence
from aftershow.words.answers import Answer
from aftershow.words.channels import Channel
from aftershow.workspace.workspace import Workspace, load_workspace

WORKSPACE = Path(__file__).parent.parent
#: The day after the show.
NOW = datetime(2026, 11, 20, 15, 0, tzinfo=UTC)
DAYS = 60
ZONES = ("America/New_York", "America/Chicago", "America/Denver", "America/Los_Angeles", "Europe/Berlin")
_YES = {"channel": Channel.EMAIL, "purpose": "marketing", "answer": Answer.YES, "said_at": NOW}


def main() -> None:
    """Print the wall time, the CPU time, and the most memory that was in use."""
    parser = ArgumentParser(prog="python -m bench.calendar", description="Measure `aftershow plan --until`.")
    parser.add_argument("--contacts", type=int, default=10_000)
    contacts = parser.parse_args().contacts
    with TemporaryDirectory() as folder:
        engine = open_engine(f"sqlite:///{Path(folder) / 'bench.db'}")
        upgrade(engine)
        workspace = load_workspace(WORKSPACE)
        fill(engine, workspace, contacts)
        wall, cpu = time.perf_counter(), time.process_time()
        calendar = play(engine, workspace)
        wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
        engine.dispose()
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    messages = sum(entry.messages for entry in calendar.entries)
    print(f"{contacts:,} contacts, {DAYS} days, {messages:,} messages:")
    print(f"{wall:.0f} s, {cpu:.0f} s of CPU, {memory} MB")


def fill(engine: Engine, workspace: Workspace, contacts: int) -> None:
    """Add people: four in five were at the show, with a grade, and one is a customer."""
    everybody = range(1, contacts + 1)
    with engine.begin() as connection:
        shows = {name: show_id(connection, show) for name, show in workspace.shows.items()}
        insert_rows(connection, contact, [_contact(number) for number in everybody])
        insert_rows(connection, lead, [_lead(number, shows) for number in everybody])
        connection.execute(insert(permission_evidence).values(contact_id=1, source="bench", **_YES))
        said = [{"contact_id": number, "evidence_id": 1, **_YES} for number in everybody if number % 20]
        insert_rows(connection, permission, said)


def play(engine: Engine, workspace: Workspace, days: int = DAYS) -> Calendar:
    """Play every campaign of the workspace ahead."""
    campaigns = list(load_campaigns(workspace).values())
    return make_calendar(engine, campaigns, now=NOW, until=NOW + timedelta(days=days))


def _is_customer(number: int) -> bool:
    return number % 5 == 0


def _contact(number: int) -> dict[str, Any]:
    zone = ZONES[number // 5 % len(ZONES)]
    return {
        "id": number,
        "given_name": "Jo",
        "family_name": f"Doe {number}",
        "email": None if number % 40 == 0 else f"person{number}@example.com",
        "email_is_shared": False,
        "phone": f"+1309{number:07}",
        "mobile": None if number % 3 else f"+1309{number:07}",
        "address_1": f"{number} Pump Road",
        "postal_code": "61602",
        "city": "Peoria",
        "country": "DE" if zone.startswith("Europe") else "US",
        "timezone": zone,
        "is_customer": _is_customer(number),
        "locked": [],
        "latest_lead_id": number,
        "created_at": NOW,
        "updated_at": NOW,
        "last_captured_at": NOW,
    }


def _lead(number: int, shows: Mapping[str, int]) -> dict[str, Any]:
    delivered = {"delivered": f"2026-11-{number % 28 + 1:02}", "key_account": "no" if number % 50 else "yes"}
    return {
        "id": number,
        "contact_id": number,
        "show_id": shows["customers" if _is_customer(number) else "pack-expo-2026"],
        "grade": None if _is_customer(number) else "ABCCC"[number // 7 % 5],
        "owner": "dana",
        "status": "new",
        "answers": delivered if _is_customer(number) else {"interest": "pumps"},
        "created_at": NOW,
        "first_captured_at": NOW,
        "last_captured_at": NOW,
    }


if __name__ == "__main__":
    main()
