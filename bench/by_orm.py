"""The import that one writes with an ORM: each row is parsed, looked up and flushed by itself,
and a hundred are committed together.

It writes the same tables. It knows fewer ways to tell who is who (an email address, else a phone number, else
nobody), puts nothing on a review list, and takes the first spelling of a name for the right one.
"""

import csv
import hashlib
from collections.abc import Mapping
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import phonenumbers
from email_validator import EmailNotValidError, validate_email
from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session, registry, relationship

from aftershow.store import tables
from aftershow.words.answers import Answer
from aftershow.words.channels import Channel
from aftershow.words.directions import Direction
from aftershow.words.kinds import InteractionKind

#: So many rows share a transaction, which is kind: most such scripts commit each row.
COMMIT = 100
_COUNTRIES = {"USA": "US", "Germany": "DE", "France": "FR", "United Kingdom": "GB", "Australia": "AU"}
_ANSWERS = {"Y": Answer.YES, "N": Answer.NO}


class Account:
    """A company."""


class Contact:
    """A person."""


class Lead:
    """A person at the show."""


class Capture:
    """A row."""


class Evidence:
    """What a person said about being written to."""


class Permission:
    """What counts of it."""


class Interaction:
    """Something that happened."""


_MAPPED = registry()
_MAPPED.map_imperatively(Account, tables.account)
_MAPPED.map_imperatively(Contact, tables.contact, properties={"account": relationship(Account)})
_MAPPED.map_imperatively(Lead, tables.lead, properties={"contact": relationship(Contact)})
_MAPPED.map_imperatively(Capture, tables.capture, properties={"contact": relationship(Contact)})
_MAPPED.map_imperatively(
    Evidence,
    tables.permission_evidence,
    properties={"contact": relationship(Contact), "capture": relationship(Capture)},
)
_MAPPED.map_imperatively(
    Permission,
    tables.permission,
    properties={"contact": relationship(Contact), "evidence": relationship(Evidence)},
)
_MAPPED.map_imperatively(Interaction, tables.interaction, properties={"contact": relationship(Contact)})


def import_by_orm(
    session: Session, path: Path, rows: int, *, show_id: int, file_id: int, now: datetime
) -> int:
    """Import the first rows of a file; returns how many could be used and were new."""
    used = 0
    with path.open(newline="", encoding="utf-8") as file, session.no_autoflush:
        for line, row in enumerate(islice(csv.DictReader(file), rows), start=2):
            used += OneRow(session, row, show_id, now).save(file_id, line)
            session.flush()
            if line % COMMIT == 0:
                session.commit()
    session.commit()
    return used


class OneRow:
    """A row on its way."""

    def __init__(self, session: Session, row: Mapping[str, str], show_id: int, now: datetime) -> None:
        self._session = session
        self._row = {heading: text.strip() for heading, text in row.items() if text.strip()}
        self._show_id = show_id
        self._now = now
        self._country = _COUNTRIES.get(self._row.get("Country", ""), "US")
        self._email = _email(self._row.get("Email", ""))
        self._phone = _phone(self._row.get("Phone", ""), self._country)
        local = datetime.strptime(self._row["Scanned At"], "%m/%d/%Y %H:%M")  # noqa: DTZ007  made aware below
        self._at = local.replace(tzinfo=ZoneInfo("America/Chicago"))

    def save(self, file_id: int, line: int) -> bool:
        """Write everything that the row says; returns False for one that can't be used or was there."""
        if not (self._email or self._phone or "Company" in self._row):
            return False
        fingerprint = hashlib.sha256(repr(sorted(self._row.items())).encode()).hexdigest()
        same = (tables.capture.c.show_id == self._show_id, tables.capture.c.row_hash == fingerprint)
        if self._first(Capture, *same):
            return False
        contact = self._contact()
        self._lead(contact)
        capture = self._add(
            Capture(),
            show_id=self._show_id,
            row_hash=fingerprint,
            file_id=file_id,
            line=line,
            contact=contact,
            cells=dict(self._row),
            fields={"email": self._email, "phone": self._phone},
            captured_at=self._at,
            captured_raw=self._row["Scanned At"],
            captured_by=self._row.get("Scanned By"),
            imported_at=self._now,
        )
        self._permit(contact, capture, Channel.EMAIL, _ANSWERS.get(self._row.get("OK to email?", "")))
        self._permit(contact, capture, Channel.TEXT, Answer.NO)
        self._add(
            Interaction(),
            contact=contact,
            direction=Direction.IN,
            kind=InteractionKind.CAPTURED,
            occurred_at=self._at,
            source="capture",
            external_id=fingerprint,
            data={"show": "bench-expo"},
            recorded_at=self._now,
        )
        return True

    def _add(self, one: Any, **values: Any) -> Any:
        for name, value in values.items():
            setattr(one, name, value)
        self._session.add(one)
        return one

    def _first(self, kind: type, *conditions: ColumnElement[bool]) -> Any:
        return self._session.scalars(select(kind).where(*conditions).limit(1)).first()

    def _contact(self) -> Any:
        its = tables.contact.c
        found = self._first(Contact, its.email == self._email) if self._email else None
        if not found and self._phone:
            family = self._row.get("Last Name")
            found = self._first(Contact, its.phone == self._phone, its.family_name == family)
        if not found:
            found = self._add(Contact(), locked=[], created_at=self._now, updated_at=self._now)
        told = {
            "given_name": self._row.get("First Name"),
            "family_name": self._row.get("Last Name"),
            "title": self._row.get("Job Title"),
            "email": self._email,
            "phone": self._phone,
            "address_1": self._row.get("Street"),
            "city": self._row.get("City"),
            "state": self._row.get("State"),
            "postal_code": self._row.get("ZIP"),
            "country": self._country,
        }
        for name, value in told.items():
            if value and not getattr(found, name):
                setattr(found, name, value)
        found.account = self._account()
        found.last_captured_at = self._at
        return found

    def _account(self) -> Any:
        name = self._row.get("Company")
        if not name:
            return None
        core = name.casefold()
        found = self._first(Account, tables.account.c.core == core)
        its = {"name": name, "core": core, "country": self._country, "created_at": self._now}
        return found or self._add(Account(), **its)

    def _lead(self, contact: Any) -> None:
        its = tables.lead.c
        lead = contact.id and self._first(Lead, its.contact_id == contact.id, its.show_id == self._show_id)
        if not lead:
            ends = {"contact": contact, "show_id": self._show_id}
            times = {"first_captured_at": self._at, "created_at": self._now}
            lead = self._add(Lead(), answers={}, **ends, **times)
        lead.grade = self._row.get("Grade", lead.grade)
        lead.owner = self._row.get("Scanned By", lead.owner)
        told = {"interest": self._row.get("Interest"), "notes": self._row.get("Notes")}
        lead.answers = {**lead.answers, **{name: text for name, text in told.items() if text}}
        lead.last_captured_at = self._at

    def _permit(self, contact: Any, capture: Any, channel: Channel, answer: Answer | None) -> None:
        if answer is None:
            return
        said = {"contact": contact, "channel": channel, "purpose": "marketing", "answer": answer}
        at = {"said_at": self._at}
        evidence = self._add(Evidence(), **said, **at, source="show:bench-expo", capture=capture)
        key = (contact.id, channel, "marketing")
        counting = self._session.get(Permission, key) if contact.id else None
        if counting is None:
            self._add(Permission(), **said, **at, evidence=evidence)
        elif counting.answer != Answer.NO:
            counting.answer, counting.said_at, counting.evidence = answer, self._at, evidence


def _email(text: str) -> str | None:
    try:
        return validate_email(text, check_deliverability=False).normalized.lower()
    except EmailNotValidError:
        return None


def _phone(text: str, country: str) -> str | None:
    try:
        number = phonenumbers.parse(text, country)
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_valid_number(number):
        return None
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
