"""Who is who: a capture belongs to the person whom a key of it names; what only looks alike goes to review.

Keys link by themselves: a personal email address, the badge at one show, a mobile with the family name. Where
numbers don't tell a mobile from a landline (North America), the first name must agree too. Addresses that a
company shares, switchboards and names alone never link.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field

from sqlalchemy import Connection, select

from aftershow.people.normalizing.companies import may_be_one_company, telling_words
from aftershow.people.normalizing.emails import is_shared
from aftershow.people.normalizing.names import formal_key, may_be_one, name_key
from aftershow.people.normalizing.phones import may_be_carried
from aftershow.people.record.accounts import account_core
from aftershow.people.record.captures import Captured, Fields
from aftershow.store.bulk import insert_rows
from aftershow.store.tables import account, contact, contact_key
from aftershow.store.types import in_list

#: Kind and value, as in the table contact_key.
Key = tuple[str, str]
EMAIL, BADGE, MOBILE = "email", "badge", "mobile"
#: Finds people who may be one; never links.
ALIKE = "alike"
#: A key of more characters is no key.
_LONGEST = 200

SAME_NUMBER = "the same phone number and family name, but not the same first name"
SAME_COMPANY = "the same family name, a like first name and a like company"
TWO_KEYS = "one row names both"


@dataclass(kw_only=True, slots=True, eq=False)
class Candidate:
    """Someone whom the rows at hand speak of: a contact, or one in the making."""

    #: None until the contact gets its number
    id: int | None = None
    given_name: str | None
    company: str
    #: what the rows at hand add to their captures
    captured: list[Captured] = field(default_factory=list)
    #: what the rows at hand add to the keys
    keys: set[Key] = field(default_factory=set)

    @property
    def number(self) -> int:
        """The contact's id, once it has one."""
        assert self.id is not None, "a person gets a number before anything is written of them"  # noqa: S101
        return self.id


@dataclass(frozen=True, kw_only=True, slots=True)
class Suspicion:
    """Two persons who may be one, and why."""

    one: Candidate
    other: Candidate
    reason: str


def linking_keys(fields: Fields, show: str) -> list[Key]:
    """Return what says by itself who a row speaks of, the surest first; `show` is the key of its show."""
    keys: list[Key] = []
    if (email := fields.get("email")) and not is_shared(email):
        keys.append((EMAIL, email))
    if badge := fields.get("badge"):
        keys.append((BADGE, f"{show}:{badge}"))
    family, given = name_key(fields.get("family_name")), name_key(fields.get("given_name"))
    for number, certain in _textable(fields).items():
        if family and (certain or given):
            keys.append((MOBILE, f"{number}|{family}" if certain else f"{number}|{family}|{given}"))
    return [key for key in keys if len(key[1]) <= _LONGEST]


def alike_keys(fields: Fields) -> list[Key]:
    """Return by what people are found who may be the one that a row speaks of."""
    family = name_key(fields.get("family_name"))
    if not family:
        return []
    keys = [f"{number}|{family}" for number, certain in _textable(fields).items() if not certain]
    initial = formal_key(fields.get("given_name"))[:1]
    keys += [
        f"{family}|{initial}|{word}" for word in telling_words(account_core(fields.get("company") or ""))
    ]
    return [(ALIKE, key) for key in keys if len(key) <= _LONGEST]


def _textable(fields: Fields) -> dict[str, bool]:
    """Return the numbers that one person may carry, and whether that is certain."""
    numbers = {}
    for name in ("mobile", "phone"):
        number = fields.get(name)
        if number and not (name == "phone" and fields.get("phone_extension")):
            takes_texts, is_mobile = may_be_carried(number)
            if takes_texts:
                numbers[number] = is_mobile
    return numbers


class Roster:
    """The persons whom a batch of rows may speak of, found with one query for each kind of key."""

    def __init__(self, connection: Connection, keys: Iterable[Key]) -> None:
        #: who came with the batch
        self.added: list[Candidate] = []
        self.suspicions: list[Suspicion] = []
        found = _load_keys(connection, keys)
        known = {person.id: person for person in _load_persons(connection, set(found.values()))}
        self._by_key: dict[Key, Candidate] = {key: known[number] for key, number in found.items()}

    def person_for(self, fields: Fields, links: Sequence[Key], alike: Sequence[Key]) -> Candidate:
        """Return the person whom a row speaks of, a new one if nobody fits, and note who may be the same."""
        named = list(dict.fromkeys(self._by_key[key] for key in links if key in self._by_key))
        person = named[0] if named else self._add(fields)
        for other in named[1:]:
            self.suspicions.append(Suspicion(one=person, other=other, reason=TWO_KEYS))
        self._suspect(person, fields, alike)
        for key in (*links, *alike):
            if key not in self._by_key:
                self._by_key[key] = person
                person.keys.add(key)
        return person

    def names_someone(self, keys: Iterable[Key]) -> bool:
        """Tell whether one of these keys names someone."""
        return any(key in self._by_key for key in keys)

    def _add(self, fields: Fields) -> Candidate:
        person = Candidate(
            given_name=fields.get("given_name"), company=account_core(fields.get("company") or "")
        )
        self.added.append(person)
        return person

    def _suspect(self, person: Candidate, fields: Fields, alike: Sequence[Key]) -> None:
        given_name, company = fields.get("given_name"), account_core(fields.get("company") or "")
        for key in alike:
            other = self._by_key.get(key)
            if other is None or other is person:
                continue
            if key[1].startswith("+"):
                self.suspicions.append(Suspicion(one=person, other=other, reason=SAME_NUMBER))
            elif may_be_one(given_name, other.given_name) and may_be_one_company(company, other.company):
                self.suspicions.append(Suspicion(one=person, other=other, reason=SAME_COMPANY))


def _load_keys(connection: Connection, keys: Iterable[Key]) -> dict[Key, int]:
    by_kind: dict[str, set[str]] = {}
    for kind, value in keys:
        by_kind.setdefault(kind, set()).add(value)
    table = contact_key.c
    return {
        (kind, value): contact_id
        for kind, values in by_kind.items()
        for value, contact_id in connection.execute(
            select(table.value, table.contact_id).where(
                table.kind == kind, in_list(table.value, values=values)
            )
        )
    }


def _load_persons(connection: Connection, contact_ids: Collection[int]) -> list[Candidate]:
    if not contact_ids:
        return []
    rows = connection.execute(
        select(contact.c.id, contact.c.given_name, account.c.name)
        .outerjoin(account, account.c.id == contact.c.account_id)
        .where(in_list(contact.c.id, values=contact_ids))
    )
    return [
        Candidate(id=number, given_name=given_name, company=account_core(company or ""))
        for number, given_name, company in rows
    ]


def add_keys(connection: Connection, keys: Iterable[tuple[Key, int]]) -> None:
    """Write down which contact a key names; the keys must not name anyone yet, as the roster has seen."""
    # In the order of the index, which is then written from one end to the other.
    rows = [{"kind": kind, "value": value, "contact_id": number} for (kind, value), number in sorted(keys)]
    insert_rows(connection, contact_key, rows)
