"""The options and arguments that several commands have, and how moments are written."""

from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer


def moment(text: str) -> datetime:
    """Read an aware moment (ISO 8601); raises BadParameter."""
    try:
        at = datetime.fromisoformat(text)
    except ValueError as error:
        raise typer.BadParameter("write a moment such as 2026-11-24T10:00-06:00") from error
    if at.tzinfo is None:
        raise typer.BadParameter("say the time zone too, such as 2026-11-24T10:00-06:00")
    return at


def day_or_moment(text: str) -> datetime:
    """Read a day or a moment (ISO 8601), naive where it says no time zone; raises BadParameter."""
    try:
        return datetime.fromisoformat(text)
    except ValueError as error:
        raise typer.BadParameter("write a day such as 2026-12-24, or a moment") from error


Workspace = Annotated[
    Path, typer.Option("--workspace", envvar="AFTERSHOW_WORKSPACE", help="The workspace's folder.")
]
At = Annotated[
    datetime | None, typer.Option(parser=moment, metavar="ISO8601", help="Work at this moment, not now.")
]
Json = Annotated[bool, typer.Option("--json", help="Print one JSON document and nothing else.")]
Contact = Annotated[str, typer.Argument(metavar="CONTACT", help="An email address, a phone number or an id.")]
By = Annotated[str, typer.Option(envvar="USER", help="Who says so.")]

#: The workspace when nobody names one.
HERE = Path()
