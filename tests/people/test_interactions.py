"""Interactions are written by one module, each once, and who moved follows from its kind."""

import ast
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, Engine, Text, bindparam, cast, insert, literal, select

import aftershow
from aftershow.people.record.interactions import (
    Interaction,
    Writer,
    new_interactions,
    write,
    write_from,
    write_many,
)
from aftershow.store.tables import contact, interaction
from aftershow.store.types import Moment, document
from aftershow.words.channels import Channel
from aftershow.words.directions import Direction
from aftershow.words.kinds import InteractionKind

NOW = datetime(2026, 11, 24, 16, tzinfo=UTC)
HOUSE = Path(aftershow.__file__).parent
#: Functions that put rows into a table which is one of their arguments.
PUTTING = frozenset({"insert", "insert_into", "insert_rows", "add_from"})


@pytest.fixture
def connection(engine: Engine) -> Iterator[Connection]:
    """A connection to each kind of database, with two people."""
    with engine.begin() as connection:
        for number in (1, 2):
            connection.execute(insert(contact).values(id=number, created_at=NOW, updated_at=NOW))
        yield connection


def said(contact_id: int = 1, name: str = "a", **words: Any) -> Interaction:
    words = {"kind": InteractionKind.REPLIED, "at": NOW, "source": "test"} | words
    return Interaction(contact_id=contact_id, external_id=name, **words)


def rows(connection: Connection) -> list[dict[str, Any]]:
    return [dict(row) for row in connection.execute(select(interaction)).mappings()]


def test_what_is_known_is_not_written_again(connection: Connection) -> None:
    """An interaction is one by its source and its name there; the first words of it stay."""
    assert write(connection, [said(), said(name="b")], now=NOW) == 2
    assert write(connection, [said(note="again"), said(name="c"), said(source="other")], now=NOW) == 2
    assert write(connection, [], now=NOW) == 0
    found = sorted((row["source"], row["external_id"], row["note"]) for row in rows(connection))
    assert found == [("other", "a", None), ("test", "a", None), ("test", "b", None), ("test", "c", None)]


def asked(kind: InteractionKind) -> Any:
    """A query that gives one interaction for each contact."""
    at = bindparam("now", type_=Moment())
    return new_interactions(
        kind,
        contact_id=contact.c.id,
        at=at,
        source="test",
        external_id=cast(contact.c.id, Text),
        channel=literal("email"),
        note=literal("n"),
        data=document("campaign", literal("c")),
        now=at,
    ).where(contact.c.id > 0)


@pytest.mark.parametrize(
    ("kind", "direction"),
    [
        (InteractionKind.REPLIED, Direction.IN),
        (InteractionKind.SENT, Direction.OUT),
        (InteractionKind.HELD, Direction.NONE),
    ],
)
def test_all_ways_write_the_same(connection: Connection, kind: InteractionKind, direction: Direction) -> None:
    """One, thousands, or what a query gives: the same row comes out, and who moved follows from the kind."""
    words = {"kind": kind, "channel": Channel.EMAIL, "note": "n", "data": {"campaign": "c"}}
    people = [said(number, str(number), **words) for number in (1, 2)]
    ways: list[Callable[[], object]] = [
        lambda: write(connection, people, now=NOW),
        lambda: write_many(connection, people, now=NOW),
        lambda: write_from(connection, asked(kind).params(now=NOW)),
        lambda: Writer(asked(kind)).write(connection, {"now": NOW}),
    ]
    found = []
    for way in ways:
        way()
        found.append([row | {"id": None} for row in rows(connection)])
        connection.execute(interaction.delete())
    assert found == [found[0]] * len(ways)
    assert [(row["contact_id"], row["direction"]) for row in found[0]] == [(1, direction), (2, direction)]


def test_a_writer_knows_what_is_there(connection: Connection) -> None:
    """What a query gives a second time is not written again."""
    writer = Writer(asked(InteractionKind.SENT))
    for _ in range(2):
        writer.write(connection, {"now": NOW})
    assert write_from(connection, asked(InteractionKind.SENT).params(now=NOW)) == 0
    assert len(rows(connection)) == 2


def puts(tree: ast.AST) -> Iterator[int]:
    """Yield the lines on which interactions are put into their table by hand."""
    for call in (node for node in ast.walk(tree) if isinstance(node, ast.Call)):
        function = call.func
        name = function.id if isinstance(function, ast.Name) else getattr(function, "attr", "")
        whose = [function.value] if isinstance(function, ast.Attribute) else []
        if name in PUTTING and "interaction" in map(_last_name, [*call.args, *whose]):
            yield call.lineno


def _last_name(node: ast.AST) -> str:
    return node.id if isinstance(node, ast.Name) else getattr(node, "attr", "")


@pytest.mark.parametrize(
    "line",
    ["insert(interaction)", "interaction.insert()", "insert_rows(connection, tables.interaction, rows)"],
)
def test_such_a_line_would_be_found(line: str) -> None:
    """The look through the house sees it, whichever way it is written."""
    assert list(puts(ast.parse(line))) == [1]


def test_one_module_writes_interactions() -> None:
    """No other module of the house puts rows into the table: it would have to know who moved."""
    found = {
        str(path.relative_to(HOUSE))
        for path in HOUSE.rglob("*.py")
        if any(puts(ast.parse(path.read_text()))) or "INTO interaction" in path.read_text()
    }
    assert found == {"people/record/interactions.py"}
