"""People in a ledger, and a sender that does what it is told."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Connection, Engine, insert, select

from aftershow.errors import ContentError, PermanentError
from aftershow.ledger.pace import Pace
from aftershow.ledger.planning import plan_messages, update_holds
from aftershow.ledger.send_counts import SendCounts
from aftershow.ledger.sending import SendJob, send_due
from aftershow.ledger.step_rules import OpenTo, StepRules
from aftershow.ports import DeliveryOutcome, Receipt, Rendered, RenderedEmail
from aftershow.store.tables import (
    campaign_version,
    contact,
    enrollment,
    message,
    permission,
    permission_evidence,
)
from aftershow.words.channels import Channel
from aftershow.workspace.times.places import Group

NOW = datetime(2026, 9, 21, 15, 0, tzinfo=UTC)


def open_in(zone: str, *, elsewhere: bool = False) -> OpenTo:
    """The channel is open in one zone alone."""
    group = Group(zones=frozenset({zone}), closed=frozenset())
    return OpenTo(groups=(group,), countries=frozenset(), elsewhere=elsewhere)


class ScriptedSender:
    """Gives each address the outcome that the script says, and accepts everyone else."""

    channels = frozenset({Channel.EMAIL})

    def __init__(self, script: Mapping[str, Any] | None = None) -> None:
        self.script = dict(script or {})
        #: every address that was handed over, in order
        self.received: list[str] = []
        #: called with each message before it is received
        self.watch: Callable[[Rendered], object] = lambda mail: None

    def send(self, messages: Sequence[Rendered]) -> Iterator[DeliveryOutcome]:
        for mail in messages:
            self.watch(mail)
            outcome = self.script.get(
                mail.to, Receipt(key=mail.key, accepted=True, provider_id=f"id-{mail.key}")
            )
            if callable(outcome):
                outcome = outcome()
            self.received.append(mail.to)
            yield outcome
            if isinstance(outcome, PermanentError):
                return

    def close(self) -> None:
        """Nothing to give back."""


class World:
    """People, a one-step campaign, and what happens to them."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.sender = ScriptedSender()
        self.now = NOW
        self.broken: set[int] = set()
        with engine.begin() as connection:
            version = insert(campaign_version).values(campaign="c", sha256="0", source="", created_at=NOW)
            self._version = connection.execute(version).inserted_primary_key[0]

    def rules(self, at: datetime | None = None, **changes: Any) -> StepRules:
        """The rules of the step; tests change what they are about."""
        values: dict[str, Any] = {
            "campaign": "c",
            "step": "thanks",
            "channel": Channel.EMAIL,
            "version_id": self._version,
            "template": "thanks",
            "needs_yes": True,
            "cap": None,
            "open_to": None,
            "condition": None,
            "expires": timedelta(days=7),
        }
        return StepRules(**(values | changes))

    def person(
        self, email: str | None, *, answer: str | None = "yes", campaign: str = "c", **values: Any
    ) -> int:
        """Add a person with a permission, enrolled and due now; returns the contact's id."""
        values = {"created_at": NOW, "updated_at": NOW, "email": email} | values
        with self.engine.begin() as connection:
            return self._person(connection, values, answer, campaign)

    def people(self, count: int) -> None:
        """Add many people at once: p000@example.com, p001@example.com …"""
        with self.engine.begin() as connection:
            for number in range(count):
                email = f"p{number:03}@example.com"
                self._person(connection, {"created_at": NOW, "updated_at": NOW, "email": email}, "yes", "c")

    def _person(
        self, connection: Connection, values: dict[str, Any], answer: str | None, campaign: str
    ) -> int:
        number: int = connection.execute(insert(contact).values(**values)).inserted_primary_key[0]
        if answer:
            self._say(connection, number, answer)
        self._enrol(connection, number, campaign)
        return number

    def enrol(self, contact_id: int, campaign: str) -> None:
        """Enrol somebody in one more campaign."""
        with self.engine.begin() as connection:
            self._enrol(connection, contact_id, campaign)

    def _enrol(self, connection: Connection, contact_id: int, campaign: str) -> None:
        connection.execute(
            insert(enrollment).values(
                campaign=campaign,
                version_id=self._version,
                contact_id=contact_id,
                enrolled_at=NOW,
                step="thanks",
                due_at=NOW,
            )
        )

    def _say(self, connection: Connection, contact_id: int, answer: str) -> None:
        said = {
            "contact_id": contact_id,
            "channel": "email",
            "purpose": "marketing",
            "answer": answer,
            "said_at": NOW,
        }
        evidence = connection.execute(
            insert(permission_evidence).values(source="test", **said)
        ).inserted_primary_key
        connection.execute(insert(permission).values(evidence_id=evidence[0], **said))

    def plan(self, **changes: Any) -> None:
        """Write down who is due."""
        rules = self.rules(**changes)
        with self.engine.begin() as connection:
            plan_messages(connection, rules, now=self.now, due_by=self.now)
            update_holds(connection, rules, now=self.now, due_by=self.now)

    def sleep(self, seconds: float) -> None:
        """Let time pass."""
        self.now += timedelta(seconds=seconds)

    def send(
        self, *, worker: str = "w", limit: int = 1000, pace: Pace | None = None, **changes: Any
    ) -> SendCounts:
        """Send what is due."""
        work = SendJob(
            rules_at=lambda at: self.rules(**changes),
            render=self.render,
            sender=self.sender,
            worker=worker,
            clock=lambda: self.now,
            pace=pace,
            sleep=self.sleep,
        )
        return send_due(self.engine, work, limit=limit)[0]

    def render(
        self, connection: Connection, ids: Sequence[int]
    ) -> Iterator[tuple[int, Rendered | ContentError]]:
        """Render nothing but the address."""
        rows = connection.execute(
            select(message.c.id, contact.c.id.label("person"), contact.c.email)
            .join_from(message, contact)
            .where(message.c.id.in_(ids))
        )
        return iter([(row.id, self._rendered(row)) for row in rows])

    def _rendered(self, row: Any) -> Rendered | ContentError:
        if row.person in self.broken:
            return ContentError()
        return RenderedEmail(key=f"m{row.id}", to=row.email, return_path="", subject="", mime=b"")

    def states(self) -> dict[str | None, tuple[str, str | None]]:
        """State and reason of every message, by the person's email address."""
        query = select(contact.c.email, message.c.state, message.c.reason).join_from(message, contact)
        query = query.order_by(message.c.id)
        with self.engine.begin() as connection:
            return {row.email: (row.state, row.reason) for row in connection.execute(query)}


@pytest.fixture
def world(engine: Engine) -> World:
    return World(engine)
