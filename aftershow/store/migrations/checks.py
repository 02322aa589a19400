"""The words that columns may hold, changed by a migration."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from alembic import op
from alembic.operations import BatchOperations
from sqlalchemy import inspect, text


def allow(column: str, words: Iterable[str]) -> None:
    """Let a column hold these words and no others, in every table that has a CHECK for it.

    Only within a migration. Raises IntegrityError where a row has another word.
    """
    listed = ", ".join(f"'{word}'" for word in words)
    there = inspect(op.get_bind())
    for table in there.get_table_names():
        name = f"ck_{table}_{column}"
        if name in {check["name"] for check in there.get_check_constraints(table)}:
            with _altered(table) as batch:
                batch.drop_constraint(op.f(name), type_="check")
                batch.create_check_constraint(op.f(name), text(f"{column} IN ({listed})"))


@contextmanager
def _altered(table: str) -> Iterator[BatchOperations]:
    """Alter a table; SQLite makes it anew, and would forget the numbers of rows that are gone."""
    connection = op.get_bind()
    numbered = connection.dialect.name == "sqlite" and connection.scalar(
        text("SELECT sql LIKE '%AUTOINCREMENT%' FROM sqlite_master WHERE name = :table"), {"table": table}
    )
    if not numbered:
        with op.batch_alter_table(table) as batch:
            yield batch
        return
    last = text("SELECT seq FROM sqlite_sequence WHERE name = :table")
    given = connection.scalar(last, {"table": table})
    with op.batch_alter_table(table, table_kwargs={"sqlite_autoincrement": True}) as batch:
        yield batch
    if given is not None:
        connection.execute(text("DELETE FROM sqlite_sequence WHERE name = :table"), {"table": table})
        row = {"table": table, "given": given}
        connection.execute(text("INSERT INTO sqlite_sequence (name, seq) VALUES (:table, :given)"), row)
