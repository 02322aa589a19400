"""What the messages of one step are measured by."""

from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import ColumnElement

from aftershow.words import Channel
from aftershow.workspace.durations import Cap


@dataclass(frozen=True, kw_only=True, slots=True)
class StepRules:
    """One step of one campaign, as the ledger needs to know it."""

    campaign: str
    step: str
    channel: Channel
    template: str
    #: true: only who said yes may be written to; false: everyone who did not say no
    needs_yes: bool
    #: how much one person may hear from us, over all campaigns and channels
    cap: Cap | None
    #: time zones in which the channel may be used now; None: everywhere
    open_zones: frozenset[str] | None
    #: counts for people whose time zone is not known
    open_elsewhere: bool
    #: the step's `if`, over contact, account, lead, show and enrollment
    condition: ColumnElement[bool] | None
    #: how long after its due time a message still makes sense
    expires: timedelta
