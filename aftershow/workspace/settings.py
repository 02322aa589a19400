"""What holds for the whole workspace: config/aftershow.yaml."""

from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import AfterValidator, Field, field_validator

from aftershow.words.answers import Need as Need  # a setting, as well as what a channel has by default
from aftershow.words.channels import Channel
from aftershow.workspace.rates import Rate
from aftershow.workspace.times.durations import Cap, Duration, Hours
from aftershow.workspace.yaml.model import Email, Key, Line, Model, SecureAddress, Text, TimeZone, WebAddress
from aftershow.workspace.yaml.wording import found


class Company(Model):
    """Who writes."""

    name: Line
    address: Text
    """The postal address, which mail laws want in every mailing; may have several lines."""
    website: WebAddress | None = None


class From(Model):
    """The sender of emails whose campaign does not name another."""

    name: Line
    email: Email
    reply_to: Email | None = None
    """Where answers go, when not to `email`."""
    return_path: Email | None = None
    """The mailbox for bounces; each message adds its key (bounces+KEY@…), so a bounce tells whose it is."""


class Rep(Model):
    """Someone of ours who talks to people."""

    name: Line
    email: Email
    phone: Line | None = None
    title: Line | None = None
    aliases: tuple[Line, ...] = ()
    """How scanners and files write this rep, such as DCole."""


class Limits(Model):
    """How much is enough for one person."""

    per_contact: Cap | None = None
    """Over all campaigns, such as `3 per 7 days`."""


def _names_its_connector(raw: dict[str, Any]) -> dict[str, Any]:
    name = raw.get("connector")
    if not isinstance(name, str) or not name.isidentifier() or not name.isascii():
        raise ValueError(f"expected the name of a connector, as in `connector: outbox`, found {found(name)}")
    return raw


#: What a channel's connector is told, as it stands in the file; the connector checks its own keys.
ChannelSettings = Annotated[dict[str, Any], AfterValidator(_names_its_connector)]

_OUTBOX: Mapping[Channel, dict[str, Any]] = {channel: {"connector": "outbox"} for channel in Channel}
_NEEDS = {channel: channel.row.need for channel in Channel}
_DAYTIME = {channel: Hours.parse(channel.row.hours) for channel in Channel if channel.row.hours}


class Settings(Model):
    """What holds for the whole workspace."""

    company: Company
    public_url: SecureAddress
    """The https address under which people reach our pages, such as the one that unsubscribes (RFC 8058)."""
    timezone: TimeZone
    """Where we are, such as America/Chicago."""
    database: Text | None = None
    """sqlite:///FILE (the default: aftershow.db) or postgresql://…; AFTERSHOW_DATABASE_URL goes before it."""
    sender: From = Field(alias="from")
    """The sender of emails whose campaign does not name another."""
    team: Mapping[Key, Rep] = {}
    """Our reps, each under a short name."""
    channels: Mapping[Channel, ChannelSettings] = Field(default=_OUTBOX)
    """The connector of each channel, and what it is told; everything goes to the outbox by default."""
    permission: Mapping[Channel, Need] = Field(default=_NEEDS)
    """What a person must have said: `yes` (the default for emails and texts), or `unless_no` (for others)."""
    hours: Mapping[Channel, Hours] = Field(default=_DAYTIME)
    """When a channel may be used, in the time zone of the person; texts go 8:00-21:00 by default."""
    limits: Limits = Limits()
    rates: Mapping[Channel, Rate] = {}
    """How fast each channel's connector may be used; as fast as it goes by default."""
    expires: Duration = Duration.parse("7 days")
    """A message that is later than this is no longer sent."""

    @field_validator("channels")
    @classmethod
    def _add_outbox(cls, given: Mapping[Channel, Any]) -> Mapping[Channel, Any]:
        return {**_OUTBOX, **given}

    @field_validator("permission")
    @classmethod
    def _add_needs(cls, given: Mapping[Channel, Need]) -> Mapping[Channel, Need]:
        return {**_NEEDS, **given}

    @field_validator("hours")
    @classmethod
    def _add_daytime(cls, given: Mapping[Channel, Hours]) -> Mapping[Channel, Hours]:
        return {**_DAYTIME, **given}

    @field_validator("team")
    @classmethod
    def _one_rep_for_a_name(cls, team: Mapping[str, Rep]) -> Mapping[str, Rep]:
        seen: dict[str, str] = {}
        for key, rep in team.items():
            for name in {name.casefold(): name for name in (key, rep.name, *rep.aliases)}.values():
                other = seen.setdefault(name.casefold(), key)
                if other != key:
                    raise ValueError(f"`{name}` means both {other} and {key}: a name belongs to one rep")
        return team
