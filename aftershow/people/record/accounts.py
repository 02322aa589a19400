"""Companies: which account a company's name belongs to."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, select, update

from aftershow.people.normalizing.companies import core
from aftershow.people.normalizing.spelling import proper_words
from aftershow.store.bulk import insert_rows
from aftershow.store.numbers import take_ids
from aftershow.store.tables import account
from aftershow.store.types import in_list

#: The longest core that is compared; what is longer is no company's name.
LONGEST_CORE = 200
#: A company's name as it is shown, and its country (ISO alpha-2).
Company = tuple[str, str | None]


def account_core(name: str) -> str:
    """Return the core of a company's name as accounts keep it."""
    return core(name)[:LONGEST_CORE]


@dataclass(kw_only=True, slots=True)
class _Account:
    """An account that a company may belong to."""

    id: int
    name: str
    country: str | None


def accounts_of(
    connection: Connection, companies: Iterable[Company], *, now: datetime
) -> Mapping[Company, int]:
    """Return the account of each company, adding those that are not there.

    Companies of the same core are one, unless both have a country and these differ. A name that was once in
    capitals gives way to one with a spelling of its own (Delaval to DeLaval).
    """
    wanted = list(dict.fromkeys(companies))
    known = _load(connection, {account_core(name) for name, _ in wanted})
    new = iter(take_ids(connection, account, len(wanted)))
    found: dict[Company, int] = {}
    added: list[_Account] = []
    respelled: dict[int, str] = {}
    for name, country in wanted:
        same_core = known[account_core(name)]
        its = _choose(same_core, country)
        if its is None:
            its = _Account(id=next(new), name=name, country=country)
            same_core.append(its)
            added.append(its)
        elif name != its.name and _was_shouted(its.name) and not _was_shouted(name):
            its.name = respelled[its.id] = name
        found[name, country] = its.id
    _add(connection, added, now=now)
    for number, name in respelled.items():
        connection.execute(update(account).where(account.c.id == number).values(name=name))
    return found


def _was_shouted(name: str) -> bool:
    """Tell whether a spelling is the one that we would give to a name in capitals."""
    return proper_words(name.upper()) == name


def _load(connection: Connection, cores: Iterable[str]) -> dict[str, list[_Account]]:
    columns = (account.c.core, account.c.id, account.c.name, account.c.country)
    rows = connection.execute(
        select(*columns).where(in_list(account.c.core, values=cores)).order_by(account.c.id)
    )
    known: dict[str, list[_Account]] = defaultdict(list)
    for its_core, number, name, country in rows:
        known[its_core].append(_Account(id=number, name=name, country=country))
    return known


def _choose(same_core: Sequence[_Account], country: str | None) -> _Account | None:
    """Return the account of the same country, else one where either country is not known."""
    for its in same_core:
        if its.country == country:
            return its
    return next((its for its in same_core if not its.country or not country), None)


def _add(connection: Connection, added: Sequence[_Account], *, now: datetime) -> None:
    rows = [
        {
            "id": its.id,
            "name": its.name,
            "core": account_core(its.name),
            "country": its.country,
            "is_customer": False,
            "created_at": now,
        }
        for its in added
    ]
    insert_rows(connection, account, rows)


def mark_customers(connection: Connection, account_ids: Iterable[int]) -> None:
    """Write down that these accounts are customers."""
    connection.execute(
        update(account)
        .where(in_list(account.c.id, values=account_ids), account.c.is_customer.is_(False))
        .values(is_customer=True)
    )
