"""Put the people of a marketer's test into an empty database."""

from collections.abc import Mapping
from datetime import timedelta
from itertools import count
from typing import Any

from sqlalchemy import Connection, Engine, insert, update

from aftershow.campaign.campaign import Campaign
from aftershow.campaign.chance import bounds, lot_of
from aftershow.campaign.steps.split import SplitStep
from aftershow.ledger.holds import HOLD_OUT
from aftershow.people.consent.permissions import record
from aftershow.people.normalizing.zones import likely_zones
from aftershow.people.record.shows import show_id
from aftershow.rehearsal.trial_file import Given, TrialModel
from aftershow.store.tables import account, contact, lead, meeting
from aftershow.store.tables import show as shows
from aftershow.words.fields import ContactField

#: What stands in a contact as a test gives it.
_FACTS = tuple(str(field) for field in ContactField if field.row.in_tests and field.row.kept)
_DAY = timedelta(days=1)


def add_people(engine: Engine, campaign: Campaign, model: TrialModel) -> dict[str, int]:
    """Add the people of a test; returns their ids by every name that the test may use for them.

    Their ids are chosen so that chance puts them into the arms that the test wants, and nobody who is not to
    be held out is.
    """
    numbers = count(1)
    people: dict[str, int] = {}
    with engine.begin() as connection:
        show = show_id(connection, campaign.show) if campaign.show else _some_show(connection)
        for given in model.given:
            number = next(number for number in numbers if _drawn(campaign, number, given))
            _add(connection, campaign, model, given, number, show)
            people |= {name: number for name in (given.email, given.phone, given.rep) if name}
    return people


def _some_show(connection: Connection) -> int:
    """Answers and grades belong to a lead, and a lead to a show, also where the campaign has none."""
    row = insert(shows).values(key="test", name="a show", timezone="UTC").returning(shows.c.id)
    number: int = connection.execute(row).scalar_one()
    return number


def _drawn(campaign: Campaign, number: int, given: Given) -> bool:
    """Whether chance gives a contact's id the arms that are wanted."""
    hold_out = campaign.model.audience.hold_out
    if hold_out is not None:
        (end,) = bounds([hold_out.share.fraction])
        if (lot_of(f"{campaign.name}:{HOLD_OUT}", number) < end) != (HOLD_OUT in given.arm):
            return False
    return all(_in_arm(campaign, split, number, given) for split in _splits(campaign))


def _in_arm(campaign: Campaign, split: SplitStep, number: int, given: Given) -> bool:
    wanted = [name for name in split.arms if name in given.arm]
    ends = bounds([arm.share.fraction for arm in split.arms.values()])
    drawn = lot_of(f"{campaign.name}:{split.split}", number)
    arm = next(name for name, end in zip(split.arms, ends, strict=True) if drawn < end)
    return not wanted or arm in wanted


def _splits(campaign: Campaign) -> list[SplitStep]:
    return [step.node.model for step in campaign.steps if isinstance(step.node.model, SplitStep)]


def _add(
    connection: Connection,
    campaign: Campaign,
    model: TrialModel,
    given: Given,
    number: int,
    show: int,
) -> None:
    captured = given.captured or model.start - _DAY
    zones = likely_zones(given.country, given.state, given.phone, year=model.start.year)
    if given.timezone:
        zones = (given.timezone,)
    facts: Mapping[str, Any] = {name: getattr(given, name) for name in _FACTS}
    rep = campaign.settings.team.get(given.rep or "")
    connection.execute(
        insert(contact).values(
            id=number,
            **{
                **facts,
                "email": rep.email if rep else given.email,
                "timezone": zones[0] if len(zones) == 1 else None,
            },
            mobile=given.phone,
            rep=given.rep,
            account_id=_account(connection, given, model),
            possible_zones=" ".join(zones) if len(zones) > 1 else None,
            created_at=captured,
            updated_at=captured,
            last_captured_at=captured,
        )
    )
    if given.rep is None:
        _add_lead(connection, given, number, show, captured)
    for channel, answer in given.permissions.items():
        record(connection, number, channel, answer, source="test", said_at=captured)
    if given.meeting is not None:
        connection.execute(
            insert(meeting).values(
                contact_id=number,
                starts_at=given.meeting.starts,
                place=given.meeting.place,
                status=given.meeting.status,
                updated_at=captured,
            )
        )


def _account(connection: Connection, given: Given, model: TrialModel) -> int | None:
    if given.company is None:
        return None
    values = {"name": given.company, "core": given.company.casefold(), "created_at": model.start}
    number: int = connection.execute(insert(account).values(**values).returning(account.c.id)).scalar_one()
    return number


def _add_lead(connection: Connection, given: Given, number: int, show: int, captured: Any) -> None:
    added = connection.execute(
        insert(lead)
        .values(
            contact_id=number,
            show_id=show,
            grade=given.grade,
            owner=given.owner,
            answers=dict(given.answers),
            first_captured_at=captured,
            last_captured_at=captured,
            created_at=captured,
        )
        .returning(lead.c.id)
    ).scalar_one()
    connection.execute(update(contact).where(contact.c.id == number).values(latest_lead_id=added))
