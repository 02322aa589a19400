"""A person out of a campaign, by hand."""

from typing import Annotated

import typer

from aftershow.commands._options import HERE, At, By, Contact, Json, Workspace
from aftershow.commands._printing import say, show


def command(
    contact: Contact,
    campaign: str,
    reason: Annotated[str | None, typer.Option(help="Why, in a few words.")] = None,
    by: By = "someone",
    workspace: Workspace = HERE,
    at: At = None,
    as_json: Json = False,
) -> None:
    """Take a person out of a campaign: nothing of it is sent to them any more."""
    from aftershow.desk import open_desk, right_now
    from aftershow.feedback.by_hand import exit_by_hand
    from aftershow.people.identity.finding import find_contact

    with open_desk(workspace) as desk, desk.engine.begin() as connection:
        person = find_contact(connection, contact)
        exit_by_hand(connection, person, campaign, reason=reason, by=by, now=at or right_now())
    show(as_json, {"contact": person, "campaign": campaign}, lambda: page(campaign))


def page(campaign: str) -> None:
    """Print that someone left a campaign."""
    say(f"Out of {campaign}: nothing of it is sent any more. What was sent stays on record.")
