"""Addresses that must not be used, whoever they belong to and whatever a file says."""

from datetime import datetime

from sqlalchemy import Connection

from aftershow.store.engine import insert_into
from aftershow.store.tables import suppression
from aftershow.words.channels import Channel


def suppress(
    connection: Connection, channel: Channel, address: str, *, reason: str, source: str, now: datetime
) -> None:
    """Never use this address again on this channel; the first reason stays when it is said twice.

    `address` is what a message of the channel goes to, as the contact has it: an email address, a number in
    E.164, a postal address on one line. `source` tells who asked.
    """
    as_kept = address.lower() if "@" in address else address
    connection.execute(
        insert_into(connection, suppression)
        .values(channel=channel, address=as_kept, reason=reason, source=source, created_at=now)
        .on_conflict_do_nothing()
    )
