"""SQL functions that conditions need, written for both databases so that they agree with Python."""

import json
from typing import Any

from sqlalchemy import Boolean, Dialect, Integer, Text, TypeDecorator
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import GenericFunction


class MemberName(TypeDecorator[str]):
    """The name of a member of a JSON document, bound in the form that the database looks it up by."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        """Give SQLite a path; it compares names as they are stored, and json.dumps stores them in ASCII."""
        return f"$.{json.dumps(value)}" if dialect.name == "sqlite" else value


class member(GenericFunction[str]):  # noqa: N801  SQL functions are named as they are called
    """`member(document, name)`: the text under a name (a MemberName) in a JSON object; NULL without it."""

    type = Text()
    inherit_cache = True


@compiles(member, "sqlite")
def _member_on_sqlite(element: member, compiler: SQLCompiler, **kw: Any) -> str:
    document, name = (compiler.process(clause, **kw) for clause in element.clauses)
    return f"json_extract({document}, {name})"


@compiles(member, "postgresql")
def _member_on_postgresql(element: member, compiler: SQLCompiler, **kw: Any) -> str:
    document, name = (compiler.process(clause, **kw) for clause in element.clauses)
    return f"({document} ->> {name})"


class holds_text(GenericFunction[bool]):  # noqa: N801  SQL functions are named as they are called
    """`holds_text(whole, part)`: whether a text has another inside it, letter for letter."""

    type = Boolean()
    inherit_cache = True


@compiles(holds_text, "sqlite")
def _holds_text_on_sqlite(element: holds_text, compiler: SQLCompiler, **kw: Any) -> str:
    whole, part = (compiler.process(clause, **kw) for clause in element.clauses)
    return f"(instr({whole}, {part}) > 0)"


@compiles(holds_text, "postgresql")
def _holds_text_on_postgresql(element: holds_text, compiler: SQLCompiler, **kw: Any) -> str:
    whole, part = (compiler.process(clause, **kw) for clause in element.clauses)
    return f"(strpos({whole}, {part}) > 0)"


class by_code_point(GenericFunction[str]):  # noqa: N801  SQL functions are named as they are called
    """`by_code_point(text)`: the text in Python's order, which is SQLite's too."""

    type = Text()
    inherit_cache = True


@compiles(by_code_point, "sqlite")
def _by_code_point_on_sqlite(element: by_code_point, compiler: SQLCompiler, **kw: Any) -> str:
    return compiler.process(element.clauses, **kw)


@compiles(by_code_point, "postgresql")
def _by_code_point_on_postgresql(element: by_code_point, compiler: SQLCompiler, **kw: Any) -> str:
    return f'({compiler.process(element.clauses, **kw)} COLLATE "C")'


class whole_days(GenericFunction[int]):  # noqa: N801  SQL functions are named as they are called
    """`whole_days(earlier, later)`: days from one moment to another, rounded down, to the microsecond."""

    type = Integer()
    inherit_cache = True


@compiles(whole_days, "sqlite")
def _whole_days_on_sqlite(element: whole_days, compiler: SQLCompiler, **kw: Any) -> str:
    earlier, later = (compiler.process(clause, **kw) for clause in element.clauses)
    # SQLite's own clock has milliseconds. So count dates, and take one off until the time of day is reached.
    dates = f"CAST(julianday(substr({later}, 1, 10)) - julianday(substr({earlier}, 1, 10)) AS INTEGER)"
    return f"({dates} - (substr({later}, 12) < substr({earlier}, 12)))"


@compiles(whole_days, "postgresql")
def _whole_days_on_postgresql(element: whole_days, compiler: SQLCompiler, **kw: Any) -> str:
    earlier, later = (compiler.process(clause, **kw) for clause in element.clauses)
    return f"floor(extract(epoch from ({later} - {earlier})) / 86400)::integer"
