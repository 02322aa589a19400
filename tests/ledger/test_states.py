"""The table of moves: the code keeps to it, the databases of the tests refuse the rest, the page shows it."""

import ast
import re
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

import pytest
from sqlalchemy import Engine, insert, select, update
from sqlalchemy.exc import DBAPIError

from aftershow.ledger import states
from aftershow.ledger.drawing import page
from aftershow.ledger.states import FINAL_STATES, MOVES, By, moving, parting
from aftershow.store.copying import copied
from aftershow.store.tables import message
from aftershow.words.states import State
from tests.ledger.conftest import World
from tests.support.moves import unwatched

ROOT = Path(__file__).parents[2]
LEDGER = ROOT / "aftershow" / "ledger"
REAL = {(move.source, move.target) for move in MOVES if move.by is not By.REHEARSAL}
REHEARSED = {(move.source, move.target) for move in MOVES} - REAL


def test_the_table_says_each_move_once() -> None:
    """A move by somebody has one row."""
    rows = [(move.source, move.target, move.by) for move in MOVES]
    assert len(rows) == len(set(rows))


def test_no_turn_and_no_sender_moves_what_is_over() -> None:
    """What was sent, refused or given up stays so; only what somebody finds out leads out of doubt."""
    assert FINAL_STATES == (
        State.ACCEPTED,
        State.REJECTED,
        State.UNKNOWN,
        State.CANCELLED,
        State.EXPIRED,
    )
    left = {(move.source, move.by) for move in MOVES if move.source in FINAL_STATES}
    assert left == {(State.UNKNOWN, By.ANSWER), (State.UNKNOWN, By.FINDING)}


def test_only_what_was_handed_over_is_accepted() -> None:
    """Nothing counts as sent that no provider was called for, but in a rehearsal."""
    sources = {source for source, target in REAL if target is State.ACCEPTED}
    assert sources == {State.HANDING_OVER, State.UNKNOWN}


@pytest.mark.parametrize(
    ("source", "to", "by"),
    [
        (State.PLANNED, State.ACCEPTED, By.SENDER),
        (State.UNKNOWN, State.PLANNED, By.TURN),
        (State.ACCEPTED, State.PLANNED, By.FINDING),
    ],
)
def test_a_move_that_is_not_in_the_table_can_not_be_said(source: State, to: State, by: By) -> None:
    """The statement is not made, and the words say where to look."""
    with pytest.raises(ValueError, match=f"from {source} to {to} by {by}.*MOVES in aftershow/ledger/states"):
        moving(source, to=to, by=by)
    with pytest.raises(ValueError, match="does not move"):
        parting(source, to=to, otherwise=source, by=by)


def _said() -> Iterator[tuple[State, State, By]]:
    """Each move that a module of the ledger says, of one that stays where it is none."""
    for file in LEDGER.glob("*.py"):
        names = vars(import_module(f"{states.__package__}.{file.stem}"))
        for call in ast.walk(ast.parse(file.read_text())):
            match call:
                case ast.Call(func=ast.Name("moving" | "parting")):
                    said = eval(
                        ast.unparse(call).replace(call.func.id, "_read", 1), {**names, "_read": _read}
                    )
                    yield from said


def _read(*sources: State, by: By, **targets: State) -> list[tuple[State, State, By]]:
    return [(source, to, by) for to in targets.values() for source in sources if source != to]


def test_each_row_is_made_by_somebody() -> None:
    """The table has no move that the code does not make."""
    table = {(move.source, move.target, move.by) for move in MOVES if move.source is not None}
    assert set(_said()) == table


def test_only_the_ledger_changes_messages() -> None:
    """No other room writes to the table of messages, and the ledger names no state but by the table."""
    call = r"\b(update|delete|insert|insert_into|insert_rows|add_from)\([^()]*\bmessage[,)]"
    writes = re.compile(rf"{call}|\bmessage\.(update|insert|delete)\(|(UPDATE|INTO|DELETE FROM) message\b")
    for room in ("aftershow", "connectors", "flows"):
        for file in (ROOT / room).rglob("*.py"):
            text = file.read_text()
            if file.parent == LEDGER:
                assert file.name == "states.py" or not _names_the_state(text), file
            elif "migrations" not in file.parts:
                assert not writes.search(text), file


def _names_the_state(text: str) -> bool:
    """Whether a module gives the column a value: as a keyword of `values`, or as a key."""
    for node in ast.walk(ast.parse(text)):
        match node:
            case ast.Call(func=ast.Attribute(attr="values"), keywords=words):
                if any(word.arg == "state" for word in words):
                    return True
            case ast.Dict(keys=keys):
                if any(isinstance(key, ast.Constant) and key.value == "state" for key in keys):
                    return True
    return False


def test_the_page_is_drawn_from_the_table() -> None:
    """docs/states.md is what `python -m aftershow.ledger.drawing docs/states.md` writes."""
    assert (ROOT / "docs" / "states.md").read_text() == page()


def _moves_in(engine: Engine, source: State, target: State) -> bool:
    """Whether a database lets a message move, also at the end of the transaction."""
    try:
        with engine.begin() as connection:
            with unwatched(connection):
                connection.execute(update(message).values(state=source, reason="test"))
            connection.execute(update(message).values(state=target))
    except DBAPIError:
        return False
    with engine.begin() as connection:
        return connection.scalars(select(message.c.state)).all() == [target]


def test_the_databases_refuse_every_other_move(world: World) -> None:
    """Of all pairs of states those of the table are let through, and no rehearsal is ever committed."""
    world.person("ana@example.com")
    world.plan()
    pairs = {(source, target) for source in State for target in State if source is not target}
    moved = {(source, target) for source, target in pairs if _moves_in(world.engine, source, target)}
    assert moved == {(source, target) for source, target in REAL if source is not None}


def test_what_is_rehearsed_is_undone_or_on_a_copy(world: World) -> None:
    """A plan pretends in a transaction that is rolled back, virtual time on a copy."""
    world.person("ana@example.com")
    world.plan()
    pretend = update(message).values(state=State.ACCEPTED)
    with world.engine.connect() as connection, connection.begin() as transaction:
        assert connection.execute(pretend).rowcount == 1
        transaction.rollback()
    with copied(world.engine) as copy:
        with copy.begin() as connection:
            assert connection.execute(pretend).rowcount == 1
        with pytest.raises(DBAPIError, match="no such move"), copy.begin() as connection:
            connection.execute(update(message).values(state=State.PLANNED))


@pytest.mark.parametrize("state", list(State))
def test_a_message_begins_planned_or_held(world: World, state: State) -> None:
    """No message comes into the ledger in any other state."""
    world.person("ana@example.com")
    world.plan()
    with world.engine.connect() as connection, connection.begin():
        row = connection.execute(select(message)).mappings().one()
        another = insert(message).values({**row, "id": 2, "step": "again", "state": state, "reason": "test"})
        if state in (State.PLANNED, State.HELD):
            connection.execute(another)
        else:
            with pytest.raises(DBAPIError, match="no such move"):
                connection.execute(another)
