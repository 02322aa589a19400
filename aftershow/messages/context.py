"""What a template may say about its person: the names that conditions know, and a few more."""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache, partial
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Connection, Label, select

from aftershow.audience.fields import RECORDED
from aftershow.audience.scope import Scope
from aftershow.audience.terms import FieldTerm
from aftershow.campaign.campaign import Campaign, CampaignStep
from aftershow.campaign.versions import Version
from aftershow.ledger.holds import people_of
from aftershow.messages.digest import digest
from aftershow.people.consent.addresses import ADDRESSES
from aftershow.people.normalizing.harmless import said, said_name, said_phrase
from aftershow.signs import plain
from aftershow.store.tables import contact, enrollment, lead, message
from aftershow.store.types import in_list
from aftershow.words.channels import Channel
from aftershow.words.fields import ContactField, Said
from aftershow.words.populations import Population
from aftershow.workspace.settings import Rep, Settings

#: What a template may ask of a person; dotted where a thing has known parts.
NAMES = frozenset((*(fact.name for fact in RECORDED), "answers", "digest.ungraded", "digest.promises"))

#: How templates print what strangers may have said; every other text loses its hidden signs alone.
_SAID: Mapping[Said, Callable[[str], str | None]] = {
    Said.NAME: said_name,
    Said.PHRASE: said_phrase,
    Said.FREE: said,
    Said.FORM: plain,
}
_PRINTED = {
    **{str(field): _SAID[field.row.said] for field in ContactField},
    "account.name": _SAID[ContactField.COMPANY.row.said],
}

#: What is read whether a template names it or not: who writes, the clock of the show, the contact's language.
_ALWAYS = frozenset({"owner", "show.timezone", "language"})


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


class Reader:
    """Reads what the messages of a step say; its question is put into words once."""

    def __init__(
        self,
        version: Version,
        step: CampaignStep,
        channel: Channel,
        facts: Sequence[FieldTerm],
        now: datetime,
    ) -> None:
        campaign = version.campaign
        self._version = version
        self._facts = facts
        self._writer = cache(partial(_writer, campaign))
        self._for_the_team = campaign.track_of(step).population is Population.TEAM
        self._query = (
            select(
                message.c.id.label("message_id"),
                message.c.contact_id,
                ADDRESSES[channel].label("address"),
                contact.c.rep,
                *person_columns(campaign.step_scope(now, step), facts),
            )
            .select_from(
                people_of(
                    message.join(enrollment, enrollment.c.id == message.c.enrollment_id), version.show_id
                )
            )
            .where(in_list(message.c.id, "ids"))
            .order_by(message.c.id)
        )

    def people(
        self, connection: Connection, message_ids: Sequence[int], *, now: datetime
    ) -> Iterator[Addressee]:
        """Read the people of some messages, and give them one by one; templates see `now` as now."""
        rows = connection.execute(self._query, {"ids": message_ids}).mappings().all()
        digests = {rep: self._digest(connection, rep, now) for rep in self._reps(rows)}
        return (self._addressee(row, digests.get(row["rep"]), now) for row in rows)

    def _reps(self, rows: Sequence[Mapping[Any, Any]]) -> set[str]:
        return {row["rep"] for row in rows} if self._for_the_team else set()

    def _digest(self, connection: Connection, rep: str, now: datetime) -> object:
        show, settings = self._version.campaign.show, self._version.campaign.settings
        zone = show.timezone if show else settings.timezone
        return digest(connection, rep, self._version.show_id, zone, now=now)

    def _addressee(self, row: Mapping[Any, Any], news: object, now: datetime) -> Addressee:
        rep = self._writer(row["owner"])
        context = person_context(row, self._version.campaign.settings, rep, now=now, facts=self._facts)
        if self._for_the_team:
            context["digest"] = news
        return Addressee(
            message_id=row["message_id"],
            contact_id=row["contact_id"],
            address=row["address"],
            rep=rep,
            context=context,
        )


def facts_for(names: Collection[str]) -> tuple[FieldTerm, ...]:
    """Return the facts that a template needs which uses these names, some dotted such as show.name."""
    needed = {*names, *_ALWAYS}
    said = {name for path in needed for name in (path, ".".join(path.split(".")[:2]))}
    return tuple(fact for fact in RECORDED if fact.name in said or fact.name.split(".")[0] in needed)


def person_columns(
    scope: Scope, facts: Sequence[FieldTerm] = RECORDED
) -> list[Label[Any] | ColumnElement[Any]]:
    """Return the columns that `person_context` reads: of the catalogue of conditions, and the answers."""
    return [*(fact.sql(scope).label(fact.name) for fact in facts), lead.c.answers]


def person_context(
    row: Mapping[Any, Any],
    settings: Settings,
    rep: Rep | None,
    *,
    now: datetime,
    facts: Sequence[FieldTerm] = RECORDED,
) -> dict[str, Any]:
    """Turn a row of `person_columns` into what templates see; shows and meetings have the show's time.

    Nothing of it makes a link that we did not write, also of what an earlier version let into the database.
    """
    context: dict[str, Any] = {
        "answers": said(dict(row["answers"] or {})),
        "show": {},
        "meeting": {},
        "account": {},
    }
    for fact in facts:
        group, _, name = fact.name.rpartition(".")
        (context[group] if group else context)[name] = _printed(fact.name, row[fact.name])
    zone = ZoneInfo(context["show"]["timezone"] or settings.timezone)
    for group, name in (("show", "starts"), ("show", "ends"), ("meeting", "starts")):
        at = context[group].get(name)
        if at:
            context[group][name] = at.astimezone(zone)
    context.update(our=_ours(settings), sender=_sender(settings, rep), now=now)
    return context


def _printed(name: str, value: Any) -> Any:
    return _PRINTED.get(name, plain)(value) if isinstance(value, str) else value


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
