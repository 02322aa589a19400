"""Column types and SQL functions that mean the same on SQLite and PostgreSQL."""

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import JSON, BigInteger, DateTime, Dialect, Integer, TypeDecorator
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import GenericFunction

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


class later(GenericFunction[datetime]):  # noqa: N801  SQL functions are named as they are called
    """`later(moment, seconds)`: the moment so many seconds after another; seconds may be negative."""

    type = Moment()
    inherit_cache = True


@compiles(later, "sqlite")
def _later_on_sqlite(element: later, compiler: SQLCompiler, **kw: Any) -> str:
    moment, seconds = (compiler.process(clause, **kw) for clause in element.clauses)
    # SQLAlchemy writes six digits after the second; SQLite's own functions give three.
    return f"(strftime('%Y-%m-%d %H:%M:%f', {moment}, ({seconds}) || ' seconds') || '000')"


@compiles(later, "postgresql")
def _later_on_postgresql(element: later, compiler: SQLCompiler, **kw: Any) -> str:
    moment, seconds = (compiler.process(clause, **kw) for clause in element.clauses)
    return f"({moment} + make_interval(secs => ({seconds})::double precision))"


class days_between(GenericFunction[int]):  # noqa: N801
    """`days_between(earlier, later)`: whole days, rounded down, from one moment to another."""

    type = Integer()
    inherit_cache = True


@compiles(days_between, "sqlite")
def _days_on_sqlite(element: days_between, compiler: SQLCompiler, **kw: Any) -> str:
    earlier, moment = (compiler.process(clause, **kw) for clause in element.clauses)
    # Whole milliseconds first: julianday is a float, and a float's last bit must not decide a day.
    millis = f"CAST(round((julianday({moment}) - julianday({earlier})) * 86400000) AS INTEGER)"
    return f"(CASE WHEN {millis} >= 0 THEN {millis} / 86400000 ELSE -((-{millis} + 86399999) / 86400000) END)"


@compiles(days_between, "postgresql")
def _days_on_postgresql(element: days_between, compiler: SQLCompiler, **kw: Any) -> str:
    earlier, moment = (compiler.process(clause, **kw) for clause in element.clauses)
    millis = f"round(extract(epoch from ({moment} - {earlier})) * 1000)"
    return f"floor({millis} / 86400000)::integer"
