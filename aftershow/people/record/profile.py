"""Everything that we know of one person, and where we know it from."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, RowMapping, select

from aftershow.errors import UsageError
from aftershow.people.consent.addresses import ADDRESSES
from aftershow.people.record.captures import load_captures
from aftershow.people.record.facts import contact_facts
from aftershow.store.tables import (
    account,
    capture,
    contact,
    import_file,
    interaction,
    lead,
    message,
    permission,
    permission_evidence,
    show,
    suppression,
)
from aftershow.words.fields import ContactField
from aftershow.words.states import State

#: Of these a person may ask what became of it; what was sent, and why not, is in the timeline.
_OPEN = (State.PLANNED, State.HELD, State.CLAIMED, State.HANDING_OVER, State.UNKNOWN)

#: What is shown of a contact, in this order; `company` is the account's name.
SHOWN = tuple(str(field) for field in ContactField if field.row.on_page)


@dataclass(frozen=True, kw_only=True, slots=True)
class LeadRowSource:
    """The row of a lead file that a fact comes from."""

    file: str
    line: int
    #: the show's key
    show: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Fact:
    """One thing that is known of a person."""

    field: str
    value: str | bool
    #: None for what was typed by hand, or follows from other facts
    source: LeadRowSource | None
    #: typed by hand; no import changes it
    locked: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class LeadAtShow:
    """The person as a lead at one show."""

    #: key and name
    show: str
    show_name: str
    grade: str | None
    owner: str | None
    status: str
    answers: Mapping[str, str]
    first_captured_at: datetime | None
    last_captured_at: datetime | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Statement:
    """What the person said about being written to."""

    channel: str
    purpose: str
    answer: str
    source: str
    wording: str | None
    said_at: datetime
    #: this is the statement that counts now
    counts: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class Blocked:
    """An address of the person that must not be used."""

    channel: str
    address: str
    reason: str
    source: str
    since: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class Happening:
    """An interaction, as the timeline shows it."""

    occurred_at: datetime
    kind: str
    channel: str | None
    direction: str
    #: what was said, in words
    note: str | None
    source: str
    #: whose message it belongs to, if any
    campaign: str | None
    step: str | None
    data: Mapping[str, Any]


@dataclass(frozen=True, kw_only=True, slots=True)
class Waiting:
    """A message to the person that is to go out, is held, or of which nobody knows whether it went out."""

    campaign: str
    step: str
    channel: str
    state: str
    #: why it is held or not known
    reason: str | None
    due_at: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class Profile:
    """One person."""

    id: int
    facts: Sequence[Fact]
    leads: Sequence[LeadAtShow]
    #: newest first
    permissions: Sequence[Statement]
    suppressions: Sequence[Blocked]
    #: by due time
    messages: Sequence[Waiting]
    #: newest first
    timeline: Sequence[Happening]


def profile(connection: Connection, contact_id: int) -> Profile:
    """Return everything about a contact; raises UsageError when there is none with this id."""
    row = (
        connection.execute(
            select(contact, account.c.name.label("company"))
            .outerjoin(account, account.c.id == contact.c.account_id)
            .where(contact.c.id == contact_id)
        )
        .mappings()
        .one_or_none()
    )
    if row is None:
        raise UsageError(f"There is no contact {contact_id}.")
    return Profile(
        id=contact_id,
        facts=_facts(connection, row),
        leads=_leads(connection, contact_id),
        permissions=_permissions(connection, contact_id),
        suppressions=_suppressions(connection, contact_id),
        messages=_waiting(connection, contact_id),
        timeline=_timeline(connection, contact_id),
    )


def _facts(connection: Connection, row: RowMapping) -> list[Fact]:
    told = contact_facts(load_captures(connection, [row["id"]]).get(row["id"], []))
    sources = _sources(connection, row["id"])
    facts = []
    for name in SHOWN:
        if row[name] in (None, False):
            continue
        locked = name in row["locked"]
        value, captured = told.get(name, (None, None))
        # An account keeps the spelling of its first file; its source is the row that names it all the same.
        known = captured is not None and not locked and (name == "company" or value == row[name])
        source = sources[captured.id] if captured and known else None
        facts.append(Fact(field=name, value=row[name], source=source, locked=locked))
    return facts


def _sources(connection: Connection, contact_id: int) -> dict[int, LeadRowSource]:
    rows = connection.execute(
        select(capture.c.id, import_file.c.name, capture.c.line, show.c.key)
        .join(import_file, import_file.c.id == capture.c.file_id)
        .join(show, show.c.id == capture.c.show_id)
        .where(capture.c.contact_id == contact_id)
    )
    return {number: LeadRowSource(file=name, line=line, show=key) for number, name, line, key in rows}


def _leads(connection: Connection, contact_id: int) -> list[LeadAtShow]:
    rows = connection.execute(
        select(lead, show.c.key.label("show"), show.c.name.label("show_name"))
        .join(show, show.c.id == lead.c.show_id)
        .where(lead.c.contact_id == contact_id)
        .order_by(lead.c.last_captured_at.desc(), lead.c.id.desc())
    )
    return [
        LeadAtShow(
            show=row.show,
            show_name=row.show_name,
            grade=row.grade,
            owner=row.owner,
            status=row.status,
            answers=row.answers,
            first_captured_at=row.first_captured_at,
            last_captured_at=row.last_captured_at,
        )
        for row in rows
    ]


def _permissions(connection: Connection, contact_id: int) -> list[Statement]:
    table = permission_evidence
    counting = set(
        connection.scalars(select(permission.c.evidence_id).where(permission.c.contact_id == contact_id))
    )
    rows = connection.execute(
        select(table)
        .where(table.c.contact_id == contact_id)
        .order_by(table.c.said_at.desc(), table.c.id.desc())
    )
    return [
        Statement(
            channel=row.channel,
            purpose=row.purpose,
            answer=row.answer,
            source=row.source,
            wording=row.wording,
            said_at=row.said_at,
            counts=row.id in counting,
        )
        for row in rows
    ]


def _suppressions(connection: Connection, contact_id: int) -> list[Blocked]:
    theirs = select(contact.c.phone, contact.c.mobile, *ADDRESSES.values()).where(contact.c.id == contact_id)
    addresses = {address for address in connection.execute(theirs).one() if address}
    rows = connection.execute(
        select(suppression)
        .where(suppression.c.address.in_(addresses))
        .order_by(suppression.c.channel, suppression.c.address)
    )
    return [
        Blocked(
            channel=one.channel,
            address=one.address,
            reason=one.reason,
            source=one.source,
            since=one.created_at,
        )
        for one in rows
    ]


def _waiting(connection: Connection, contact_id: int) -> list[Waiting]:
    rows = connection.execute(
        select(message)
        .where(message.c.contact_id == contact_id, message.c.state.in_(_OPEN))
        .order_by(message.c.due_at, message.c.id)
    )
    return [
        Waiting(
            campaign=row.campaign,
            step=row.step,
            channel=row.channel,
            state=row.state,
            reason=row.reason,
            due_at=row.due_at,
        )
        for row in rows
    ]


def _timeline(connection: Connection, contact_id: int) -> list[Happening]:
    rows = connection.execute(
        select(interaction, message.c.campaign, message.c.step)
        .outerjoin(message, message.c.id == interaction.c.message_id)
        .where(interaction.c.contact_id == contact_id)
        .order_by(interaction.c.occurred_at.desc(), interaction.c.id.desc())
    )
    return [
        Happening(
            occurred_at=row.occurred_at,
            kind=row.kind,
            channel=row.channel,
            direction=row.direction,
            note=row.note,
            source=row.source,
            campaign=row.campaign,
            step=row.step,
            data=row.data or {},
        )
        for row in rows
    ]
