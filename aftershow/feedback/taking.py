"""Take a report of what happened between us and a contact: the interaction, and all that follows from it."""

from dataclasses import replace
from datetime import datetime

from sqlalchemy import Connection, or_, select, update

from aftershow.audience.record import REPEATED
from aftershow.errors import UsageError
from aftershow.feedback import appointments
from aftershow.feedback.refusals import record_refusal
from aftershow.feedback.report import Report, name_of
from aftershow.people.record.interactions import Interaction, write
from aftershow.store.tables import contact, enrollment, lead, merged_contact, message
from aftershow.words.channels import Channel
from aftershow.words.kinds import InteractionKind
from aftershow.words.states import State


def take(connection: Connection, report: Report, *, now: datetime) -> bool:
    """Write down what is reported, and all that follows; returns False when it was known already.

    What follows: the contact's last_… columns; answers stand in the lead; a meeting is kept; a refusal or a
    dead address blocks what must not be used. `now` is aware. Raises UsageError when there is no such
    contact, no message of the campaign or step that is named, or no lead for answers.
    """
    report = replace(report, external_id=name_of(report), contact_id=_whom(connection, report.contact_id))
    if report.message_id is None and (report.campaign or report.step):
        report = replace(report, message_id=_named(connection, report))
    if not write(connection, [_interaction(report)], now=now):
        return False
    _repeat(connection, report)
    if report.answers:
        _answer(connection, report)
    if report.kind in appointments.KINDS:
        appointments.keep_meeting(connection, report)
    record_refusal(connection, report, now=now)
    return True


def _interaction(report: Report) -> Interaction:
    said = {
        "hard": report.hard,
        "answers": dict(report.answers),
        "place": report.place,
        "note": report.note,
        "by": report.by,
        "meeting": report.meeting_at.isoformat() if report.meeting_at else None,
    }
    return Interaction(
        contact_id=report.contact_id,
        kind=report.kind,
        at=report.at,
        source=report.source,
        external_id=name_of(report),
        channel=report.channel,
        message_id=report.message_id,
        note=report.note,
        data={**report.data, **{name: value for name, value in said.items() if value}},
    )


def latest_message(
    connection: Connection,
    contact_id: int,
    channel: Channel | None,
    *,
    campaign: str | None = None,
    step: str | None = None,
) -> int | None:
    """Return the id of the message that was handed over to a contact last, and that a report may be about.

    With a channel, a campaign or a step only its messages count.
    """
    wanted = {"channel": channel, "campaign": campaign, "step": step}
    sent = select(message.c.id).where(
        message.c.contact_id == contact_id,
        message.c.state.in_((State.ACCEPTED, State.UNKNOWN)),
        *(message.c[name] == value for name, value in wanted.items() if value is not None),
    )
    return connection.scalar(sent.order_by(message.c.handed_over_at.desc(), message.c.id.desc()).limit(1))


def _whom(connection: Connection, contact_id: int) -> int:
    """Return the contact as it is now, locked: who was merged away leads on."""
    into = connection.scalar(select(merged_contact.c.into_id).where(merged_contact.c.id == contact_id))
    there = select(contact.c.id).where(contact.c.id == (into or contact_id)).with_for_update()
    found: int | None = connection.scalar(there)
    if found is None:
        raise UsageError(f"There is no contact {contact_id}.")
    return found


def _named(connection: Connection, report: Report) -> int:
    """Return the message of the campaign and step that a report names."""
    found = latest_message(
        connection, report.contact_id, report.channel, campaign=report.campaign, step=report.step
    )
    if found is None:
        named = (("campaign", report.campaign), ("step", report.step))
        which = " ".join(f"{name} `{value}`" for name, value in named if value)
        channel = f" by {report.channel}" if report.channel else ""
        raise UsageError(f"Nothing of {which} was sent to contact {report.contact_id}{channel}.")
    return found


def _repeat(connection: Connection, report: Report) -> None:
    """Let the contact's own column say when a kind happened last."""
    kind = InteractionKind.REPLIED if report.kind is InteractionKind.RECEIVED else report.kind
    column = REPEATED.get(kind)
    if column is not None:
        earlier = or_(column.is_(None), column < report.at)
        connection.execute(
            update(contact).where(contact.c.id == report.contact_id, earlier).values({column.name: report.at})
        )


def _answer(connection: Connection, report: Report) -> None:
    enrolled = enrollment.join(message, message.c.enrollment_id == enrollment.c.id)
    number = connection.scalar(
        select(enrollment.c.lead_id).select_from(enrolled).where(message.c.id == report.message_id)
    )
    latest = select(contact.c.latest_lead_id).where(contact.c.id == report.contact_id)
    its_lead = select(lead).where(lead.c.id == (number or connection.scalar(latest))).with_for_update()
    row = connection.execute(its_lead).one_or_none()
    if row is None:
        raise UsageError(
            f"Contact {report.contact_id} is no lead of any show, so answers have no place. Write a note."
        )
    answers = {**row.answers, **report.answers}
    connection.execute(update(lead).where(lead.c.id == row.id).values(answers=answers))
