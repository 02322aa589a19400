"""Read one contact's facts from the database, by the same SQL that conditions are compiled to."""

from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, RowMapping, func, null, select

from aftershow.audience import record
from aftershow.audience.fields import RECORDED
from aftershow.audience.person import PersonFacts
from aftershow.audience.scope import Scope, people_from
from aftershow.errors import UsageError
from aftershow.store.tables import contact, enrollment, interaction, lead, message, permission
from aftershow.words.answers import Answer
from aftershow.words.populations import Population
from aftershow.words.states import State


def load_person(
    connection: Connection,
    contact_id: int,
    *,
    show_id: int | None,
    scope: Scope,
    of: Population = Population.LEADS,
) -> PersonFacts:
    """Return what is known of a contact in a scope; show and population pick the lead, as in people_from.

    In the scope of a campaign, `scope.since` may be a column of the contact's enrollment; of several, the one
    that was made first counts. Raises UsageError when there is no such contact.
    """
    people = people_from(show_id, of)
    if scope.campaign is not None:
        people = people.outerjoin(enrollment, enrollment.c.id == _first_enrollment(scope.campaign))
    query = select(*_columns(scope)).select_from(people).where(contact.c.id == contact_id)
    row = connection.execute(query).mappings().one_or_none()
    if row is None:
        raise UsageError(f"There is no contact {contact_id}.")
    return PersonFacts(
        now=scope.now,
        zone=scope.zone,
        facts={fact.name: row[fact.name] for fact in RECORDED},
        answers=row["answers"] or {},
        last=_last(connection, contact_id, scope, row),
        unanswered=row["unanswered"],
        permissions=_permissions(connection, contact_id),
        suppressed=frozenset(channel for channel in record.ADDRESSES if row[f"suppressed {channel}"]),
        sent=_sent(connection, contact_id, scope),
        acknowledged=_acknowledged(connection, contact_id, scope),
        arms=frozenset((row["arm"] or "").split("/")) - {""},
    )


def _first_enrollment(campaign: str) -> ColumnElement[int]:
    mine = enrollment.alias()
    made = (mine.c.contact_id == contact.c.id) & (mine.c.campaign == campaign)
    return select(func.min(mine.c.id)).where(made).correlate_except(mine).scalar_subquery()


def _columns(scope: Scope) -> list[ColumnElement[Any]]:
    facts = [fact.sql(scope).label(fact.name) for fact in RECORDED]
    repeated = [record.last(kind, scope).label(f"last {kind}") for kind in record.REPEATED]
    addresses = [record.suppressed(channel).label(f"suppressed {channel}") for channel in record.ADDRESSES]
    arm = null() if scope.campaign is None else enrollment.c.arm
    return [
        *facts,
        lead.c.answers,
        *repeated,
        *addresses,
        record.unanswered(scope).label("unanswered"),
        arm.label("arm"),
    ]


def _last(connection: Connection, contact_id: int, scope: Scope, row: RowMapping) -> dict[str, datetime]:
    """Return when each kind of interaction happened last, as record.last has it."""
    seen = select(interaction.c.kind, func.max(interaction.c.occurred_at)).group_by(interaction.c.kind)
    seen = seen.join_from(interaction, contact).where(contact.c.id == contact_id)
    if scope.since is not None:
        if scope.campaign is not None:
            seen = seen.outerjoin(enrollment, enrollment.c.id == _first_enrollment(scope.campaign))
        seen = seen.where(interaction.c.occurred_at >= scope.since)
    moments = dict(connection.execute(seen).tuples().all())
    moments |= {kind: row[f"last {kind}"] for kind in record.REPEATED}
    return {kind: moment for kind, moment in moments.items() if moment is not None}


def _permissions(connection: Connection, contact_id: int) -> dict[str, Answer]:
    words = select(permission.c.channel, permission.c.answer).where(
        permission.c.contact_id == contact_id, permission.c.purpose == record.PURPOSE
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
    return frozenset(connection.scalars(answered.where(interaction.c.kind.in_(record.ACKNOWLEDGING))))
