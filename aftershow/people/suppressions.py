"""Addresses that must not be used, whoever they belong to and whatever a file says."""

from datetime import datetime

from sqlalchemy import Connection

from aftershow.store.engine import insert_into
from aftershow.store.tables import suppression
from aftershow.words import Channel


def suppress(
    connection: Connection, channel: Channel, address: str, *, reason: str, source: str, now: datetime
) -> None:
    """Never use this address again on this channel; the first reason stays when it is said twice.

    `address` is an email address or a number in E.164, as the contact has it; `source` tells who asked.
    """
    connection.execute(
        insert_into(connection, suppression)
        .values(channel=channel, address=address.lower(), reason=reason, source=source, created_at=now)
        .on_conflict_do_nothing()
    )
