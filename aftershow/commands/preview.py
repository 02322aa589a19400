"""What one person would get."""

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from aftershow.commands._options import HERE, At, Json, Workspace
from aftershow.commands._printing import say, show


def command(
    message: Annotated[str, typer.Argument(metavar="MESSAGE", help="A folder in templates/.")],
    contact: Annotated[str, typer.Option(metavar="CONTACT", help="Whom to render it for.")],
    out: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Where to; default: preview/MESSAGE/.")
    ] = None,
    workspace: Workspace = HERE,
    at: At = None,
    as_json: Json = False,
) -> None:
    """Write what a person would get, each part as a file. Nothing is sent."""
    from aftershow.desk import open_desk, right_now
    from aftershow.messages.preview import preview, write_parts
    from aftershow.people.identity.finding import find_contact

    with open_desk(workspace) as desk, desk.engine.begin() as connection:
        person = find_contact(connection, contact)
        parts = preview(
            connection, desk.workspace, message, person, desk.signer(connection), now=at or right_now()
        )
    paths = write_parts(out or workspace / "preview" / message, parts)
    show(as_json, {"message": message, "files": paths}, lambda: page(paths))


def page(paths: Sequence[str]) -> None:
    """Print where the files were written."""
    for path in paths:
        say(path)
