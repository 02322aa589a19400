"""Numbers for new rows, taken before the rows are written, so that rows of other tables can point at them."""

from collections.abc import Sequence

from sqlalchemy import Connection, Table, func, select, text

from aftershow.store.tables import contact, merged_contact


def take_ids(connection: Connection, table: Table, count: int) -> Sequence[int]:
    """Return `count` numbers that no row of `table` has, ascending.

    Must run in a transaction that writes: on SQLite it holds the only write lock, so that nobody else counts
    on from the same row; PostgreSQL's sequences never give a number twice.
    """
    if connection.dialect.name == "postgresql":
        numbers = text("SELECT nextval(pg_get_serial_sequence(:name, 'id')) FROM generate_series(1, :count)")
        return sorted(connection.scalars(numbers, {"name": table.name, "count": count}))
    start = _highest(connection, table) + 1
    return range(start, start + count)


def _highest(connection: Connection, table: Table) -> int:
    highest: int = connection.scalar(select(func.coalesce(func.max(table.c.id), 0))) or 0
    if table.dialect_options["sqlite"]["autoincrement"]:
        ever = text("SELECT seq FROM sqlite_sequence WHERE name = :name")
        highest = max(highest, connection.scalar(ever, {"name": table.name}) or 0)
    if table is contact:
        # A contact that was merged away keeps its number: links and old exports may still name it.
        merged: int = connection.scalar(select(func.coalesce(func.max(merged_contact.c.id), 0))) or 0
        return max(highest, merged)
    return highest
