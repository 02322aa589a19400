"""Write contacts and leads as their captures tell it."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, RowMapping, bindparam, select, update

from aftershow.people.normalizing.emails import is_shared
from aftershow.people.normalizing.zones import likely_zones
from aftershow.people.record.accounts import Company, accounts_of, mark_customers
from aftershow.people.record.captures import Captured, CapturesByContact
from aftershow.people.record.facts import Facts, LeadFacts, contact_facts, lead_facts
from aftershow.store.bulk import insert_rows
from aftershow.store.numbers import take_ids
from aftershow.store.tables import contact, interaction, lead
from aftershow.store.types import in_list
from aftershow.words.fields import FLAGS, fields_told

#: Columns that captures tell, as they stand in the facts.
_TOLD = tuple(str(field) for field in fields_told() if field.row.kept)
#: Columns that stay as they are when no capture tells them.
_KEPT = (*_TOLD, "account_id", "latest_lead_id", "last_captured_at")
#: Columns that follow from the others.
_ZONES = ("timezone", "possible_zones")
_DERIVED = ("account_id", "email_is_shared", *_ZONES, "latest_lead_id", "last_captured_at")
_WRITTEN = (*_TOLD, *_DERIVED)
_LEAD_WRITTEN = ("grade", "owner", "answers", "first_captured_at", "last_captured_at")

#: Who logs what was sent; its interactions tell nothing of people.
LEDGER = "ledger"

#: Contact and show.
_Pair = tuple[int, int]
_Row = dict[str, Any]


def write_records(
    connection: Connection,
    captures: CapturesByContact,
    *,
    new: Collection[int] = (),
    owners: Mapping[int, str | None] | None = None,
    now: datetime,
) -> int:
    """Write the contact and the leads of each person from all their captures; returns how many leads are new.

    `new` are contacts that have no row yet; `owners` gives the owner of a show's leads that name none. What
    was typed by hand (`locked`) stays, and so does what no capture tells.
    """
    leads = {
        (contact_id, show_id): lead_facts(of_show)
        for contact_id, captured_rows in captures.items()
        for show_id, of_show in _by_show(captured_rows).items()
    }
    stored_leads = _load_leads(connection, [number for number in captures if number not in new])
    missing = [pair for pair in leads if pair not in stored_leads]
    numbers = {pair: row["id"] for pair, row in stored_leads.items()}
    numbers.update(zip(missing, take_ids(connection, lead, len(missing)), strict=True))
    _write_contacts(connection, captures, numbers, new=new, now=now)
    _write_leads(connection, leads, numbers, stored_leads, owners=owners or {}, now=now)
    return len(missing)


def _by_show(captured_rows: Sequence[Captured]) -> Mapping[int, Sequence[Captured]]:
    if len(captured_rows) == 1:
        return {captured_rows[0].show_id: captured_rows}
    by_show: dict[int, list[Captured]] = defaultdict(list)
    for captured in captured_rows:
        by_show[captured.show_id].append(captured)
    return by_show


def _write_contacts(
    connection: Connection,
    captures: CapturesByContact,
    leads: Mapping[_Pair, int],
    *,
    new: Collection[int],
    now: datetime,
) -> None:
    facts = {number: contact_facts(captured_rows) for number, captured_rows in captures.items()}
    companies = {number: company for number, told in facts.items() if (company := _company(told))}
    accounts = accounts_of(connection, companies.values(), now=now)
    stored = _load_contacts(connection, [number for number in captures if number not in new])
    added, changed, customers = [], [], set()
    nothing = list[str]()
    for number, captured_rows in captures.items():
        latest = captured_rows[-1]
        told: _Row = {name: value for name, (value, _) in facts[number].items()}
        told.pop("company", None)
        told["account_id"] = accounts[companies[number]] if number in companies else None
        told["latest_lead_id"] = leads[number, latest.show_id]
        told["last_captured_at"] = latest.at
        row = _completed(number, told, stored.get(number), now=now)
        if number in new:
            added.append({**row, "locked": nothing, "created_at": now, "updated_at": now})
        elif any(row[name] != stored[number][name] for name in _WRITTEN):
            changed.append({**row, "updated_at": now})
        if row["is_customer"] and row["account_id"]:
            customers.add(row["account_id"])
    insert_rows(connection, contact, added)
    _update(connection, contact, changed, (*_WRITTEN, "updated_at"))
    if customers:
        mark_customers(connection, customers)


def _company(facts: Facts) -> Company | None:
    if "company" not in facts:
        return None
    return facts["company"][0], facts["country"][0] if "country" in facts else None


def _completed(number: int, told: _Row, stored: RowMapping | None, *, now: datetime) -> _Row:
    """Return all columns of a contact: what is locked or not told as it is stored, the rest as it is told."""
    row: _Row = {"id": number, **{name: told.get(name) for name in _KEPT}}
    locked = _locked(stored)
    if stored:
        for name in _KEPT:
            extension_goes = name == "phone_extension" and "phone" in told
            if name in locked or (row[name] is None and not extension_goes):
                row[name] = stored[name]
    row |= {name: bool(row[name]) for name in FLAGS}
    row["email_is_shared"] = bool(row["email"]) and is_shared(row["email"])
    zones = likely_zones(row["country"], row["state"], row["mobile"] or row["phone"], year=now.year)
    if stored and (not zones or "timezone" in locked):
        row.update({name: stored[name] for name in _ZONES})
    else:
        row["timezone"] = zones[0] if len(zones) == 1 else None
        row["possible_zones"] = " ".join(zones) if len(zones) > 1 else None
    return row


def _locked(stored: RowMapping | None) -> set[str]:
    locked = set(stored["locked"]) if stored else set()
    if "phone" in locked:
        locked.add("phone_extension")
    if "company" in locked:
        locked.add("account_id")
    return locked


def _write_leads(
    connection: Connection,
    leads: Mapping[_Pair, LeadFacts],
    numbers: Mapping[_Pair, int],
    stored: Mapping[_Pair, RowMapping],
    *,
    owners: Mapping[int, str | None],
    now: datetime,
) -> None:
    added, changed = [], []
    logged = _load_logged_answers(connection, {contact_id for contact_id, _ in stored})
    for pair, told in leads.items():
        contact_id, show_id = pair
        before = stored.get(pair)
        row = {
            "id": numbers[pair],
            "grade": told.grade or (before and before["grade"]),
            "owner": told.owner or (before and before["owner"]) or owners.get(show_id),
            "answers": _answers(before["answers"], told, logged.get(contact_id, ()))
            if before
            else told.answers,
            "first_captured_at": told.first_captured_at,
            "last_captured_at": told.last_captured_at,
        }
        if before is None:
            ends = {"contact_id": contact_id, "show_id": show_id}
            added.append({**row, **ends, "status": "new", "created_at": now})
        elif any(row[name] != before[name] for name in _LEAD_WRITTEN):
            changed.append(row)
    insert_rows(connection, lead, added)
    _update(connection, lead, changed, _LEAD_WRITTEN)


def _answers(
    before: Mapping[str, str], told: LeadFacts, logged: Iterable[tuple[datetime, Mapping[str, str]]]
) -> dict[str, str]:
    """Return what captures tell over what was there; what someone told us later than that stays."""
    answers = {**before, **told.answers}
    for at, said in logged:
        for name, answer in said.items():
            captured_at = told.answered_at.get(name)
            if before.get(name) == answer and (captured_at is None or captured_at < at):
                answers[name] = answer
    return answers


def _load_logged_answers(
    connection: Connection, numbers: Collection[int]
) -> dict[int, list[tuple[datetime, Mapping[str, str]]]]:
    """Return what people told us in answer to a message, oldest first."""
    logged: dict[int, list[tuple[datetime, Mapping[str, str]]]] = defaultdict(list)
    query = (
        select(interaction.c.contact_id, interaction.c.occurred_at, interaction.c.data)
        .where(in_list(interaction.c.contact_id, values=numbers), interaction.c.source != LEDGER)
        .order_by(interaction.c.occurred_at, interaction.c.id)
    )
    for number, at, data in connection.execute(query):
        if data and data.get("answers"):
            logged[number].append((at, data["answers"]))
    return logged


def _load_contacts(connection: Connection, numbers: Collection[int]) -> dict[int, RowMapping]:
    if not numbers:
        return {}
    rows = connection.execute(select(contact).where(in_list(contact.c.id, values=numbers))).mappings()
    return {row["id"]: row for row in rows}


def _load_leads(connection: Connection, contact_ids: Collection[int]) -> dict[_Pair, RowMapping]:
    if not contact_ids:
        return {}
    rows = connection.execute(select(lead).where(in_list(lead.c.contact_id, values=contact_ids))).mappings()
    return {(row["contact_id"], row["show_id"]): row for row in rows}


def _update(connection: Connection, table: Any, rows: Iterable[_Row], names: Iterable[str]) -> None:
    changes = [{**row, "row_id": row["id"]} for row in rows]
    values: dict[str, Any] = {name: bindparam(name) for name in names}
    if changes:
        connection.execute(update(table).where(table.c.id == bindparam("row_id")).values(values), changes)
