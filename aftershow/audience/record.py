"""What the record says of a contact beside whom it stands: interactions, permissions, suppressions, steps.

Every function returns SQL that is correlated with the enclosing statement's `contact` (and with whatever
`scope.since` belongs to); the tables it looks into are its own, so it fits into any statement.
"""

from datetime import datetime

from sqlalchemy import ColumnElement, FromClause, Select, Text, case, exists, false, func, literal, select

from aftershow.audience.functions import holds_text
from aftershow.audience.scope import Scope
from aftershow.people.consent.addresses import ADDRESSES as ADDRESSES  # whoever reads the record asks here
from aftershow.store.tables import contact, enrollment, interaction, message, permission, suppression
from aftershow.words.answers import Answer
from aftershow.words.channels import Channel, consent_channel
from aftershow.words.kinds import InteractionKind, Shows, kinds_that_show
from aftershow.words.states import State

#: Columns of the contact that repeat when something of a kind happened last: each holds the latest moment of
#: the interactions of its kind, and last_replied_at that of texts received as well.
REPEATED = {
    InteractionKind.SENT: contact.c.last_sent_at,
    InteractionKind.OPENED: contact.c.last_opened_at,
    InteractionKind.CLICKED: contact.c.last_clicked_at,
    InteractionKind.REPLIED: contact.c.last_replied_at,
    InteractionKind.CAPTURED: contact.c.last_captured_at,
}

#: What counts as an answer to a step: the person did more than receive it.
ACKNOWLEDGING = kinds_that_show(Shows.ANSWER)

#: A sign that somebody is there: the person did something, and no machine could have.
SIGNS_OF_LIFE = kinds_that_show(Shows.ANSWER, Shows.LIFE)

#: What a person was asked permission for; transactional mail needs none.
PURPOSE = "marketing"


def last(kind: InteractionKind, scope: Scope) -> ColumnElement[datetime]:
    """The moment of the contact's last interaction of a kind, NULL without one."""
    if kind in REPEATED:
        column = REPEATED[kind]
        return column if scope.since is None else case((column >= scope.since, column))
    seen = interaction.alias()
    moments = _of_kind(select(func.max(seen.c.occurred_at)), seen, kind, scope)
    return moments.correlate_except(seen).scalar_subquery()


def occurred(kind: InteractionKind, scope: Scope) -> ColumnElement[bool]:
    """Whether the contact has an interaction of a kind."""
    if kind in REPEATED:
        # The column holds the latest moment: one since then is there just when the latest is one.
        column = REPEATED[kind]
        return column.is_not(None) if scope.since is None else func.coalesce(column >= scope.since, false())
    seen = interaction.alias()
    return _of_kind(select(literal(1)), seen, kind, scope).correlate_except(seen).exists()


def said(channel: str, answer: Answer) -> ColumnElement[bool]:
    """Whether the contact's word on a channel is this one now."""
    word = permission.alias()
    same = (word.c.contact_id == contact.c.id) & (word.c.channel == channel)
    counts = (word.c.purpose == PURPOSE) & (word.c.answer == answer)
    return exists().where(same, counts).correlate_except(word)


def suppressed(channel: str) -> ColumnElement[bool]:
    """Whether the contact's address on a channel must not be used; false without an address."""
    listed, used = suppression.alias(), Channel(channel)
    # An invitation is an email too: an address that must not be used for one is not used for the other.
    on_the_list = listed.c.channel.in_(sorted({used, consent_channel(used)}))
    return exists().where(on_the_list, listed.c.address == ADDRESSES[used]).correlate_except(listed)


def sent(step: str, scope: Scope) -> ColumnElement[bool]:
    """Whether a provider accepted a message of this step of the campaign."""
    written = message.alias()
    accepted = _of_step(written, step, scope).where(written.c.state == State.ACCEPTED)
    return accepted.correlate_except(written).exists()


def acknowledged(step: str, scope: Scope) -> ColumnElement[bool]:
    """Whether the contact answered a message of this step of the campaign."""
    written, seen = message.alias(), interaction.alias()
    answers = _of_step(written, step, scope).join_from(written, seen, seen.c.message_id == written.c.id)
    return answers.where(seen.c.kind.in_(ACKNOWLEDGING)).correlate_except(written, seen).exists()


def unanswered(scope: Scope) -> ColumnElement[int]:
    """How many messages went out to the contact since the last sign of life; never NULL."""
    went, sign = interaction.alias(), interaction.alias()
    signs = (sign.c.contact_id == contact.c.id) & sign.c.kind.in_(SIGNS_OF_LIFE)
    later_sign = exists().where(signs, sign.c.occurred_at >= went.c.occurred_at).correlate(contact, went)
    sent = _of_kind(select(func.count()), went, InteractionKind.SENT, scope).where(~later_sign)
    return sent.correlate_except(went, sign).scalar_subquery()


def in_arm(arm: str, scope: Scope) -> ColumnElement[bool]:
    """Whether chance put the contact into this arm; speaks of the statement's `enrollment`."""
    if scope.campaign is None:
        raise ValueError("arms are known only in the scope of a campaign")
    drawn = literal("/", Text()).concat(func.coalesce(enrollment.c.arm, "")).concat("/")
    return holds_text(drawn, literal(f"/{arm}/", Text()))


def _of_kind(
    query: Select[tuple[object]], seen: FromClause, kind: str, scope: Scope
) -> Select[tuple[object]]:
    query = query.where(seen.c.contact_id == contact.c.id, seen.c.kind == kind)
    return query if scope.since is None else query.where(seen.c.occurred_at >= scope.since)


def _of_step(written: FromClause, step: str, scope: Scope) -> Select[tuple[int]]:
    if scope.campaign is None:
        raise ValueError("steps are known only in the scope of a campaign")
    which = (written.c.campaign == scope.campaign) & (written.c.step == step)
    return select(literal(1)).where(which, written.c.contact_id == contact.c.id)
