"""Ask a provider what it took, and settle what its answer proves; whatever else may be, stays in doubt."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import groupby
from typing import Any

from sqlalchemy import Connection, Engine, Row, select

from aftershow.campaign.reading import load_campaign
from aftershow.campaign.versions import in_use
from aftershow.doubts.doubts import Doubt, doubts, known_campaigns, version_of
from aftershow.doubts.findings import settle_doubt
from aftershow.errors import DeliveryError
from aftershow.ledger.doubts import Finding, Settled
from aftershow.messages.rendering import renderers
from aftershow.ports import Reconciler, Taken
from aftershow.signing import Signer
from aftershow.store.tables import message
from aftershow.words.channels import Channel
from aftershow.words.states import State
from aftershow.workspace.workspace import Workspace

#: Opens, for a block, those of some channels whose providers can be asked what they took.
OpenLists = Callable[[Collection[Channel]], AbstractContextManager[Mapping[Channel, Reconciler]]]

#: From then on a message is where it will be: no sender is at it any more, and the provider's list has it.
QUIET = timedelta(minutes=15)
#: How far around a handing over the provider's list is read: more than any clock is wrong.
AROUND = timedelta(days=1)
#: How far apart the two clocks may be for a message in the list to be ours.
NEAR = timedelta(hours=1)
#: So far back the lists of providers are believed to be whole.
REMEMBERED = timedelta(days=30)

TOO_EARLY = "too early: ask again a quarter of an hour after the last one was handed over"
TOO_OLD = "the provider's list has nothing, and may not reach back so far"
NO_WITNESS = "the provider's list has nothing, not even what it accepted before: is it another account?"
OTHERS = "the provider took something for this address, and whether it is this can't be told"


@dataclass(frozen=True, kw_only=True, slots=True)
class Inquiry:
    """Whom is asked, and in whose name."""

    workspace: Workspace
    signer: Signer
    channel: Channel
    provider: Reconciler
    #: the connector's name
    source: str
    #: who has it asked
    by: str
    #: aware
    now: datetime


@dataclass(kw_only=True, slots=True)
class Reconciled:
    """What a provider's list settled, and what not."""

    settled: list[Settled] = field(default_factory=list)
    #: by message: why it is still in doubt
    still: dict[int, str] = field(default_factory=dict)
    #: why the provider could not be asked about all of them
    trouble: str | None = None

    def __add__(self, other: "Reconciled") -> "Reconciled":
        """Join what two providers say; the first trouble stays."""
        return Reconciled(
            settled=self.settled + other.settled,
            still=self.still | other.still,
            trouble=self.trouble or other.trouble,
        )


def concerned(doubts: Sequence[Doubt], campaign: str | None) -> list[Doubt]:
    """Return the doubts of a campaign, and others about the same addresses; without one, all."""
    its = {(doubt.channel, doubt.address) for doubt in doubts if campaign in (None, doubt.campaign)}
    return [doubt for doubt in doubts if (doubt.channel, doubt.address) in its]


def ask_providers(
    engine: Engine,
    workspace: Workspace,
    signer: Signer,
    open_lists: OpenLists,
    *,
    campaign: str | None,
    by: str,
    now: datetime,
) -> Reconciled:
    """Ask each provider that keeps a list about what is in doubt, of one campaign or of all.

    `by` is who has them asked. Only lists that can say something are opened.
    """
    with engine.begin() as connection:
        open_ = concerned(doubts(connection, signer, now=now), campaign)
    found = Reconciled()
    with open_lists({doubt.channel for doubt in open_}) as lists:
        for channel, provider in lists.items():
            inquiry = Inquiry(
                workspace=workspace,
                signer=signer,
                channel=channel,
                provider=provider,
                source=str(workspace.settings.channels[channel]["connector"]),
                by=by,
                now=now,
            )
            found += reconcile(engine, inquiry, open_)
    return found


def reconcile(engine: Engine, inquiry: Inquiry, doubts: Iterable[Doubt]) -> Reconciled:
    """Settle what can be settled of what is in doubt on the inquiry's channel; each address by itself.

    `doubts` has all or none of an address. A message was accepted when the provider's list has just as many
    with its words as are in doubt; it was not sent when the list has nothing for its address. What the ledger
    has settled already counts for neither.
    """
    return _Asking(engine, inquiry).about(doubts)


class _Asking:
    """One inquiry on its way through the addresses."""

    def __init__(self, engine: Engine, inquiry: Inquiry) -> None:
        self._engine = engine
        self._inquiry = inquiry
        self._found = Reconciled()
        #: by the provider's name for a message: whether its list has it
        self._vouched: dict[str, bool] = {}

    def about(self, doubts: Iterable[Doubt]) -> Reconciled:
        ours = (doubt for doubt in doubts if doubt.channel is self._inquiry.channel)
        in_order = sorted(ours, key=lambda doubt: (doubt.address, doubt.handed_over_at))
        try:
            for address, group in groupby(in_order, key=lambda doubt: doubt.address):
                self._about_address(address, list(group))
        except DeliveryError as error:
            self._found.trouble = str(error)
        return self._found

    def _about_address(self, address: str, theirs: list[Doubt]) -> None:
        """Ask first and look into the ledger then: what is sent meanwhile is in both, or in neither."""
        taken = self._look_up(address, theirs[0].handed_over_at, theirs[-1].handed_over_at)
        with self._engine.begin() as connection:
            if _is_busy(connection, address, self._inquiry):
                return self._leave(theirs, TOO_EARLY)
            free = _not_in_the_ledger(connection, taken)
            if free:
                return self._settle_sent(connection, theirs, free)
            witnesses = [_witness(connection, doubt) for doubt in theirs]
        for doubt, witness in zip(theirs, witnesses, strict=True):
            self._settle_not_sent(doubt, witness)
        return None

    def _settle_sent(self, connection: Connection, theirs: list[Doubt], free: list[Taken]) -> None:
        texts = {doubt.message: _text(connection, doubt, self._inquiry) for doubt in theirs}
        pairs = _pairs(theirs, texts, free)
        for doubt in theirs:
            if doubt.message in pairs:
                self._settle(connection, doubt, sent=True, provider_id=pairs[doubt.message].provider_id)
        self._leave([doubt for doubt in theirs if doubt.message not in pairs], OTHERS)

    def _settle_not_sent(self, doubt: Doubt, witness: Row[Any] | None) -> None:
        if doubt.handed_over_at < self._inquiry.now - REMEMBERED:
            return self._leave([doubt], TOO_OLD)
        # An empty list proves something only where it would not be empty otherwise.
        if witness is None or not self._vouches(witness):
            return self._leave([doubt], NO_WITNESS)
        with self._engine.begin() as connection:
            version_id = version_of(connection, self._inquiry.workspace, doubt.message)
            return self._settle(connection, doubt, sent=False, again=True, version_id=version_id)

    def _settle(self, connection: Connection, doubt: Doubt, **found: Any) -> None:
        finding = Finding(
            message_id=doubt.message,
            source=self._inquiry.source,
            by=self._inquiry.by,
            handed_over_at=doubt.handed_over_at,
            **found,
        )
        settled = settle_doubt(connection, finding, now=self._inquiry.now)
        # None: somebody else has settled it in the meantime.
        if settled is not None:
            self._found.settled.append(settled)

    def _leave(self, theirs: Iterable[Doubt], why: str) -> None:
        self._found.still |= {doubt.message: why for doubt in theirs}

    def _vouches(self, witness: Row[Any]) -> bool:
        name, at = witness.provider_id, witness.handed_over_at
        if name not in self._vouched:
            listed = self._look_up(witness.address, at, at)
            self._vouched[name] = any(taken.provider_id == name for taken in listed)
        return self._vouched[name]

    def _look_up(self, address: str, first: datetime, last: datetime) -> Sequence[Taken]:
        return self._inquiry.provider.look_up(address, since=first - AROUND, until=last + AROUND)


def _is_busy(connection: Connection, address: str, inquiry: Inquiry) -> bool:
    """Something was handed over for this address so lately that it may still be on its way."""
    open_ = message.c.state.in_((State.HANDING_OVER, State.UNKNOWN))
    lately = message.c.handed_over_at > inquiry.now - QUIET
    here = (message.c.address == address, message.c.channel == inquiry.channel)
    campaigns = message.c.campaign.in_(known_campaigns(connection))
    return connection.execute(select(message.c.id).where(campaigns, open_, *here, lately)).first() is not None


def _not_in_the_ledger(connection: Connection, taken: Sequence[Taken]) -> list[Taken]:
    names = [one.provider_id for one in taken]
    known = set(connection.scalars(select(message.c.provider_id).where(message.c.provider_id.in_(names))))
    return [one for one in taken if one.provider_id not in known]


def _text(connection: Connection, doubt: Doubt, inquiry: Inquiry) -> str | None:
    """Return what a message says, made again for the moment of its handing over; None where it can't be."""
    if doubt.campaign not in inquiry.workspace.campaign_sources:
        return None
    version_id = version_of(connection, inquiry.workspace, doubt.message)
    versions = in_use(connection, load_campaign(inquiry.workspace, doubt.campaign))
    for renderer in renderers(versions, inquiry.signer):
        if (renderer.version.id, renderer.step.key) == (version_id, doubt.step):
            made = dict(renderer.render(connection, [doubt.message], clock=lambda: doubt.handed_over_at))
            return getattr(made.get(doubt.message), "body", None)
    return None


def _pairs(
    theirs: Sequence[Doubt], texts: Mapping[int, str | None], free: Sequence[Taken]
) -> dict[int, Taken]:
    """Return for each message that surely went out which one of the list it is; both in the order of time."""
    if None in texts.values():
        return {}
    pairs: dict[int, Taken] = {}
    for text in set(texts.values()):
        ours = [doubt for doubt in theirs if texts[doubt.message] == text]
        listed = sorted((taken for taken in free if taken.body == text), key=lambda taken: taken.at)
        if len(ours) == len(listed) and all(map(_are_near, ours, listed)):
            pairs |= {doubt.message: taken for doubt, taken in zip(ours, listed, strict=True)}
    return pairs


def _are_near(doubt: Doubt, taken: Taken) -> bool:
    return abs(taken.at - doubt.handed_over_at) <= NEAR


def _witness(connection: Connection, doubt: Doubt) -> Row[Any] | None:
    """Return the message of the campaign that was accepted last before this one, or first after it."""
    query = select(message.c.provider_id, message.c.address, message.c.handed_over_at).where(
        message.c.campaign == doubt.campaign,
        message.c.state == State.ACCEPTED,
        message.c.channel == doubt.channel,
        message.c.provider_id.is_not(None),
    )
    at = message.c.handed_over_at
    before = query.where(at <= doubt.handed_over_at).order_by(at.desc()).limit(1)
    after = query.where(at > doubt.handed_over_at).order_by(at).limit(1)
    return connection.execute(before).first() or connection.execute(after).first()
