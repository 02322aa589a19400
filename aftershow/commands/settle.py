"""A person's word on a message that is in doubt."""

from dataclasses import asdict
from typing import Annotated

import typer

from aftershow.commands._options import HERE, At, By, Json, Workspace
from aftershow.commands._pages import settled_page
from aftershow.commands._printing import show
from aftershow.errors import UsageError


def command(
    message: Annotated[
        str, typer.Argument(metavar="MESSAGE", help="The message's number, or its key in a Message-ID.")
    ],
    sent: Annotated[
        bool | None, typer.Option("--sent/--not-sent", help="Did the provider take it?", show_default=False)
    ] = None,
    again: Annotated[
        bool, typer.Option("--again", help="With --not-sent: send it, if it still makes sense.")
    ] = False,
    by: By = "someone",
    workspace: Workspace = HERE,
    at: At = None,
    as_json: Json = False,
) -> None:
    """Say what became of a message that is in doubt; `ledger --unknown` lists them."""
    from aftershow.desk import open_desk, right_now
    from aftershow.doubts.doubts import message_named, settle_by_hand

    if sent is None or (sent and again):
        raise UsageError("Say --sent, or --not-sent, or --not-sent --again to send it after all.")
    with open_desk(workspace) as desk, desk.engine.begin() as connection:
        number = message_named(desk.signer(connection), message)
        found = settle_by_hand(
            connection, desk.workspace, number, sent=sent, again=again, by=by, now=at or right_now()
        )
    show(as_json, asdict(found), lambda: settled_page([asdict(found)]))
