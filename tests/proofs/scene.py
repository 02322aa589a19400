"""A workspace whose one campaign writes one email to everyone, and as many people as one wants."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import Engine, delete, func, insert, select, text

from aftershow.ledger.claims import LEASE
from aftershow.store.bulk import insert_rows
from aftershow.store.engine import open_engine
from aftershow.store.tables import contact, metadata, permission, permission_evidence

#: A Monday in September.
MORNING = datetime(2026, 9, 21, 15, 0, tzinfo=UTC)
#: After this, whatever a dead worker had claimed has run out.
PATIENCE = LEASE + timedelta(minutes=1)
NAME = "follow-up"
CAMPAIGN = f"config/campaigns/{NAME}.yaml"

FILES = {
    "config/aftershow.yaml": """
company: {{name: Example Pumps Ltd, address: "1 Pump Road, Peoria, IL 61602, USA"}}
public_url: https://news.example.com
timezone: America/Chicago
from: {{name: Example Pumps, email: hello@example.com, return_path: bounces@example.com}}
database: {url}
channels:
  email: {{connector: smtp, host: 127.0.0.1, port: {port}, starttls: false, connections: {connections}}}
""",
    CAMPAIGN: """
campaign: follow-up
purpose: Thank everyone.
audience: {{from: everyone}}
steps:
  - email: thanks
""",
    "templates/thanks/subject.txt": "Thank you, {{{{ given_name }}}}",
    "templates/thanks/email.html": "<p>Hello {{{{ given_name }}}}</p>"
    '<p>{{{{ our.address }}}} <a href="{{{{ unsubscribe_url }}}}">Unsubscribe</a></p>',
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Scene:
    """Where a proof plays; can be given to another process."""

    root: Path
    #: of the database, which has all tables
    url: str
    #: where the mail server listens
    port: int
    #: how many connections the smtp connector may open
    connections: int = 1

    def write(self) -> None:
        """Write the workspace."""
        given = {"url": self.url, "port": self.port, "connections": self.connections}
        for file, content in FILES.items():
            path = self.root / file
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(content.format(**given).lstrip())

    def note_trouble(self, trouble: str) -> None:
        """Keep what a worker failed with."""
        with self._trouble.open("a") as file:
            file.write(trouble)

    def trouble(self) -> str:
        """Return what workers failed with; empty when none did."""
        return self._trouble.read_text() if self._trouble.exists() else ""

    @property
    def _trouble(self) -> Path:
        return self.root / "trouble"

    @contextmanager
    def engine(self) -> Iterator[Engine]:
        """Open the database."""
        engine = open_engine(self.url)
        try:
            yield engine
        finally:
            engine.dispose()

    def empty(self) -> None:
        """Forget everybody and everything."""
        with self.engine() as engine, engine.begin() as connection:
            for table in reversed(metadata.sorted_tables):
                connection.execute(delete(table))

    def invite(self, count: int) -> None:
        """Add people who want our emails: person1@example.com, person2@example.com …"""
        with self.engine() as engine, engine.begin() as connection:
            first = (connection.scalar(select(func.max(contact.c.id))) or 0) + 1
            numbers = range(first, first + count)
            often = {"email_is_shared": False, "is_customer": False, "locked": [], "given_name": "Jo"}
            times = {"created_at": MORNING, "updated_at": MORNING}
            people = [{"id": n, "email": f"person{n}@example.com", **often, **times} for n in numbers]
            insert_rows(connection, contact, people)
            yes = {"channel": "email", "purpose": "marketing", "answer": "yes", "said_at": MORNING}
            said = insert(permission_evidence).values(contact_id=first, source="proof", **yes)
            evidence = connection.execute(said).inserted_primary_key[0]
            insert_rows(
                connection, permission, [{"contact_id": n, "evidence_id": evidence, **yes} for n in numbers]
            )
            # What a server does by itself within a minute; until then it guesses, and is slow.
            connection.execute(text("ANALYZE"))


def forget_settings() -> None:
    """Let nothing of the environment change where a scene plays."""
    for name in [name for name in os.environ if name.startswith("AFTERSHOW_")]:
        del os.environ[name]
