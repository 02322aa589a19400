"""What a template may say about its person: the names that conditions know, and a few more."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Connection, Label, case, select

from aftershow.audience.fields import RECORDED
from aftershow.audience.scope import Scope
from aftershow.journey.campaign import Campaign, CampaignStep
from aftershow.journey.digest import digest
from aftershow.journey.versions import Version
from aftershow.ledger.holds import people_of
from aftershow.people.addresses import ADDRESSES
from aftershow.store.tables import contact, enrollment, lead, message
from aftershow.words import Crowd
from aftershow.workspace.settings import Rep, Settings

#: What a template may ask of a person; dotted where a thing has known parts.
NAMES = frozenset((*(fact.name for fact in RECORDED), "answers", "digest.ungraded", "digest.promises"))


@dataclass(frozen=True, kw_only=True, slots=True)
class Addressee:
    """One message's person: in whose name it is written, and what may be said."""

    message_id: int
    contact_id: int
    #: where the message goes, as it stands now; None when it is gone
    address: str | None
    #: the rep who writes, or None for the company
    rep: Rep | None
    #: what templates see
    context: Mapping[str, Any]


def addressees(
    connection: Connection,
    message_ids: Sequence[int],
    version: Version,
    step: CampaignStep,
    *,
    now: datetime,
) -> Iterator[Addressee]:
    """Read the people of some messages; `now` is what templates see as now."""
    campaign, settings = version.campaign, version.campaign.settings
    for_the_team = campaign.track_of(step).crowd is Crowd.TEAM
    query = (
        select(
            message.c.id.label("message_id"),
            message.c.contact_id,
            case(*((message.c.channel == channel, address) for channel, address in ADDRESSES.items())).label(
                "address"
            ),
            contact.c.rep,
            *person_columns(campaign.step_scope(now, step)),
        )
        .select_from(
            people_of(message.join(enrollment, enrollment.c.id == message.c.enrollment_id), version.show_id)
        )
        .where(message.c.id.in_(message_ids))
        .order_by(message.c.id)
    )
    for row in connection.execute(query).mappings().all():
        rep = _writer(campaign, row["owner"])
        context = person_context(row, settings, rep, now=now)
        if for_the_team:
            zone = campaign.show.timezone if campaign.show else settings.timezone
            context["digest"] = digest(connection, row["rep"], version.show_id, zone, now=now)
        yield Addressee(
            message_id=row["message_id"],
            contact_id=row["contact_id"],
            address=row["address"],
            rep=rep,
            context=context,
        )


def person_columns(scope: Scope) -> list[Label[Any] | ColumnElement[Any]]:
    """Return the columns that `person_context` reads: the catalogue of conditions, and the answers."""
    return [*(fact.sql(scope).label(fact.name) for fact in RECORDED), lead.c.answers]


def person_context(
    row: Mapping[Any, Any], settings: Settings, rep: Rep | None, *, now: datetime
) -> dict[str, Any]:
    """Turn a row of `person_columns` into what templates see; shows and meetings have the show's time."""
    context: dict[str, Any] = {"answers": dict(row["answers"] or {})}
    for fact in RECORDED:
        group, _, name = fact.name.rpartition(".")
        (context.setdefault(group, {}) if group else context)[name] = row[fact.name]
    zone = ZoneInfo(context["show"]["timezone"] or settings.timezone)
    for group, name in (("show", "starts"), ("show", "ends"), ("meeting", "starts")):
        at = context[group][name]
        context[group][name] = at.astimezone(zone) if at else None
    return context | {"our": _ours(settings), "sender": _sender(settings, rep), "now": now}


def _writer(campaign: Campaign, owner: str | None) -> Rep | None:
    chosen = campaign.model.sender
    return campaign.workspace.rep(owner if chosen == "owner" else chosen)


def _sender(settings: Settings, rep: Rep | None) -> dict[str, str | None]:
    if rep is None:
        return {"name": settings.sender.name, "email": settings.sender.email, "phone": None, "title": None}
    return {"name": rep.name, "email": rep.email, "phone": rep.phone, "title": rep.title}


def _ours(settings: Settings) -> dict[str, str | None]:
    company = settings.company
    return {"name": company.name, "address": company.address, "website": company.website}
