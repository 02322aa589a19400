"""Rows that a program worked out, as a table inside one statement."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import Any

from sqlalchemy import CTE, ColumnClause, values

#: SQLite takes 32,766 parameters in a statement.
_PARAMETERS = 30_000


def value_tables(
    name: str, columns: Sequence[ColumnClause[Any]], rows: Iterable[Sequence[Any]]
) -> Iterator[CTE]:
    """Return tables of the rows, to join with, each as long as a statement can hold; none without rows.

    No value is None: PostgreSQL would not know the type of a column of them.
    """
    most = _PARAMETERS // len(columns)
    waiting = iter(rows)
    while part := [tuple(row) for row in islice(waiting, most)]:
        yield values(*columns, name=name).data(part).cte(name)
