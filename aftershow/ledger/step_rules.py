"""What the messages of one step are measured by."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal

from sqlalchemy import ColumnElement, and_

from aftershow.store.tables import enrollment, message
from aftershow.words.channels import Channel
from aftershow.workspace.times.durations import Cap
from aftershow.workspace.times.places import Group


@dataclass(frozen=True, kw_only=True, slots=True)
class OpenTo:
    """Of whom it is known that the channel may be used at this moment, where they are."""

    #: by the time zone of the contact, or by all those where the contact may be
    groups: Sequence[Group]
    #: countries (ISO 3166-1 alpha-2) for people of whom no zone is known
    countries: frozenset[str]
    #: for people of whom neither is known, and of countries whose zones are not known
    elsewhere: bool
    #: whose holidays count for people of whom no country is known
    home_country: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class StepRules:
    """One step of one version of a campaign, as the ledger needs to know it."""

    campaign: str
    step: str
    version_id: int
    channel: Channel
    template: str
    #: true: only who said yes may be written to; false: everyone who did not say no
    needs_yes: bool
    #: how much one person may hear from us, over all campaigns and channels
    cap: Cap | None
    #: to whom the channel is open now; None: to everybody
    open_to: OpenTo | None
    #: the step's `if`, over contact, account, lead, show and enrollment
    condition: ColumnElement[bool] | None
    #: how long after its due time a message still makes sense
    expires: timedelta
    #: someone must let each message go first
    needs_approval: bool = False
    #: the step counts from a date that is not known of everybody; without it, base_at is empty
    needs_date: bool = False
    #: people in the hold-out never hear anything
    holds_out: bool = False
    #: something else comes for people who can't get it, so what they did not get is over
    has_instead: bool = False
    #: what one message costs
    cost: Decimal | None = None
    #: the show that conditions speak of; None: that of the person's lead
    show_id: int | None = None

    @property
    def messages(self) -> ColumnElement[bool]:
        """Whether a message is of this step of this version."""
        return messages_of(self.campaign, self.version_id, self.step)

    @property
    def people(self) -> ColumnElement[bool]:
        """Whether an enrollment is at this step of this version."""
        return people_at(self.campaign, self.version_id, self.step)


def messages_of(campaign: str, version_id: int, step: str | ColumnElement[str]) -> ColumnElement[bool]:
    """Whether a message is of a step of a version; `step` is its key, or a column that has keys."""
    its = message.c
    return and_(its.campaign == campaign, its.step == step, its.version_id == version_id)


def people_at(campaign: str, version_id: int, step: str | ColumnElement[str]) -> ColumnElement[bool]:
    """Whether an enrollment is at a step of a version; `step` is its key, or a column that has keys."""
    its = enrollment.c
    return and_(its.campaign == campaign, its.version_id == version_id, its.step == step)
