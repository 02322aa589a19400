"""Messages of which nobody knows whether they went out: which they are, and a person's word on one."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, func, select

from aftershow.audience.segments import contact_label
from aftershow.campaign.reading import load_campaign
from aftershow.campaign.versions import in_use
from aftershow.doubts.findings import settle_doubt
from aftershow.errors import UsageError
from aftershow.feedback.by_hand import BY_HAND
from aftershow.ledger.doubts import Finding, Settled, in_doubt
from aftershow.signing import Signer
from aftershow.store.tables import campaign_version, contact, enrollment, message
from aftershow.words.channels import Channel
from aftershow.workspace.workspace import Workspace
from aftershow.workspace.yaml.wording import did_you_mean

#: What stands beside a message that no turn has looked at since its sender died.
STOPPED = "the sender stopped while handing over"


@dataclass(frozen=True, kw_only=True, slots=True)
class Doubt:
    """A message that may have gone out, or not."""

    #: its number in the ledger
    message: int
    #: what names it outside: in an email's Message-ID and return path, and in the name of an outbox file
    key: str
    contact_id: int
    #: the person's email address, else the phone number, else the id
    contact: str
    #: where it was sent, if it was
    address: str
    campaign: str
    step: str
    channel: Channel
    #: aware; when the provider was called
    handed_over_at: datetime
    #: why nobody knows
    reason: str
    #: aware; until then it would make sense to send it again
    expires_at: datetime


def doubts(
    connection: Connection, signer: Signer, *, campaign: str | None = None, now: datetime
) -> list[Doubt]:
    """Return what is in doubt, the oldest first; of one campaign, or of all that ever were."""
    # Named one by one, so that the index by campaign and state is used.
    campaigns = [campaign] if campaign else known_campaigns(connection)
    query = (
        select(
            message.c.id.label("message"),
            message.c.contact_id,
            contact_label().label("contact"),
            message.c.address,
            message.c.campaign,
            message.c.step,
            message.c.channel,
            message.c.handed_over_at,
            func.coalesce(message.c.reason, STOPPED).label("reason"),
            message.c.expires_at,
        )
        .join_from(message, contact, contact.c.id == message.c.contact_id)
        .where(message.c.campaign.in_(campaigns), in_doubt(now))
        .order_by(message.c.handed_over_at, message.c.id)
    )
    rows = connection.execute(query).mappings()
    return [
        Doubt(**{**row, "key": signer.message_key(row["message"]), "channel": Channel(row["channel"])})
        for row in rows
    ]


def remedy(doubt: Doubt, connector: str, *, has_list: bool) -> str:
    """Say how a person finds out what became of a message that went to a connector."""
    if has_list:
        return f"aftershow ledger --unknown --reconcile asks {connector}"
    if doubt.channel is Channel.EMAIL:
        return f"look for {doubt.key} in the mail server's log: it stands in Message-ID and return path"
    return f"look for {doubt.key} at {connector}"


def known_campaigns(connection: Connection) -> list[str]:
    """Return the names of all campaigns that ever took a turn, also of those whose file is gone."""
    return list(connection.scalars(select(campaign_version.c.campaign).distinct()))


def campaign_named(connection: Connection, name: str, files: Collection[str]) -> str:
    """Return the name of a campaign that has a file or is in the ledger; raises UsageError for another."""
    known = {*files, *known_campaigns(connection)}
    if name not in known:
        raise UsageError(f"There is no campaign `{name}`{did_you_mean(name, sorted(known))}")
    return name


def message_named(signer: Signer, text: str) -> int:
    """Return the number of the message that a person names by its number or key; raises UsageError."""
    number = int(text) if text.isdecimal() and len(text) < 19 else signer.read_message_key(text)
    if number is None:
        raise UsageError("That is no message: give its number or its key, as `ledger --unknown` has them.")
    return number


def settle_by_hand(
    connection: Connection,
    workspace: Workspace,
    message_id: int,
    *,
    sent: bool,
    again: bool = False,
    by: str,
    now: datetime,
) -> Settled:
    """Write down a person's word on a message that is in doubt.

    With `again`, one that was not sent is planned again if it still makes sense. Raises UsageError when the
    message is not in doubt, also because somebody else was first.
    """
    finding = Finding(
        message_id=message_id,
        sent=sent,
        source=BY_HAND,
        by=by,
        again=again,
        version_id=version_of(connection, workspace, message_id) if again else None,
    )
    settled = settle_doubt(connection, finding, now=now)
    if settled is None:
        state = connection.scalar(select(message.c.state).where(message.c.id == message_id))
        raise UsageError(
            f"Message {message_id} is not in doubt: it is {state}."
            if state
            else f"There is no message {message_id}."
        )
    return settled


def version_of(connection: Connection, workspace: Workspace, message_id: int) -> int | None:
    """Return the version of its campaign by which a message can go out now, that of its person.

    None when the campaign's file is gone, or the step. Raises WorkspaceError when the file has mistakes.
    """
    query = select(message.c.campaign, message.c.step, enrollment.c.version_id).join_from(
        message, enrollment, enrollment.c.id == message.c.enrollment_id
    )
    row = connection.execute(query.where(message.c.id == message_id)).one_or_none()
    if row is None or row.campaign not in workspace.campaign_sources:
        return None
    for version in in_use(connection, load_campaign(workspace, row.campaign)):
        if version.id == row.version_id and row.step in {step.key for step in version.campaign.message_steps}:
            return version.id
    return None
