"""What a person at the keyboard reports: how a call went, what was answered, who leaves a campaign."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from hashlib import sha256

from sqlalchemy import Connection, select, update

from aftershow.errors import UsageError
from aftershow.feedback.kinds import OF_NO_CHANNEL
from aftershow.feedback.outcomes import latest_message, log_outcome
from aftershow.store.tables import enrollment, interaction
from aftershow.words import Channel, InteractionKind
from aftershow.workspace.wording import did_you_mean

#: The source of such interactions.
BY_HAND = "by hand"

#: The same words within this time are one report: a command that was typed twice, or sent again.
REPEATED_WITHIN = timedelta(minutes=1)

_NO_LETTER = re.compile(r"[\W_]+")
_LONGEST_REASON = 200


@dataclass(frozen=True, kw_only=True, slots=True)
class Report:
    """What someone says happened with a contact."""

    contact_id: int
    kind: InteractionKind
    channel: Channel | None = None
    #: whose message it answers; None for the last one on the channel
    campaign: str | None = None
    step: str | None = None
    #: name of the question to what was answered
    answers: Mapping[str, str] = field(default_factory=dict)
    #: aware; when the meeting begins
    meeting_at: datetime | None = None
    place: str | None = None
    note: str | None = None
    by: str | None = None


def log_by_hand(connection: Connection, report: Report, *, at: datetime | None, now: datetime) -> bool:
    """Write down what someone reports; `at` is when it happened, None for just now.

    It is tied to the message that was handed over last of its campaign, step and channel. Returns False when
    the same was said before: of the same moment, or, of just now, within a minute. Raises UsageError when the
    contact got no message of the campaign or step that is named.
    """
    words, when = _fingerprint(report), at or now
    if at is None and _said_just_now(connection, report.contact_id, words, now=now):
        return False
    return log_outcome(
        connection,
        report.contact_id,
        report.kind,
        channel=report.channel,
        at=when,
        source=BY_HAND,
        external_id=f"{words}:{when.timestamp():.6f}",
        message_id=_message(connection, report),
        answers={question_name(name): answer for name, answer in report.answers.items()},
        meeting_at=report.meeting_at,
        place=report.place,
        note=report.note,
        by=report.by,
        # Who writes down a bounce has read it: the address is dead.
        data={"hard": True} if report.kind is InteractionKind.BOUNCED else None,
        now=now,
    )


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
    log_outcome(
        connection,
        contact_id,
        InteractionKind.EXITED,
        channel=None,
        at=now,
        source=BY_HAND,
        external_id=f"exit:{min(left).id}",
        note=why,
        by=by,
        data={"campaign": campaign},
        now=now,
    )
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


def _fingerprint(report: Report) -> str:
    said = (
        report.contact_id,
        report.kind,
        report.channel,
        report.campaign,
        report.step,
        sorted(report.answers.items()),
        report.meeting_at.isoformat() if report.meeting_at else None,
        report.place,
        report.note,
        report.by,
    )
    return sha256(json.dumps(said).encode()).hexdigest()[:40]


def _said_just_now(connection: Connection, contact_id: int, words: str, *, now: datetime) -> bool:
    same = select(interaction.c.id).where(
        interaction.c.contact_id == contact_id,
        interaction.c.source == BY_HAND,
        interaction.c.external_id.startswith(f"{words}:"),
        interaction.c.recorded_at > now - REPEATED_WITHIN,
    )
    return connection.execute(same).first() is not None


def _message(connection: Connection, report: Report) -> int | None:
    named = {"campaign": report.campaign, "step": report.step}
    if report.kind in OF_NO_CHANNEL and not any(named.values()):
        return None
    found = latest_message(connection, report.contact_id, report.channel, **named)
    if found is None and any(named.values()):
        which = " ".join(f"{name} `{value}`" for name, value in named.items() if value)
        channel = f" by {report.channel}" if report.channel else ""
        raise UsageError(f"Nothing of {which} was sent to contact {report.contact_id}{channel}.")
    return found
