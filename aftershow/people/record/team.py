"""Our reps as contacts, so that a campaign for the team can write to them."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Select, insert, select, update

from aftershow.people.normalizing.phones import read_phone
from aftershow.store.numbers import take_ids
from aftershow.store.tables import contact
from aftershow.workspace.settings import Rep

#: What nothing can be sent to.
_UNREACHABLE = {"email": None, "phone": None, "phone_extension": None, "mobile": None}


def keep_team(connection: Connection, team: Mapping[str, Rep], now: datetime) -> None:
    """Keep one contact for each rep, as the settings have it.

    They have no keys by which an import could find them, so no lead ever becomes one of them. Who has left
    the team keeps the contact, for the record, and loses the addresses: nothing of ours reaches them then.
    """
    stored = {row["rep"]: row for row in connection.execute(_ours()).mappings()}
    wanted = {key: _columns(rep) for key, rep in team.items()}
    wanted |= {key: _UNREACHABLE for key in stored if key not in team}
    for key, columns in wanted.items():
        if key not in stored:
            _add(connection, key, columns, now=now)
        elif any(stored[key][name] != value for name, value in columns.items()):
            this = update(contact).where(contact.c.rep == key)
            connection.execute(this.values(**columns, updated_at=now))


def _ours() -> Select[Any]:
    return select(contact).where(contact.c.rep.is_not(None)).with_for_update()


def _columns(rep: Rep) -> dict[str, Any]:
    given_name, _, family_name = rep.name.rpartition(" ")
    phone = read_phone(rep.phone, None) if rep.phone else None
    return {
        "given_name": given_name or family_name,
        "family_name": family_name if given_name else None,
        "title": rep.title,
        "email": rep.email.lower(),
        "phone": phone.e164 if phone else None,
        "phone_extension": phone.extension if phone else None,
        "mobile": phone.e164 if phone and phone.takes_texts and not phone.extension else None,
    }


def _add(connection: Connection, key: str, columns: Mapping[str, Any], *, now: datetime) -> None:
    (number,) = take_ids(connection, contact, 1)
    made = {"id": number, "rep": key, "created_at": now, "updated_at": now}
    connection.execute(insert(contact).values(**made, **columns))
