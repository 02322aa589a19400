"""What was found out about a message of which nobody knew whether it went out, written into the record."""

from datetime import datetime

from sqlalchemy import Connection

from aftershow.feedback.report import Report
from aftershow.feedback.taking import take
from aftershow.ledger.doubts import Finding, Settled, end_doubt
from aftershow.words.channels import Channel
from aftershow.words.kinds import InteractionKind


def settle_doubt(connection: Connection, finding: Finding, *, now: datetime) -> Settled | None:
    """Write down what was found out; of several who do so at once, one is believed.

    Sent: the message is accepted, and an interaction says so. Not sent: it is planned again where that is
    wanted, in time, and nothing later has come for the person; else it is over. Returns None when the message
    is not in doubt, or no longer.
    """
    ended = end_doubt(connection, finding, now=now)
    if ended is None:
        return None
    row, settled = ended
    report = Report(
        contact_id=row.contact_id,
        kind=InteractionKind.SENT if finding.sent else InteractionKind.NOT_SENT,
        at=row.handed_over_at if finding.sent else now,
        source=finding.source,
        external_id=f"settled:{row.id}:{row.attempts}",
        channel=Channel(row.channel),
        message_id=row.id,
        note=settled.reason,
        by=finding.by,
        data={"campaign": row.campaign, "provider_id": finding.provider_id, "state": settled.state},
    )
    take(connection, report, now=now)
    return settled
