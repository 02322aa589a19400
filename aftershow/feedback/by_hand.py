"""What a person at the keyboard reports: how a call went, what was answered, who leaves a campaign."""

import re
from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy import Connection, select, update

from aftershow.errors import UsageError
from aftershow.feedback.kinds import OF_NO_CHANNEL
from aftershow.feedback.report import Report, name_of, words_of
from aftershow.feedback.taking import latest_message, take
from aftershow.store.tables import enrollment, interaction
from aftershow.words.kinds import InteractionKind, Why
from aftershow.workspace.yaml.wording import did_you_mean

#: The source of such interactions.
BY_HAND = "by hand"

#: The same words within this time are one report: a command that was typed twice, or sent again.
REPEATED_WITHIN = timedelta(minutes=1)

_NO_LETTER = re.compile(r"[\W_]+")
_LONGEST_REASON = 200


def log_by_hand(connection: Connection, report: Report, *, now: datetime) -> bool:
    """Take what a person at the keyboard reports; whoever names no moment speaks of `now`, which is aware.

    It is tied to the message that was sent last of its campaign, step and channel. Returns False when the
    same was said before: of the same moment, or, of just now, within a minute. Raises what `take` raises.
    """
    if report.at == now and _said_just_now(connection, report, now=now):
        return False
    message_id = None
    if report.kind not in OF_NO_CHANNEL and not (report.campaign or report.step):
        message_id = latest_message(connection, report.contact_id, report.channel)
    answers = {question_name(name): answer for name, answer in report.answers.items()}
    # Who writes down a bounce has read it: nobody has the address.
    blocks = report.kind.row.blocks
    hard = blocks is not None and blocks.why is Why.DEAD_IF_HARD
    named = replace(report, external_id=name_of(report), message_id=message_id, answers=answers, hard=hard)
    return take(connection, named, now=now)


def exit_by_hand(
    connection: Connection, contact_id: int, campaign: str, *, reason: str | None, by: str, now: datetime
) -> int:
    """Take a contact out of a campaign, out of all its tracks; returns out of how many.

    Raises UsageError for a contact who is not in it, or has left it.
    """
    theirs = (enrollment.c.contact_id == contact_id, enrollment.c.campaign == campaign)
    why = (f"{BY_HAND}: {reason}" if reason else BY_HAND)[:_LONGEST_REASON]
    left = connection.execute(
        update(enrollment)
        .where(*theirs, enrollment.c.exited_at.is_(None))
        .values(exited_at=now, exit_reason=why)
        .returning(enrollment.c.id)
    ).all()
    if not left:
        raise _not_in(connection, contact_id, campaign)
    report = Report(
        contact_id=contact_id,
        kind=InteractionKind.EXITED,
        at=now,
        source=BY_HAND,
        external_id=f"exit:{min(left).id}",
        note=why,
        by=by,
        data={"campaign": campaign},
    )
    take(connection, report, now=now)
    return len(left)


def _not_in(connection: Connection, contact_id: int, campaign: str) -> UsageError:
    known = select(enrollment.c.campaign).where(enrollment.c.contact_id == contact_id).distinct()
    campaigns = connection.scalars(known).all()
    if campaign in campaigns:
        return UsageError(f"Contact {contact_id} has left the campaign `{campaign}` already.")
    return UsageError(
        f"Contact {contact_id} is not in the campaign `{campaign}`{did_you_mean(campaign, campaigns)}"
    )


def question_name(text: str) -> str:
    """Return the name of a question as leads keep it: lower case, words joined by _."""
    return _NO_LETTER.sub("_", text.strip().lower()).strip("_")


def pairs(texts: list[str]) -> dict[str, str]:
    """Read answers such as decision_date=2027-03; raises UsageError for what is none."""
    found = {}
    for text in texts:
        name, sign, answer = text.partition("=")
        if not sign or not question_name(name) or not answer.strip():
            raise UsageError("An answer is written NAME=VALUE, such as --answer decision_date=2027-03")
        found[name] = answer.strip()
    return found


def _said_just_now(connection: Connection, report: Report, *, now: datetime) -> bool:
    same = select(interaction.c.id).where(
        interaction.c.contact_id == report.contact_id,
        interaction.c.source == BY_HAND,
        interaction.c.external_id.startswith(f"{words_of(report)}:"),
        interaction.c.recorded_at > now - REPEATED_WITHIN,
    )
    return connection.execute(same).first() is not None
