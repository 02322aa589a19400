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
from aftershow.words.kinds import Why


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
    block = kind.row.blocks
    if block is None or channel is None or (block.why is Why.DEAD_IF_HARD and not data.get("hard")):
        return
    if block.why is Why.WISH:
        record(connection, contact_id, channel, Answer.NO, source=source, said_at=at)
    for address in _addresses(connection, contact_id, block.why, channel, message_id):
        suppress(connection, channel, address, reason=block.reason, source=source, now=now)


def _addresses(
    connection: Connection, contact_id: int, why: Why, channel: Channel, message_id: int | None
) -> set[str]:
    used = connection.scalar(
        select(message.c.address).where(message.c.id == message_id, message.c.channel == channel)
    )
    if used and why is not Why.WISH:
        return {used}
    # Whoever wants no more calls is called on none of their numbers.
    numbers = (contact.c.phone, contact.c.mobile) if channel is Channel.CALL and why is Why.WISH else ()
    theirs = select(ADDRESSES[channel], *numbers).where(contact.c.id == contact_id)
    return {address for address in (used, *connection.execute(theirs).one()) if address}
