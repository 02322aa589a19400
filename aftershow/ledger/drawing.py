"""The page that shows the life of a message; `python -m aftershow.ledger.drawing FILE` writes it."""

import sys
from collections.abc import Iterable
from pathlib import Path

from aftershow.ledger.states import FINAL_STATES, MOVES, By, Move

_PAGE = """\
# The life of a message

Each message is a row of the ledger, with a state. This page is made from the table of moves in
`aftershow/ledger/states.py`; `make fix` writes it anew. The code can make no other move, and the databases
of the tests refuse any other. What the states mean stands in the
[glossary](glossary.md#states-of-a-message).

```mermaid
{diagram}
```

Blue is where no turn and no sender moves a message again: only what comes to be known leads on from
`unknown`.

| from | to | by | because |
|---|---|---|---|
{earnest}

A rehearsal writes to nobody. These moves are undone with the plan that makes them, or are made on a copy:

| from | to | by | because |
|---|---|---|---|
{rehearsed}
"""


def page() -> str:
    """Return the page as Markdown, with the drawing as a Mermaid diagram."""
    return _PAGE.format(
        diagram=diagram(),
        earnest=_rows(move for move in MOVES if move.by is not By.REHEARSAL),
        rehearsed=_rows(move for move in MOVES if move.by is By.REHEARSAL),
    )


def diagram() -> str:
    """Return the moves as a Mermaid state diagram, without rehearsals; an arrow says who makes the move."""
    arrows: dict[str, list[By]] = {}
    for move in MOVES:
        if move.by is not By.REHEARSAL:
            arrows.setdefault(f"{move.source or '[*]'} --> {move.target}", []).append(move.by)
    lines = [f"{arrow}: {', '.join(by)}" for arrow, by in arrows.items()]
    over = ["classDef over fill:#dbe9fb,stroke:#3465a4", f"class {', '.join(FINAL_STATES)} over"]
    return "\n    ".join(["stateDiagram-v2", *lines, *over])


def _rows(moves: Iterable[Move]) -> str:
    """Return the rows of a table; from where the same thing leads to the same state is one row."""
    sources: dict[str, list[str]] = {}
    for move in moves:
        sources.setdefault(f"{move.target} | {move.by} | {move.why}", []).append(move.source or "*new*")
    return "\n".join(f"| {', '.join(these)} | {rest} |" for rest, these in sources.items())


if __name__ == "__main__":
    Path(sys.argv[1]).write_text(page())
