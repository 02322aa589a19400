"""What we know of a person, made from their captures: each fact with the capture that it comes from.

The newest capture that says something counts; a blank says nothing, and capitals do not replace a better
spelling of the same. What comes out does not depend on the order in which files were imported.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from aftershow.people.normalizing.emails import is_shared
from aftershow.people.normalizing.spelling import better_spelling, proper_name, proper_words
from aftershow.people.record.captures import Captured
from aftershow.words.fields import Told, fields_told

_NAMES, _WORDS, _AS_WRITTEN = (
    tuple(map(str, fields_told(how))) for how in (Told.NAME, Told.WORDS, Told.AS_WRITTEN)
)

#: Field to its value and the capture that says so.
Facts = dict[str, tuple[Any, Captured]]


def contact_facts(captured_rows: Sequence[Captured]) -> Facts:
    """Return what captures (oldest first) say of a person.

    Fields are those of the contact, and `company`. A personal email address goes before one that a company
    shares, and an extension belongs to its number.
    """
    facts: Facts = {}
    for captured in captured_rows:
        fields = captured.fields
        for name in _NAMES + _WORDS:
            if name in fields:
                _spell(facts, name, captured)
        for name in _AS_WRITTEN:
            if name in fields:
                facts[name] = (fields[name], captured)
        _add_email(facts, captured)
        _add_phone(facts, captured)
    for name in _NAMES:
        if name in facts:
            facts[name] = (proper_name(facts[name][0]), facts[name][1])
    for name in _WORDS:
        if name in facts:
            facts[name] = (proper_words(facts[name][0]), facts[name][1])
    return facts


def _spell(facts: Facts, name: str, captured: Captured) -> None:
    newer = captured.fields[name]
    if name not in facts or better_spelling(facts[name][0], newer) == newer:
        facts[name] = (newer, captured)


def _add_email(facts: Facts, captured: Captured) -> None:
    email = captured.fields.get("email")
    if email and ("email" not in facts or not is_shared(email) or is_shared(facts["email"][0])):
        facts["email"] = (email, captured)


def _add_phone(facts: Facts, captured: Captured) -> None:
    phone = captured.fields.get("phone")
    if phone:
        facts["phone"] = (phone, captured)
        facts["phone_extension"] = (captured.fields.get("phone_extension"), captured)


@dataclass(frozen=True, kw_only=True, slots=True)
class LeadFacts:
    """What the captures of one show say of a person as a lead."""

    #: A, B or C, as it was said last
    grade: str | None
    #: the rep who talked to them last
    owner: str | None
    #: the last answer to each question; `notes` among them, of all captures
    answers: dict[str, str]
    #: when each of them was given
    answered_at: dict[str, datetime]
    first_captured_at: datetime
    last_captured_at: datetime


def lead_facts(captured_rows: Sequence[Captured]) -> LeadFacts:
    """Return what the captures (oldest first, at least one) of one person at one show say of the lead."""
    grade: str | None = None
    owner: str | None = None
    answers: dict[str, str] = {}
    answered_at: dict[str, datetime] = {}
    for captured in captured_rows:
        fields = captured.fields
        grade = fields.get("grade") or grade
        owner = fields.get("owner") or owner
        told = dict(fields.get("answers", ()))
        if "notes" in fields:
            # A promise that was noted at one scan is not taken back by another scan.
            told["notes"] = _noted(answers.get("notes"), fields["notes"])
        answers |= told
        answered_at |= dict.fromkeys(told, captured.at)
    return LeadFacts(
        grade=grade,
        owner=owner,
        answers=answers,
        answered_at=answered_at,
        first_captured_at=captured_rows[0].at,
        last_captured_at=captured_rows[-1].at,
    )


def _noted(before: str | None, now: str) -> str:
    if not before:
        return now
    return before if now in before.split("\n") else f"{before}\n{now}"
