"""Read one contact's facts from the database, by the same SQL that conditions are compiled to."""

from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, RowMapping, func, select

from aftershow.audience import history
from aftershow.audience.fields import RECORDED
from aftershow.audience.person import Person
from aftershow.audience.scope import Scope, people_from
from aftershow.errors import UsageError
from aftershow.store.tables import contact, enrollment, interaction, lead, message, permission
from aftershow.words import Answer, State


def load_person(connection: Connection, contact_id: int, *, show_id: int | None, scope: Scope) -> Person:
    """Return what is known of a contact in a scope; the show picks the lead, as in people_from.

    In the scope of a campaign, `scope.since` may be a column of the contact's enrollment.
    Raises UsageError when there is no such contact.
    """
    query = select(*_columns(scope)).select_from(people_from(show_id)).where(contact.c.id == contact_id)
    row = connection.execute(query).mappings().one_or_none()
    if row is None:
        raise UsageError(f"There is no contact {contact_id}.")
    return Person(
        now=scope.now,
        zone=scope.zone,
        facts={fact.name: row[fact.name] for fact in RECORDED},
        answers=row["answers"] or {},
        last=_last(connection, contact_id, scope, row),
        permissions=_permissions(connection, contact_id),
        suppressed=frozenset(channel for channel in history.ADDRESSES if row[f"suppressed {channel}"]),
        sent=_sent(connection, contact_id, scope),
        acknowledged=_acknowledged(connection, contact_id, scope),
    )


def _columns(scope: Scope) -> list[ColumnElement[Any]]:
    facts = [fact.sql(scope).label(fact.name) for fact in RECORDED]
    repeated = [column.label(f"last {kind}") for kind, column in history.REPEATED.items()]
    addresses = [history.suppressed(channel).label(f"suppressed {channel}") for channel in history.ADDRESSES]
    return [*facts, lead.c.answers, *repeated, *addresses]


def _last(connection: Connection, contact_id: int, scope: Scope, row: RowMapping) -> dict[str, datetime]:
    """Return when each kind of interaction happened last, as history.last has it."""
    seen = select(interaction.c.kind, func.max(interaction.c.occurred_at)).group_by(interaction.c.kind)
    seen = seen.where(interaction.c.contact_id == contact_id)
    if scope.since is not None:
        mine = (enrollment.c.contact_id == contact_id) & (enrollment.c.campaign == scope.campaign)
        seen = seen.outerjoin(enrollment, mine).where(interaction.c.occurred_at >= scope.since)
    moments = dict(connection.execute(seen).tuples().all())
    if scope.since is None:
        moments |= {kind: row[f"last {kind}"] for kind in history.REPEATED}
    return {kind: moment for kind, moment in moments.items() if moment is not None}


def _permissions(connection: Connection, contact_id: int) -> dict[str, Answer]:
    words = select(permission.c.channel, permission.c.answer).where(
        permission.c.contact_id == contact_id, permission.c.purpose == history.PURPOSE
    )
    return {channel: Answer(answer) for channel, answer in connection.execute(words)}


def _sent(connection: Connection, contact_id: int, scope: Scope) -> frozenset[str]:
    steps = select(message.c.step).where(
        message.c.contact_id == contact_id, message.c.campaign == scope.campaign
    )
    return frozenset(connection.scalars(steps.where(message.c.state == State.ACCEPTED)))


def _acknowledged(connection: Connection, contact_id: int, scope: Scope) -> frozenset[str]:
    steps = select(message.c.step).where(
        message.c.contact_id == contact_id, message.c.campaign == scope.campaign
    )
    answered = steps.join(interaction, interaction.c.message_id == message.c.id)
    return frozenset(connection.scalars(answered.where(interaction.c.kind.in_(history.ACKNOWLEDGING))))
