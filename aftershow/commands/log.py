"""What came back from a person, by hand."""

from datetime import datetime
from typing import Annotated

import typer

from aftershow.commands._options import HERE, At, By, Contact, Json, Workspace, moment
from aftershow.commands._printing import say, show


def command(
    contact: Contact,
    kind: Annotated[
        str, typer.Argument(metavar="KIND", help="What happened, such as connected or no_answer.")
    ],
    channel: Annotated[str | None, typer.Option(help="Where the kind alone does not say it.")] = None,
    campaign: Annotated[str | None, typer.Option(help="Whose message it answers.")] = None,
    step: Annotated[str | None, typer.Option(help="Which of its messages.")] = None,
    answer: Annotated[
        list[str] | None,
        typer.Option(metavar="NAME=VALUE", help="What a question was answered with; repeatable."),
    ] = None,
    meeting: Annotated[
        datetime | None, typer.Option(parser=moment, metavar="ISO8601", help="When the meeting begins.")
    ] = None,
    place: Annotated[str | None, typer.Option(help="Where the meeting is.")] = None,
    note: Annotated[str | None, typer.Option(help="What was said.")] = None,
    by: By = "someone",
    workspace: Workspace = HERE,
    at: At = None,
    as_json: Json = False,
) -> None:
    """Write down what came back from a person: how a call went, a reply, a meeting.

    The same words within a minute, or with the same --at, are one report.
    """
    from aftershow.desk import open_desk, right_now
    from aftershow.feedback.by_hand import BY_HAND, log_by_hand, pairs
    from aftershow.feedback.kinds import channel_named, channel_of, reportable
    from aftershow.feedback.report import Report
    from aftershow.people.identity.finding import find_contact

    what = reportable(kind)
    where = channel_of(what, channel_named(channel))
    answers = pairs(answer or [])
    with open_desk(workspace) as desk, desk.engine.begin() as connection:
        now = right_now()
        report = Report(
            contact_id=find_contact(connection, contact),
            kind=what,
            at=at or now,
            source=BY_HAND,
            channel=where,
            campaign=campaign,
            step=step,
            answers=answers,
            meeting_at=meeting,
            place=place,
            note=note,
            by=by,
        )
        new = log_by_hand(connection, report, now=now)
    show(as_json, {"contact": report.contact_id, "kind": what, "new": new}, lambda: page(what, new))


def page(kind: str, new: bool) -> None:
    """Print whether a report was new."""
    say(f"Written down: {kind}." if new else f"Known already, so nothing was added: {kind}.")
