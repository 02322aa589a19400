"""What a report says about being written to: addresses that are dead, people who want no more."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select

from aftershow.people.addresses import ADDRESSES
from aftershow.people.permissions import record
from aftershow.people.suppressions import suppress
from aftershow.store.tables import contact, message
from aftershow.words import Answer, Channel, InteractionKind

#: A wish of the person, kept as a permission that is refused, and why the address is blocked.
_WISHES = {
    InteractionKind.UNSUBSCRIBED: "unsubscribed",
    InteractionKind.COMPLAINED: "complaint",
    InteractionKind.DO_NOT_CALL: "do not call",
}

#: The address does not lead to the person.
_DEAD = {InteractionKind.WRONG_NUMBER: "wrong number", InteractionKind.RETURNED: "returned"}


def heed(
    connection: Connection,
    contact_id: int,
    kind: InteractionKind,
    *,
    channel: Channel | None,
    message_id: int | None,
    data: Mapping[str, Any],
    source: str,
    at: datetime,
    now: datetime,
) -> None:
    """Keep a refusal, and block the address that the report is about; other kinds change nothing.

    That address is the one that the message went to, else the contact's own for the channel. `data` says of a
    bounce with {"hard": true} that the address is dead.
    """
    reason = "hard bounce" if kind == InteractionKind.BOUNCED and data.get("hard") else None
    reason = reason or _WISHES.get(kind) or _DEAD.get(kind)
    if reason is None or channel is None:
        return
    if kind in _WISHES:
        record(connection, contact_id, channel, Answer.NO, source=source, said_at=at)
    for address in _addresses(connection, contact_id, kind, channel, message_id):
        suppress(connection, channel, address, reason=reason, source=source, now=now)


def _addresses(
    connection: Connection, contact_id: int, kind: InteractionKind, channel: Channel, message_id: int | None
) -> set[str]:
    used = connection.scalar(
        select(message.c.address).where(message.c.id == message_id, message.c.channel == channel)
    )
    if used and kind not in _WISHES:
        return {used}
    # Whoever wants no more calls is called on none of their numbers.
    numbers = (contact.c.phone, contact.c.mobile) if channel is Channel.CALL and kind in _WISHES else ()
    theirs = select(ADDRESSES[channel], *numbers).where(contact.c.id == contact_id)
    return {address for address in (used, *connection.execute(theirs).one()) if address}
