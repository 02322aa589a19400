"""Adding what a query gives."""

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Boolean, Engine, Select, Text, column, func, select, text

from aftershow.store.adding import MANY, add_from
from aftershow.store.listing import listings
from aftershow.store.tables import account
from aftershow.store.types import Moment

NOW = datetime(2026, 9, 21, 15, tzinfo=UTC)


def test_what_is_there_stays_as_it_is(engine: Engine) -> None:
    """Only new rows count."""
    with engine.begin() as connection:
        assert add_from(connection, account, _accounts(2)) == 2
        unknown = _accounts(3).where(column("name", Text).not_in(select(account.c.name)))
        assert add_from(connection, account, unknown) == 1
        assert add_from(connection, account, unknown) == 0
        assert connection.scalar(select(func.count()).select_from(account)) == 3


def test_the_planner_knows_of_what_this_transaction_added(engine: Engine) -> None:
    """PostgreSQL would take the table for an empty one, and go through all of it for each row of another."""
    with engine.begin() as connection:
        assert add_from(connection, account, _accounts(MANY)) == MANY
        if connection.dialect.name == "postgresql":
            known = text("SELECT reltuples FROM pg_class WHERE relname = 'account'")
            assert connection.scalar(known) == MANY


def _accounts(count: int) -> Select[Any]:
    columns = (
        column("name", Text),
        column("core", Text),
        column("is_customer", Boolean),
        column("created_at", Moment),
    )
    (rows,) = listings("new", columns, ((f"Firm {n}", f"firm {n}", False, NOW) for n in range(count)))
    return select(rows).where(rows.c.name != "")
