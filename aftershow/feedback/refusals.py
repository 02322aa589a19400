"""What a report says about being written to: addresses that are dead, people who want no more."""

from datetime import datetime

from sqlalchemy import Connection, select

from aftershow.feedback.report import Report
from aftershow.people.consent.addresses import ADDRESSES
from aftershow.people.consent.permissions import record
from aftershow.people.consent.suppressions import suppress
from aftershow.store.tables import contact, message
from aftershow.words.answers import Answer
from aftershow.words.channels import Channel
from aftershow.words.kinds import Why


def record_refusal(connection: Connection, report: Report, *, now: datetime) -> None:
    """Keep a refusal, and block the address that the report is about; other kinds change nothing.

    That address is the one that the message went to, else the contact's own for the channel.
    """
    block = report.kind.row.blocks
    if block is None or report.channel is None or (block.why is Why.DEAD_IF_HARD and not report.hard):
        return
    if block.why is Why.WISH:
        record(
            connection,
            report.contact_id,
            report.channel,
            Answer.NO,
            source=report.source,
            said_at=report.at,
        )
    for address in _addresses(connection, report, block.why, report.channel):
        suppress(connection, report.channel, address, reason=block.reason, source=report.source, now=now)


def _addresses(connection: Connection, report: Report, why: Why, channel: Channel) -> set[str]:
    used = connection.scalar(
        select(message.c.address).where(message.c.id == report.message_id, message.c.channel == channel)
    )
    if used and why is not Why.WISH:
        return {used}
    # Whoever wants no more calls is called on none of their numbers.
    numbers = (contact.c.phone, contact.c.mobile) if channel is Channel.CALL and why is Why.WISH else ()
    theirs = select(ADDRESSES[channel], *numbers).where(contact.c.id == report.contact_id)
    return {address for address in (used, *connection.execute(theirs).one()) if address}
