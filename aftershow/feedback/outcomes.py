"""One report of what happened between us and a contact, and all that follows from it in the record."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, or_, select, update

from aftershow.audience.history import REPEATED
from aftershow.errors import UsageError
from aftershow.feedback import appointments
from aftershow.feedback.kinds import direction_of
from aftershow.feedback.refusals import heed
from aftershow.store.engine import insert_into
from aftershow.store.tables import contact, enrollment, interaction, lead, merged_contact, message
from aftershow.words import Channel, InteractionKind, State


def log_outcome(
    connection: Connection,
    contact_id: int,
    kind: InteractionKind,
    *,
    channel: Channel | None,
    at: datetime,
    source: str,
    external_id: str,
    message_id: int | None = None,
    answers: Mapping[str, str] | None = None,
    meeting_at: datetime | None = None,
    place: str | None = None,
    note: str | None = None,
    by: str | None = None,
    data: Mapping[str, Any] | None = None,
    now: datetime,
) -> bool:
    """Write down what happened at a moment; returns False when this report was known already.

    A report is one by `source` (who reports) and `external_id` (its own name for it). `message_id` is the
    message that it is about. What follows: the contact's last_… columns; `answers` (question to answer) stand
    in the lead; a meeting is kept, with `meeting_at` when it begins and `place`; a refusal or a dead address
    (`data` says {"hard": true} of a bounce) blocks what must not be used. `note` is what was said, `by` who
    reports it. All times are aware. Raises UsageError when there is no such contact, or no lead for answers.
    """
    contact_id = _whom(connection, contact_id)
    said = {"answers": dict(answers) if answers else None, "place": place, "note": note, "by": by}
    said["meeting"] = meeting_at.isoformat() if meeting_at else None
    known = {**(data or {}), **{name: value for name, value in said.items() if value}}
    row = {
        "contact_id": contact_id,
        "channel": channel,
        "direction": direction_of(kind),
        "kind": kind,
        "outcome": note,
        "occurred_at": at,
        "source": source,
        "external_id": external_id,
        "message_id": message_id,
        "data": known,
        "recorded_at": now,
    }
    added = insert_into(connection, interaction).values(row).on_conflict_do_nothing()
    if connection.execute(added.returning(interaction.c.id)).first() is None:
        return False
    _repeat(connection, contact_id, kind, at=at)
    if answers:
        _answer(connection, contact_id, answers, message_id=message_id)
    if kind in appointments.KINDS:
        appointments.keep_meeting(connection, contact_id, kind, starts_at=meeting_at, place=place, at=at)
    heed(
        connection,
        contact_id,
        kind,
        channel=channel,
        message_id=message_id,
        data=known,
        source=source,
        at=at,
        now=now,
    )
    return True


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


def _repeat(connection: Connection, contact_id: int, kind: InteractionKind, *, at: datetime) -> None:
    """Let the contact's own column say when a kind happened last."""
    column = REPEATED.get(InteractionKind.REPLIED if kind == InteractionKind.RECEIVED else kind)
    if column is not None:
        earlier = or_(column.is_(None), column < at)
        connection.execute(
            update(contact).where(contact.c.id == contact_id, earlier).values({column.name: at})
        )


def _answer(
    connection: Connection, contact_id: int, answers: Mapping[str, str], *, message_id: int | None
) -> None:
    enrolled = enrollment.join(message, message.c.enrollment_id == enrollment.c.id)
    number = connection.scalar(
        select(enrollment.c.lead_id).select_from(enrolled).where(message.c.id == message_id)
    )
    latest = select(contact.c.latest_lead_id).where(contact.c.id == contact_id)
    its_lead = select(lead).where(lead.c.id == (number or connection.scalar(latest))).with_for_update()
    row = connection.execute(its_lead).one_or_none()
    if row is None:
        raise UsageError(
            f"Contact {contact_id} is no lead of any show, so answers have no place. Write a note."
        )
    connection.execute(update(lead).where(lead.c.id == row.id).values(answers={**row.answers, **answers}))
