"""Pairs of contacts that may be one person."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

import typer

from aftershow.commands._options import HERE, By, Json, Workspace
from aftershow.commands._printing import say, show, table
from aftershow.errors import UsageError

if TYPE_CHECKING:
    from aftershow.people.identity.reviews import Review


def command(
    pair: Annotated[
        int | None, typer.Argument(metavar="PAIR", help="The number of the pair to answer.")
    ] = None,
    same: Annotated[bool | None, typer.Option("--same/--different", help="Are they one person?")] = None,
    by: By = "someone",
    workspace: Workspace = HERE,
    as_json: Json = False,
) -> None:
    """List pairs of contacts that may be one person, or answer one."""
    from aftershow.desk import open_desk, right_now
    from aftershow.ledger.merging import answer_review
    from aftershow.people.identity.reviews import open_reviews

    if (pair is None) != (same is None):
        raise UsageError("Say a pair and its answer: aftershow review PAIR --same, or --different.")
    with open_desk(workspace) as desk, desk.engine.begin() as connection:
        if pair is not None:
            answer_review(connection, pair, "same" if same else "different", by=by, now=right_now())
        pairs = open_reviews(connection)
    show(as_json, {"open": [asdict(pair) for pair in pairs]}, lambda: page(pairs))


def page(pairs: Sequence["Review"]) -> None:
    """Print the pairs that may be one person."""
    rows = [
        (
            pair.id,
            place,
            candidate.id,
            candidate.name,
            candidate.company,
            candidate.email or candidate.phone,
            reason,
        )
        for pair in pairs
        for place, candidate, reason in (("", pair.one, pair.reason), ("=?", pair.other, ""))
    ]
    table(
        f"Pairs to review: {len(pairs)}",
        ("pair", "", "contact", "name", "company", "reached at", "why"),
        rows,
    )
    if pairs:
        say("Answer with: aftershow review PAIR --same, or --different")
