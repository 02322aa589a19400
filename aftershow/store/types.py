"""Column types and SQL functions that mean the same on SQLite and PostgreSQL."""

import json
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    ColumnElement,
    DateTime,
    Dialect,
    Integer,
    Select,
    Text,
    TypeDecorator,
    bindparam,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import GenericFunction
from sqlalchemy.types import NullType, TypeEngine

#: A row's number; SQLite gives numbers by itself only to INTEGER.
Id = BigInteger().with_variant(Integer, "sqlite")

#: A document; binary on PostgreSQL, so that it can be compared and indexed.
Document = JSON().with_variant(JSONB(), "postgresql")


class Moment(TypeDecorator[datetime]):
    """An aware datetime; kept in UTC, with a fixed width on SQLite so that text order is time order."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Refuse naive times, and bring aware ones to UTC."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a time without a zone can't be stored")
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Give UTC back on both databases."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class _List(TypeDecorator[Sequence[Any]]):
    """Any number of values as one parameter."""

    impl = Text
    cache_ok = True

    def __init__(self, item: TypeEngine[Any]) -> None:
        super().__init__()
        self.item = item

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """Return what each database takes a list as."""
        return ARRAY(self.item) if dialect.name == "postgresql" else Text()

    def process_bind_param(self, value: Sequence[Any] | None, dialect: Dialect) -> Any:
        """Return the list as it goes into a statement."""
        values = list(value or ())
        return values if dialect.name == "postgresql" else json.dumps(values)


class in_list(GenericFunction[Any]):  # noqa: N801  SQL functions are named as they are called
    """`in_list(column, "name")`: whether a column has one of the values that are given under this name.

    Unlike IN, the statement is the same for lists of all lengths: it is put into words and planned once.
    `in_list(column, values=…)` takes them at once.
    """

    # No truth value for SQLAlchemy: it would ask SQLite whether it is 1, and so hide it from the planner.
    type = NullType()
    inherit_cache = True

    def __init__(
        self, column: ColumnElement[Any], name: str | None = None, *, values: Iterable[Any] | None = None
    ) -> None:
        kind = _List(column.type)
        named = bindparam(name, type_=kind)
        super().__init__(column, named if values is None else bindparam(None, list(values), kind))


@compiles(in_list, "sqlite")
def _in_list_on_sqlite(element: in_list, compiler: SQLCompiler, **kw: Any) -> str:
    column, ids = (compiler.process(clause, **kw) for clause in element.clauses)
    return f"({column} IN (SELECT value FROM json_each({ids})))"  # noqa: S608  a parameter


@compiles(in_list, "postgresql")
def _in_list_on_postgresql(element: in_list, compiler: SQLCompiler, **kw: Any) -> str:
    column, ids = (compiler.process(clause, **kw) for clause in element.clauses)
    return f"({column} = ANY ({ids}))"


class in_rows(GenericFunction[Any]):  # noqa: N801  as above
    """`in_rows(column, query)`: whether a column has one of the values of a query, which is asked once.

    What the query locks or limits, it does once. PostgreSQL would take IN for a join, which it may ask the
    other way round, and so read the whole table to find a few of its rows.
    """

    # As in_list.
    type = NullType()
    inherit_cache = True

    def __init__(self, column: ColumnElement[Any], query: Select[Any]) -> None:
        super().__init__(column, query.scalar_subquery())


@compiles(in_rows, "sqlite")
def _in_rows_on_sqlite(element: in_rows, compiler: SQLCompiler, **kw: Any) -> str:
    column, query = (compiler.process(clause, **kw) for clause in element.clauses)
    return f"({column} IN {query})"


@compiles(in_rows, "postgresql")
def _in_rows_on_postgresql(element: in_rows, compiler: SQLCompiler, **kw: Any) -> str:
    column, query = (compiler.process(clause, **kw) for clause in element.clauses)
    return f"({column} = ANY (ARRAY{query}))"


class later(GenericFunction[datetime]):  # noqa: N801  SQL functions are named as they are called
    """`later(moment, seconds)`: the moment so many whole seconds after another; they may be negative."""

    type = Moment()
    inherit_cache = True


@compiles(later, "sqlite")
def _later_on_sqlite(element: later, compiler: SQLCompiler, **kw: Any) -> str:
    moment, seconds = (compiler.process(clause, **kw) for clause in element.clauses)
    # SQLite reckons in milliseconds and rounds to them, also up to the next minute; SQLAlchemy writes six
    # digits after the second, which stay as they are.
    whole = f"strftime('%Y-%m-%d %H:%M:%S', substr({moment}, 1, 19), ({seconds}) || ' seconds')"
    return f"({whole} || substr({moment}, 20))"


@compiles(later, "postgresql")
def _later_on_postgresql(element: later, compiler: SQLCompiler, **kw: Any) -> str:
    moment, seconds = (compiler.process(clause, **kw) for clause in element.clauses)
    return f"({moment} + make_interval(secs => ({seconds})::double precision))"


class document(GenericFunction[dict[str, Any]]):  # noqa: N801  as above
    """`document(name, value, …)`: a document of these names and values."""

    type = Document
    inherit_cache = True


@compiles(document, "sqlite")
def _document_on_sqlite(element: document, compiler: SQLCompiler, **kw: Any) -> str:
    return f"json_object({compiler.process(element.clause_expr.element, **kw)})"


@compiles(document, "postgresql")
def _document_on_postgresql(element: document, compiler: SQLCompiler, **kw: Any) -> str:
    return f"jsonb_build_object({compiler.process(element.clause_expr.element, **kw)})"
