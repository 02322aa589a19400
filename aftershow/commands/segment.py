"""Who is in a segment."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated, Any

import typer

from aftershow.commands._options import HERE, At, Json, Workspace
from aftershow.commands._printing import say, show, table

if TYPE_CHECKING:
    from aftershow.audience.explanation import Explanation


def command(
    name: str,
    explain: Annotated[
        str | None, typer.Option(metavar="CONTACT", help="Say which clause fails for a person.")
    ] = None,
    workspace: Workspace = HERE,
    at: At = None,
    as_json: Json = False,
) -> None:
    """List who is in a segment, or explain why a person is or is not."""
    from aftershow.audience.segments import explain_contact, members
    from aftershow.desk import open_desk, right_now

    with open_desk(workspace) as desk, desk.engine.begin() as connection:
        now = at or right_now()
        if explain is not None:
            found = explain_contact(connection, desk.workspace, name, explain, now=now)
            return show(as_json, _document(found), lambda: explanation_page(found))
        contacts = members(connection, desk.workspace, name, now=now)
    return show(as_json, {"count": len(contacts), "contacts": contacts}, lambda: page(name, contacts))


def page(name: str, contacts: Sequence[str]) -> None:
    """Print who is in a segment."""
    table(f"{name}: {len(contacts)}", ("contact",), [(contact,) for contact in contacts])


def explanation_page(found: "Explanation") -> None:
    """Print why a person is in a segment or not."""
    for line in found.lines():
        say(line)
    if found.first_failing is not None:
        say(f"Not in it: {found.first_failing.text}")


def _document(found: "Explanation") -> dict[str, Any]:
    return {
        "clause": found.text,
        "holds": found.holds,
        "found": dict(found.found),
        "fails": found.first_failing.text if found.first_failing else None,
        "parts": [_document(part) for part in found.parts],
    }
