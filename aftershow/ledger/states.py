"""The life of a message: every move that there is, who makes it, and what it means.

Whatever changes the state of a message is made by `moving` or `parting`, and a new one begins as `beginning`
says: what does not stand in this table can't be said. docs/states.md shows it.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import ColumnElement, Update, case, literal, update

from aftershow.store.tables import message
from aftershow.words.states import State


class By(StrEnum):
    """Who moves a message."""

    #: of its campaign; the housekeeping does what a turn does with the claims of the dead
    TURN = "a turn"
    #: a worker, on the way to the provider
    SENDER = "a sender"
    #: what the provider said to the sender, in time or late
    ANSWER = "the provider's answer"
    #: what a person, or the provider's own list, says of a message that is in doubt
    FINDING = "a finding"
    #: somebody approves, or says that two contacts are one
    PERSON = "a person"
    #: a plan, which is rolled back, or virtual time, on a copy: nobody is written to
    REHEARSAL = "a rehearsal"


@dataclass(frozen=True, kw_only=True, slots=True)
class Move:
    """One way from a state to another."""

    #: None: the message is new
    source: State | None
    target: State
    by: By
    #: what has happened
    why: str


def _moves(*sources: State | None, to: State, by: By, why: str) -> tuple[Move, ...]:
    return tuple(Move(source=source, target=to, by=by, why=why) for source in sources)


#: What waits for its time, or for a reason to go away.
_WAITING = (State.PLANNED, State.HELD)
#: What may have gone out, and nobody has said so yet.
_OPEN = (State.HANDING_OVER, State.UNKNOWN)

MOVES: tuple[Move, ...] = (
    *_moves(None, to=State.PLANNED, by=By.TURN, why="somebody has come to the step, and nothing holds it"),
    *_moves(None, to=State.HELD, by=By.TURN, why="somebody has come to the step, and a reason holds it"),
    *_moves(State.PLANNED, to=State.HELD, by=By.TURN, why="a reason to hold it has come up"),
    *_moves(State.HELD, to=State.PLANNED, by=By.TURN, why="the reason is gone, and nothing later has come"),
    *_moves(State.HELD, to=State.PLANNED, by=By.PERSON, why="somebody approved it"),
    *_moves(*_WAITING, to=State.EXPIRED, by=By.TURN, why="it was not sent in time"),
    *_moves(*_WAITING, to=State.CANCELLED, by=By.TURN, why="its step is gone from the campaign"),
    *_moves(
        *_WAITING,
        State.CLAIMED,
        to=State.CANCELLED,
        by=By.PERSON,
        why="two contacts are one, and the other message of the step counts",
    ),
    *_moves(State.PLANNED, to=State.CLAIMED, by=By.SENDER, why="it is due: a sender takes it, with a lease"),
    *_moves(State.CLAIMED, to=State.PLANNED, by=By.SENDER, why="the sender gives it back"),
    *_moves(State.CLAIMED, to=State.PLANNED, by=By.TURN, why="the lease ran out, and nothing was sent"),
    *_moves(
        State.CLAIMED,
        to=State.HELD,
        by=By.SENDER,
        why="the last look holds it, or it can't be rendered",
    ),
    *_moves(State.CLAIMED, to=State.HANDING_OVER, by=By.SENDER, why="nothing holds it: the provider is next"),
    *_moves(
        State.HANDING_OVER, to=State.UNKNOWN, by=By.TURN, why="the lease ran out, and it may have been sent"
    ),
    *_moves(*_OPEN, to=State.ACCEPTED, by=By.ANSWER, why="the provider took it"),
    *_moves(*_OPEN, to=State.REJECTED, by=By.ANSWER, why="the provider refused this person"),
    *_moves(State.HANDING_OVER, to=State.UNKNOWN, by=By.ANSWER, why="nobody can say whether it was taken"),
    *_moves(*_OPEN, to=State.PLANNED, by=By.ANSWER, why="nothing was sent: it is tried again"),
    *_moves(*_OPEN, to=State.ACCEPTED, by=By.FINDING, why="it was sent"),
    *_moves(*_OPEN, to=State.PLANNED, by=By.FINDING, why="it was not sent, and goes again"),
    *_moves(*_OPEN, to=State.CANCELLED, by=By.FINDING, why="it was not sent, and does not go again"),
    *_moves(*_OPEN, to=State.EXPIRED, by=By.FINDING, why="it was not sent, and now it is too late"),
    *_moves(*_WAITING, to=State.ACCEPTED, by=By.REHEARSAL, why="it counts as sent"),
    *_moves(State.HELD, to=State.EXPIRED, by=By.REHEARSAL, why="its time counts as over"),
)

#: States that neither a turn nor a sender ends; out of doubt leads only what somebody comes to know.
FINAL_STATES = tuple(
    state for state in State if not any(m.source is state and m.by in (By.TURN, By.SENDER) for m in MOVES)
)


def moving(*sources: State, to: State, by: By) -> Update:
    """Return the statement that moves messages; it lacks which ones, and what else is written down.

    One that is in the state already stays. Raises ValueError when one of the moves is not in the table: name
    it where the module is imported, so that nobody waits for the day on which it is made.
    """
    _look_up(sources, (to,), by)
    return update(message).where(_stands(sources)).values(state=to.value)


def parting(*sources: State, to: State, otherwise: State, by: By) -> Callable[[ColumnElement[bool]], Update]:
    """As `moving`, to one of two states; what is returned takes the condition for the first."""
    _look_up(sources, (to, otherwise), by)

    def part(condition: ColumnElement[bool]) -> Update:
        state = case((condition, to.value), else_=otherwise.value)
        return update(message).where(_stands(sources)).values(state=state)

    return part


def beginning(free: ColumnElement[bool]) -> ColumnElement[str]:
    """Return the state of a new message: planned where nothing holds it, else held."""
    return case((free, State.PLANNED.value), else_=State.HELD.value)


def _look_up(sources: Iterable[State], targets: Iterable[State], by: By) -> None:
    known = {(move.source, move.target, move.by) for move in MOVES}
    for target in targets:
        for source in sources:
            if source is not target and (source, target, by) not in known:
                raise ValueError(
                    f"A message does not move from {source} to {target} by {by}. "
                    "Every move stands in MOVES in aftershow/ledger/states.py."
                )


def _stands(sources: tuple[State, ...]) -> ColumnElement[bool]:
    if len(sources) == 1:
        return message.c.state == sources[0].value
    # Each by itself: a list has no fixed length, and the statement would be put into words each time.
    return message.c.state.in_([literal(source.value) for source in sources])
