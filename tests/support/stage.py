"""A small workspace with one campaign, people who were at its show, and a sender that keeps what it gets."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

import pytest
from sqlalchemy import Engine, insert, select, update

from aftershow.campaign.campaign import Campaign
from aftershow.campaign.reading import load_campaign
from aftershow.campaign.versions import in_use
from aftershow.feedback.report import Report
from aftershow.feedback.taking import latest_message, take
from aftershow.journey.turn import Prepared, TurnResult, committing, send_shard, take_turn
from aftershow.ledger.approvals import approve
from aftershow.ledger.send_counts import SendCounts
from aftershow.messages.rendering import renderers
from aftershow.people.consent.permissions import record
from aftershow.people.record.shows import show_id
from aftershow.ports import DeliveryOutcome, Receipt, Rendered
from aftershow.rehearsal.plan import Plan, make_plan
from aftershow.signing import Signer
from aftershow.store.tables import contact, enrollment, lead, message
from aftershow.words.answers import Answer
from aftershow.words.channels import Channel
from aftershow.words.kinds import InteractionKind
from aftershow.workspace.workspace import Workspace, load_workspace

T = TypeVar("T")

NOW = datetime(2026, 9, 21, 15, 0, tzinfo=UTC)

FILES = {
    "config/aftershow.yaml": """
company: {name: Example Pumps Ltd, address: "1 Pump Road, Peoria, IL 61602, USA"}
public_url: https://news.example.com
timezone: America/Chicago
from: {name: Example Pumps, email: hello@example.com, return_path: bounces@example.com}
team:
  dana: {name: Dana Cole, email: dana@example.com}
""",
    "config/shows/expo.yaml": """
show: expo
name: Midwest Expo
starts: 2026-09-15
ends: 2026-09-17
timezone: America/Chicago
country: US
""",
    "config/segments.yaml": """
segments:
  a-leads: {where: 'grade == "A"', show: expo}
""",
    "config/campaigns/follow-up.yaml": """
campaign: follow-up
purpose: Thank, ask, invite.
show: expo
audience: {where: 'grade in ["A", "B"]'}
from: owner
steps:
  - email: thanks
  - text: question
    after: 2 days
    if: permission("text")
  - email: visit
    after: 5 days
""",
    "templates/thanks/subject.txt": "Thank you, {{ given_name or 'dear visitor' }}",
    "templates/thanks/email.html": "<p>Hello {{ given_name or 'there' }}, {{ sender.name }}</p>"
    '<p>{{ our.address }} <a href="{{ unsubscribe_url }}">Unsubscribe</a></p>',
    "templates/visit/subject.txt": "A visit",
    "templates/visit/email.html": "<p>May we come to {{ city or 'you' }}?</p>",
    "templates/question/text.txt": "Hello {{ given_name or 'there' }}, when do you decide? Reply STOP to end",
}


#: A template that serves every channel.
ANY = {
    "subject.txt": "Hello",
    "email.html": "<p>Hello</p>",
    "text.txt": "Hello",
    "letter.txt": "Hello",
    "call.txt": "Ask",
    "meeting.txt": "Come",
}

#: All that a person may have: an address for every channel.
REACHABLE = {
    "mobile": "+13095550100",
    "phone": "+13095550199",
    "address_1": "1 Pump Road",
    "postal_code": "61602",
    "city": "Peoria",
    "timezone": "America/Chicago",
    "country": "US",
}
YES = dict.fromkeys(Channel, "yes")


class Keeping:
    """A sender that keeps what it gets."""

    channels = frozenset(Channel)

    def __init__(self) -> None:
        self.received: list[Rendered] = []
        self.outcomes: dict[str, DeliveryOutcome] = {}

    def send(self, messages: Sequence[Rendered]) -> Iterator[DeliveryOutcome]:
        for rendered in messages:
            self.received.append(rendered)
            yield self.outcomes.get(rendered.to, Receipt(key=rendered.key, accepted=True))

    def close(self) -> None:
        """Nothing to give back."""


class Stage:
    """A workspace, a database and a moment; people come in and turns are taken."""

    def __init__(self, root: Path, engine: Engine) -> None:
        self.root = root
        self.engine = engine
        self.now = NOW
        self.sender = Keeping()
        #: how long after the beginning of a turn its messages are handed over
        self.sending_takes = timedelta(0)
        self._files: dict[Path, bytes] = {}
        self._loaded: dict[str, Any] = {}

    @property
    def workspace(self) -> Workspace:
        return self._once("workspace", lambda: load_workspace(self.root))

    def campaign(self, name: str = "follow-up") -> Campaign:
        return self._once(f"campaign {name}", lambda: load_campaign(self.workspace, name))

    def _once(self, what: str, load: Callable[[], T]) -> T:
        """Load something again only where a file has changed: each turn asks for it."""
        files = (file for folder in ("config", "templates") for file in (self.root / folder).rglob("*.*"))
        now = {file: file.read_bytes() for file in files}
        if now != self._files:
            self._files, self._loaded = now, {}
        if what not in self._loaded:
            self._loaded[what] = load()
        loaded: T = self._loaded[what]
        return loaded

    def write(self, file: str, text: str) -> None:
        path = self.root / file
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)

    def person(
        self, email: str | None = None, *, says: Mapping[str, str] | None = None, **values: Any
    ) -> int:
        """Add a person who was at the show; returns the contact's id."""
        of_lead = {name: values.pop(name) for name in ("grade", "owner", "answers") if name in values}
        facts = {"created_at": NOW, "updated_at": NOW, "email": email} | values
        with self.engine.begin() as connection:
            number: int = connection.execute(insert(contact).values(**facts)).inserted_primary_key[0]
            show = show_id(connection, self.workspace.shows["expo"])
            row = {"contact_id": number, "show_id": show, "created_at": NOW, "grade": "A"} | of_lead
            leads = connection.execute(insert(lead).values(**row)).inserted_primary_key[0]
            connection.execute(update(contact).where(contact.c.id == number).values(latest_lead_id=leads))
            for channel, answer in ({"email": "yes"} if says is None else says).items():
                record(connection, number, Channel(channel), Answer(answer), source="test", said_at=NOW)
        return number

    def someone(self, email: str = "ana@example.com", **values: Any) -> int:
        """Add a person who can be reached by every channel, and wants to be; returns the contact's id."""
        return self.person(email, **({"says": YES} | REACHABLE | values))

    def journey(
        self,
        steps: str,
        head: str = "",
        *,
        audience: str = "{where: grade == 'A'}",
        show: str | None = "expo",
    ) -> None:
        """Write the campaign `c`: its steps, and what stands before them; any template is there."""
        lines = ["campaign: c", "purpose: p", f"audience: {audience}", head.strip()]
        if show:
            lines.insert(2, f"show: {show}")
        if steps.strip().startswith("- "):
            steps = f"steps:\n{steps}"
        self.write("config/campaigns/c.yaml", "\n".join([*filter(None, lines), steps]) + "\n")
        for name in ("a", "b", "c", "d"):
            for file, text in ANY.items():
                self.write(f"templates/{name}/{file}", text)

    def hears(
        self,
        person: int,
        kind: str,
        channel: str | None = None,
        *,
        step: str | None = None,
        after: timedelta | None = None,
        **more: Any,
    ) -> None:
        """Let something come back from a person, of the message that went out last, after some time."""
        self.now += after or timedelta(0)
        way = Channel(channel) if channel else None
        with self.engine.begin() as connection:
            report = Report(
                contact_id=person,
                kind=InteractionKind(kind),
                at=self.now,
                source="test",
                external_id=f"{person}:{kind}:{channel}:{self.now.isoformat()}",
                channel=way,
                message_id=latest_message(connection, person, way, step=step),
                **more,
            )
            take(connection, report, now=self.now)

    def approve(self, steps: list[str] | None = None) -> int:
        """Let go what waits for approval in the campaign `c`."""
        with self.engine.begin() as connection:
            return approve(connection, "c", steps, by="boss", now=self.now)

    def change(self, person: int, **values: Any) -> None:
        """Change a person's own columns, or those of the lead."""
        for table, key in ((contact, contact.c.id), (lead, lead.c.contact_id)):
            mine = {name: value for name, value in values.items() if name in table.c}
            if mine:
                with self.engine.begin() as connection:
                    connection.execute(update(table).where(key == person).values(**mine))

    def until(self, end: datetime, *, every: timedelta = timedelta(hours=1)) -> list[tuple[str, datetime]]:
        """Take turns of the campaign `c` until a moment; returns each step that went out, and when.

        A turn in which nobody is due is left out.
        """
        before = len(self.sent())
        while self.now < end:
            self.turn("c")
            self.now = min(self.now + every * self._turns_to_the_next(every), end)
        return self.sent()[before:]

    def _turns_to_the_next(self, every: timedelta) -> int:
        """Return after how many turns somebody is due."""
        with self.engine.begin() as connection:
            dues = connection.execute(
                select(enrollment.c.due_at, enrollment.c.step, enrollment.c.exited_at)
            ).all()
        inside = [row.due_at for row in dues if row.step and not row.exited_at]
        if dues and not inside:
            return 10_000
        if not inside or None in inside or min(inside) <= self.now:
            return 1
        return -((self.now - min(inside)) // every)

    def sent(self, person: int | None = None) -> list[tuple[str, datetime]]:
        """Return the steps that went out, with the moment, in their order."""
        query = select(message.c.step, message.c.handed_over_at).where(message.c.handed_over_at.is_not(None))
        if person is not None:
            query = query.where(message.c.contact_id == person)
        with self.engine.begin() as connection:
            rows = connection.execute(query.order_by(message.c.handed_over_at, message.c.id))
            return [(row.step, row.handed_over_at) for row in rows]

    def steps(self, person: int | None = None) -> list[str]:
        """Return the steps that went out, in their order."""
        return [step for step, _ in self.sent(person)]

    def ledger(self, person: int | None = None) -> list[tuple[str, str, str | None]]:
        """Return step, state and reason of each message, in the order in which they came up."""
        query = select(message.c.step, message.c.state, message.c.reason).order_by(message.c.id)
        if person is not None:
            query = query.where(message.c.contact_id == person)
        with self.engine.begin() as connection:
            return [(row.step, row.state, row.reason) for row in connection.execute(query)]

    def enrolled(self, person: int) -> Any:
        """Return the person's only enrollment."""
        with self.engine.begin() as connection:
            return connection.execute(select(enrollment).where(enrollment.c.contact_id == person)).one()

    def plan(self, name: str = "follow-up") -> Plan:
        return make_plan(self.engine, self.campaign(name), now=self.now)

    def turn(self, name: str = "follow-up", *, after: timedelta | None = None) -> TurnResult:
        """Take one turn, after some time."""
        self.now += after or timedelta(0)
        campaign = self.campaign(name)
        send = partial(self._send, campaign)
        return take_turn(committing(self.engine), campaign, now=self.now, send=send)

    def _send(self, campaign: Campaign, _: Prepared) -> SendCounts:
        senders = dict.fromkeys(Channel, self.sender)
        with self.engine.begin() as connection:
            renders = renderers(in_use(connection, campaign), Signer(b"0" * 32))
        return send_shard(self.engine, renders, senders, worker="w", clock=self._while_sending)[0]

    def _while_sending(self) -> datetime:
        return self.now + self.sending_takes


@pytest.fixture
def stage(tmp_path: Path, engine: Engine) -> Stage:
    stage = Stage(tmp_path, engine)
    for file, text in FILES.items():
        stage.write(file, text.lstrip())
    return stage
