"""Find a contact by what a person at the keyboard knows: an email address, a phone number, an id."""

import re

from sqlalchemy import ColumnElement, Connection, or_, select

from aftershow.errors import UsageError
from aftershow.people.identity.matching import EMAIL
from aftershow.people.normalizing.emails import normal_email
from aftershow.store.tables import contact, contact_key, merged_contact

_NOT_A_DIGIT = re.compile(r"\D")
_ID = re.compile(r"\d{1,9}")
#: Fewer digits would find half of a town.
_FEWEST_DIGITS = 6


def find_contact(connection: Connection, text: str) -> int:
    """Return the id of the contact whom `text` means.

    An email address in any case, a phone number in any form (without + its last digits count), or an id; who
    was merged into another leads there. Raises UsageError when nobody or more than one is meant; the error
    does not repeat what was asked for.
    """
    text = text.strip()
    found = _by_id(connection, text) or _by_email(connection, text) or _by_phone(connection, text)
    if not found:
        raise UsageError(
            "No contact has this address, number or id. Give an email address, a phone number, or an id."
        )
    if len(found) > 1:
        listed = ", ".join(map(str, sorted(found)))
        raise UsageError(f"Several contacts share this: give one of the ids {listed}.")
    return found.pop()


def _by_id(connection: Connection, text: str) -> set[int]:
    if not _ID.fullmatch(text):
        return set()
    merged = connection.scalar(select(merged_contact.c.into_id).where(merged_contact.c.id == int(text)))
    return _ids(connection, contact.c.id == (merged or int(text)))


def _by_email(connection: Connection, text: str) -> set[int]:
    email = normal_email(text) if "@" in text else None
    if email is None:
        return set()
    # An address that a contact had before is still a key of theirs.
    former = select(contact_key.c.contact_id).where(contact_key.c.kind == EMAIL, contact_key.c.value == email)
    return _ids(connection, contact.c.email == email) or _ids(connection, contact.c.id.in_(former))


def _by_phone(connection: Connection, text: str) -> set[int]:
    digits = _NOT_A_DIGIT.sub("", text)
    if "@" in text or len(digits) < _FEWEST_DIGITS:
        return set()
    exact = f"+{digits}"
    found = _ids(connection, or_(contact.c.phone == exact, contact.c.mobile == exact))
    if found or text.startswith("+"):
        return found
    ending = f"%{digits.lstrip('0')}"
    return _ids(connection, or_(contact.c.phone.like(ending), contact.c.mobile.like(ending)))


def _ids(connection: Connection, condition: ColumnElement[bool]) -> set[int]:
    return set(connection.scalars(select(contact.c.id).where(condition)))
