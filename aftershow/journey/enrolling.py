"""Take the people who meet a campaign's audience into the campaign, once each."""

from datetime import datetime, timedelta

from sqlalchemy import Connection, String, exists, func, literal, select

from aftershow.audience.query import audience
from aftershow.journey.campaign import Campaign
from aftershow.leads.shows import show_id
from aftershow.store.engine import insert_into
from aftershow.store.tables import campaign_version, enrollment
from aftershow.store.types import Moment


def enrol(connection: Connection, campaign: Campaign, *, now: datetime) -> int:
    """Enrol everyone who meets the audience now and was never in the campaign; returns how many."""
    first = campaign.steps[0]
    people = audience(
        campaign.audience, show_id=_show_of(connection, campaign), scope=campaign.scope(now)
    ).subquery("people")
    enrolled_before = exists().where(
        enrollment.c.campaign == campaign.name, enrollment.c.contact_id == people.c.contact_id
    )
    new = select(
        literal(campaign.name, String).label("campaign"),
        literal(_version(connection, campaign, now=now)).label("version_id"),
        people.c.contact_id,
        people.c.lead_id,
        literal(now, Moment()).label("enrolled_at"),
        literal(first.key, String).label("step"),
        literal(now + timedelta(seconds=first.model.after.seconds), Moment()).label("due_at"),
    ).where(~enrolled_before)
    columns = [column.name for column in new.selected_columns]
    insert = insert_into(connection, enrollment).from_select(columns, new).on_conflict_do_nothing()
    count: int = connection.execute(insert, execution_options={"preserve_rowcount": True}).rowcount
    return count


def stranded(connection: Connection, campaign: Campaign) -> dict[str, int]:
    """Count the people whose next step is one that the campaign no longer has, by that step's name."""
    steps = [step.key for step in campaign.steps]
    waiting = (
        select(enrollment.c.step, func.count())
        .where(enrollment.c.campaign == campaign.name, enrollment.c.step.not_in(steps))
        .where(enrollment.c.exited_at.is_(None))
        .group_by(enrollment.c.step)
        .order_by(enrollment.c.step)
    )
    return {row.step: row[1] for row in connection.execute(waiting)}


def coming(connection: Connection, campaign: Campaign, *, now: datetime) -> int:
    """Count the people whose next step is due later than now."""
    waiting = select(func.count()).where(
        enrollment.c.campaign == campaign.name, enrollment.c.due_at > now, enrollment.c.exited_at.is_(None)
    )
    return connection.scalar(waiting) or 0


def _show_of(connection: Connection, campaign: Campaign) -> int | None:
    return None if campaign.show is None else show_id(connection, campaign.show)


def _version(connection: Connection, campaign: Campaign, *, now: datetime) -> int:
    values = {"campaign": campaign.name, "sha256": campaign.source.sha256}
    connection.execute(
        insert_into(connection, campaign_version)
        .values(**values, source=campaign.source.text, created_at=now)
        .on_conflict_do_nothing()
    )
    number: int = connection.scalars(select(campaign_version.c.id).filter_by(**values)).one()
    return number
