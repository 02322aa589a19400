"""Add the rows that a query gives, where they are not there yet."""

from typing import Any

from sqlalchemy import Connection, Select, Table, func, select

from aftershow.store.engine import insert_into

#: So many new rows change how a statement is best executed.
MANY = 1_000


def insert_missing(connection: Connection, table: Table, query: Select[Any]) -> int:
    """Insert what a query gives, under the names of its columns; returns how many rows are new.

    Rows that are there already stay as they are. The query gives a contact_id, by which the rows are added,
    and has a WHERE: without one, SQLite would take ON CONFLICT for the condition of a join. It is asked first
    whether there are any: most often there are none, and a SELECT that was asked before is far cheaper to
    prepare than an INSERT.
    """
    if not connection.scalar(select(query.exists())):
        return 0
    names = [column.name for column in query.selected_columns]
    if connection.dialect.name == "postgresql":
        query = _read_before_written(query)
    insert = insert_into(connection, table).from_select(names, query).on_conflict_do_nothing()
    added: int = connection.execute(insert, execution_options={"preserve_rowcount": True}).rowcount
    if added < 0:
        # The driver of SQLite counts nothing for a statement that begins with WITH.
        added = connection.scalar(select(func.changes())) or 0
    if added >= MANY and connection.dialect.name == "postgresql":
        # Autovacuum counts them only after the commit; until then it would plan for a table without them.
        connection.exec_driver_sql(f'ANALYZE (SKIP_LOCKED) "{table.name}"')
    return added


def _read_before_written(query: Select[Any]) -> Select[Any]:
    """Let PostgreSQL find all rows before it writes the first one, as SQLite does by itself.

    Else a query that asks the same table what is there already meets at each row all those that its own
    statement has written so far, looks each of them up and finds that it may not see it: n² / 2 of them.
    Only a sort waits for all of its rows, and an index spares it where it can; none has this expression.
    """
    return query.order_by(query.selected_columns.contact_id + 0)
