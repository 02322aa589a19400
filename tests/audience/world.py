"""Invented people: once as rows for a database, once as the facts that a careful reader would write down."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, insert, literal, not_, select

from aftershow.audience.expression import Expression
from aftershow.audience.person import PersonFacts
from aftershow.audience.scope import Scope, people_from
from aftershow.store.tables import (
    account,
    campaign_version,
    contact,
    enrollment,
    interaction,
    lead,
    meeting,
    message,
    permission,
    permission_evidence,
    show,
    suppression,
)
from aftershow.words.answers import Answer
from aftershow.words.fields import ContactField

NOW = datetime(2026, 10, 25, 10, 30, 0, 250_000, tzinfo=UTC)
CAMPAIGN = "a-leads"
STEPS = ("thanks", "quick-question", "größe?")

#: Shows by their number; the second has no dates and no town.
SHOWS: dict[int, dict[str, Any]] = {
    1: {
        "key": "pack-expo",
        "name": "Pack Expo",
        "timezone": "America/Chicago",
        "city": "Chicago",
        "country": "US",
        "starts_at": NOW - timedelta(days=4),
        "ends_at": NOW - timedelta(days=1),
    },
    2: {"key": "form", "name": "Formular Ü", "timezone": "UTC", "city": None, "country": None}
    | {"starts_at": None, "ends_at": None},
}

SIGNS = ("replied", "received", "connected", "accepted", "clicked", "form_submitted", "callback_asked")

_LAST = ("captured", "sent", "opened", "clicked", "replied")


@dataclass(frozen=True, kw_only=True)
class Written:
    """A message of the campaign to someone, and what they answered."""

    step: str
    state: str = "accepted"
    answered: str | None = None


@dataclass(frozen=True, kw_only=True)
class Figure:
    """Someone who does not exist."""

    contact: Mapping[str, Any] = field(default_factory=dict)
    account: Mapping[str, Any] | None = None
    #: show number to the lead there
    leads: Mapping[int, Mapping[str, Any]] = field(default_factory=dict)
    #: the show of the lead that was captured last
    latest: int | None = None
    permissions: Mapping[str, Answer] = field(default_factory=dict)
    #: kind and time
    interactions: Sequence[tuple[str, datetime]] = ()
    enrolled_at: datetime = NOW - timedelta(days=10)
    messages: Sequence[Written] = ()
    #: the arms of the campaign's splits, joined by /
    arm: str | None = None
    #: the start of each to its place and status
    meetings: Mapping[datetime, tuple[str | None, str]] = field(default_factory=dict)

    def seen(self, since: datetime | None = None) -> dict[str, datetime]:
        """The last interaction of each kind, from a moment on."""
        answers = [(one.answered, NOW) for one in self.messages if one.answered]
        ordered = sorted([*self.interactions, *answers], key=lambda each: each[1])
        seen = {kind: when for kind, when in ordered if since is None or when >= since}
        # Whoever sent a text wrote back, too.
        replies = [seen[kind] for kind in ("replied", "received") if kind in seen]
        return seen | ({"replied": max(replies)} if replies else {})

    def unanswered(self, since: datetime | None = None) -> int:
        """The messages that went out after the last sign of life, from a moment on."""
        answers = [(one.answered, NOW) for one in self.messages if one.answered]
        everything = [*self.interactions, *answers]
        signs = [when for kind, when in everything if kind in SIGNS]
        last = max(signs, default=None)
        sent = [when for kind, when in everything if kind == "sent" and (since is None or when >= since)]
        return sum(last is None or when > last for when in sent)

    def meeting(self) -> dict[str, Any]:
        """The soonest meeting to come that stands, else the latest."""
        to_come = [
            when
            for when, (_, status) in self.meetings.items()
            if when >= NOW and status not in ("declined", "cancelled")
        ]
        when = min(to_come) if to_come else max(self.meetings, default=None)
        place, status = self.meetings[when] if when else (None, None)
        return {"meeting.starts": when, "meeting.place": place, "meeting.status": status}


@dataclass(frozen=True, kw_only=True)
class World:
    """Everyone there is; a figure's contact has its place in the list, from 1, as its number."""

    figures: Sequence[Figure]
    #: channel and address
    suppressed: frozenset[tuple[str, str]] = frozenset()

    def write(self, connection: Connection) -> None:
        """Insert everyone into empty tables."""
        rows = self._rows()
        for table in (show, account, contact, lead, permission_evidence, permission, suppression):
            _insert(connection, table, rows)
        for table in (campaign_version, enrollment, message, interaction, meeting):
            _insert(connection, table, rows)

    def person(self, number: int, *, show_id: int | None, scope: Scope, in_step: bool = False) -> PersonFacts:
        """What a careful reader would write down of one contact."""
        figure = self.figures[number - 1]
        company = figure.account or {}
        where = show_id or figure.latest
        here = figure.leads.get(where or 0, {})
        place = SHOWS.get(where or 0, {})
        facts = {column: figure.contact.get(column) for column in CONTACT_COLUMNS}
        facts["is_customer"] = bool(figure.contact.get("is_customer") or company.get("is_customer"))
        facts |= {"company": company.get("name"), "account.name": company.get("name")}
        facts |= {"account.country": company.get("country")}
        facts["account.is_customer"] = bool(company.get("is_customer"))
        facts |= {name: here.get(name) for name in ("grade", "owner", "status")}
        facts["captured_at"] = here.get("last_captured_at")
        facts |= {f"show.{name}": place.get(name) for name in ("key", "name", "city", "country", "timezone")}
        facts |= {"show.starts": place.get("starts_at"), "show.ends": place.get("ends_at")}
        facts |= figure.meeting()
        return PersonFacts(
            now=scope.now,
            zone=scope.zone,
            facts=facts,
            answers=here.get("answers", {}),
            last=figure.seen(figure.enrolled_at if in_step else None),
            unanswered=figure.unanswered(figure.enrolled_at if in_step else None),
            permissions=figure.permissions,
            suppressed=self._suppressed(figure),
            sent=frozenset(one.step for one in figure.messages if in_step and one.state == "accepted"),
            acknowledged=frozenset(
                one.step for one in figure.messages if in_step and one.answered in ("replied", "connected")
            ),
            arms=frozenset((figure.arm or "").split("/")) - {""} if in_step else frozenset(),
        )

    def _suppressed(self, figure: Figure) -> frozenset[str]:
        their = figure.contact
        addresses = {"email": their.get("email"), "text": their.get("mobile"), "letter": _letter_to(their)}
        addresses["call"] = their.get("mobile") if their.get("phone") is None else their["phone"]
        addresses["meeting"] = their.get("email")
        listed = {channel for channel in addresses if (channel, addresses[channel]) in self.suppressed}
        return frozenset(listed | ({"meeting"} if "email" in listed else set()))

    def _rows(self) -> dict[str, list[dict[str, Any]]]:
        rows: dict[str, list[dict[str, Any]]] = {
            "show": [{"id": number, **row} for number, row in SHOWS.items()],
            "suppression": [
                {
                    "channel": channel,
                    "address": address,
                    "reason": "stop",
                    "source": "test",
                    "created_at": NOW,
                }
                for channel, address in self.suppressed
            ],
            "campaign_version": [
                {"id": 1, "campaign": CAMPAIGN, "sha256": "0", "source": "", "created_at": NOW}
            ],
        }
        for number, figure in enumerate(self.figures, 1):
            for table, row in _rows_of(number, figure):
                rows.setdefault(table, []).append(row)
        return rows


def _letter_to(their: Mapping[str, Any]) -> str | None:
    """Street, town and country on one line, as people of the country write them."""
    if not their.get("address_1") or not their.get("city"):
        return None
    code, town = their.get("postal_code"), their["city"]
    in_order = (
        (town, their.get("state"), code) if their.get("country") in ("US", "CA", "AU") else (code, town)
    )
    line = (their["address_1"], " ".join(filter(None, in_order)), their.get("country"))
    return ", ".join(filter(None, line))[:320]


#: Columns that are no fact by themselves.
OTHER_COLUMNS = ("address_1",)
#: Columns that are a fact as they stand.
CONTACT_COLUMNS = tuple(
    str(field)
    for field in ContactField
    if field.row.in_conditions and field.row.kept and not field.row.kept.flag
)


def _rows_of(number: int, figure: Figure) -> list[tuple[str, dict[str, Any]]]:
    made = {"created_at": NOW, "updated_at": NOW}
    seen = figure.seen()
    person = {column: figure.contact.get(column) for column in (*CONTACT_COLUMNS, *OTHER_COLUMNS)}
    person |= {f"last_{kind}_at": seen.get(kind) for kind in _LAST}
    person |= {"id": number, "account_id": number if figure.account is not None else None, **made}
    person["is_customer"] = bool(figure.contact.get("is_customer"))
    person["latest_lead_id"] = None if figure.latest is None else number * 10 + figure.latest
    rows: list[tuple[str, dict[str, Any]]] = [("contact", person)]
    if figure.account is not None:
        blank = {"name": "", "core": "", "country": None, "is_customer": False}
        rows.append(("account", {"id": number, "created_at": NOW, **blank, **figure.account}))
    for where, each in figure.leads.items():
        blank = {"grade": None, "owner": None, "status": "new", "answers": {}, "last_captured_at": None}
        key = {"id": number * 10 + where, "contact_id": number, "show_id": where, "created_at": NOW}
        rows.append(("lead", {**blank, **each, **key}))
    rows += _words_of(number, figure)
    return rows + _messages_of(number, figure)


def _words_of(number: int, figure: Figure) -> list[tuple[str, dict[str, Any]]]:
    rows: list[tuple[str, dict[str, Any]]] = []
    for place, (channel, said) in enumerate(figure.permissions.items()):
        # A yes to letters about repairs is no yes to marketing.
        for purpose, answer in (("marketing", said), ("service", Answer.YES)):
            word = {
                "contact_id": number,
                "channel": channel,
                "purpose": purpose,
                "answer": answer,
                "said_at": NOW,
            }
            evidence = number * 100 + place * 10 + len(rows)
            rows.append(("permission_evidence", {"id": evidence, "source": "test", **word}))
            rows.append(("permission", {"evidence_id": evidence, **word}))
    return rows


def _messages_of(number: int, figure: Figure) -> list[tuple[str, dict[str, Any]]]:
    common = {"campaign": CAMPAIGN, "contact_id": number}
    enrolled = {"id": number, "version_id": 1, "enrolled_at": figure.enrolled_at, "arm": figure.arm}
    rows = [("enrollment", {**enrolled, **common})]
    for when, (place, status) in figure.meetings.items():
        appointment = {"contact_id": number, "starts_at": when, "place": place, "status": status}
        rows.append(("meeting", {**appointment, "updated_at": NOW}))
    happened: list[tuple[str, datetime, int | None]] = [
        (kind, when, None) for kind, when in figure.interactions
    ]
    for place, one in enumerate(figure.messages):
        times = dict.fromkeys(("planned_at", "due_at", "expires_at"), NOW)
        row = {"id": number * 10 + place, "enrollment_id": number, "occurrence": place}
        row |= {
            "step": one.step,
            "template": one.step,
            "state": one.state,
            "reason": "test",
            "channel": "email",
            **common,
            **times,
        }
        rows.append(("message", row))
        if one.answered:
            happened.append((one.answered, NOW, number * 10 + place))
    for place, (kind, when, about) in enumerate(happened):
        row = {
            "contact_id": number,
            "kind": kind,
            "occurred_at": when,
            "message_id": about,
            "direction": "in",
        }
        rows.append(
            ("interaction", {**row, "source": "test", "external_id": f"{number}-{place}", "recorded_at": NOW})
        )
    return rows


def _insert(connection: Connection, table: Any, rows: Mapping[str, list[dict[str, Any]]]) -> None:
    if rows.get(table.name):
        connection.execute(insert(table), rows[table.name])


def asked_in_sql(
    connection: Connection,
    expression: Expression,
    *,
    show_id: int | None,
    scope: Scope,
    in_step: bool = False,
) -> dict[int, bool]:
    """Contact number to the answer of a database: who meets the condition, and who meets its NOT."""
    people = people_from(show_id)
    if in_step:
        mine = (enrollment.c.contact_id == contact.c.id) & (enrollment.c.campaign == scope.campaign)
        people = people.join(enrollment, mine)
    condition = expression.sql(scope)
    meant = select(contact.c.id, literal(1)).select_from(people).where(condition)
    others = select(contact.c.id, literal(0)).select_from(people).where(not_(condition))
    answers = connection.execute(meant.union_all(others)).all()
    assert len({number for number, _ in answers}) == len(answers), "someone is meant and not meant"
    return {number: bool(answer) for number, answer in answers}
