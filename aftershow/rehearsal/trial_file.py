"""A marketer's test of a campaign: config/campaigns/NAME.test.yaml."""

from collections.abc import Mapping
from datetime import date
from typing import TYPE_CHECKING, Annotated, Any, Literal, Self, TypeAlias

from pydantic import AwareDatetime, BeforeValidator, Field, create_model, model_validator

from aftershow.words.answers import Answer
from aftershow.words.channels import Channel
from aftershow.words.fields import ContactField
from aftershow.words.kinds import InteractionKind
from aftershow.workspace.yaml.model import Country, Email, Key, Line, Model, Text, TimeZone
from aftershow.workspace.yaml.wording import found


def _contact(value: Any) -> Any:
    if not isinstance(value, str) or not value:
        raise ValueError(f"expected an email address, a number or the key of a rep, found {found(value)}")
    return value


#: A person of the test, by email address, phone number or the key of a rep, as `given` has it.
Who = Annotated[str, BeforeValidator(_contact)]


class Appointment(Model):
    """A meeting that a person has."""

    starts: AwareDatetime
    place: Line | None = None
    status: InteractionKind = InteractionKind.ACCEPTED
    """What happened to it last: accepted (the default), held, no_show, cancelled …"""


class _Given(Model):
    """A person of the test, without the facts that are a line of text and nothing else."""

    email: Email | None = None
    phone: Line | None = None
    """As +15085550114; it takes texts."""
    company: Line | None = None
    state: Line | None = None
    country: Country | None = None
    timezone: TimeZone | None = None
    is_customer: bool = False
    grade: Literal["A", "B", "C"] | None = None
    owner: Key | None = None
    captured: AwareDatetime | None = None
    """When the lead was captured; by default a day before the test begins."""
    answers: Mapping[Key, Line] = {}
    permissions: Mapping[Channel, Answer] = {}
    meeting: Appointment | None = None
    arm: tuple[Key, ...] = ()
    """Where chance puts this person: arms of the campaign's splits, or hold_out."""
    rep: Key | None = None
    """One of ours, by the key in `team:`, for campaigns that write to the team."""

    @model_validator(mode="after")
    def _has_a_name(self) -> Self:
        if self.rep is None and self.email is None and self.phone is None:
            raise ValueError("say an `email` or a `phone`, by which the test can name this person")
        return self


if TYPE_CHECKING:
    Given: TypeAlias = _Given
else:
    _LINES = [field for field in ContactField if field.row.in_tests and field not in _Given.model_fields]
    #: A person of the test, with all that words/fields lets tests say.
    Given = create_model(
        "Given",
        __base__=_Given,
        __doc__="A person of the test.",
        **{str(field): (Line | None, None) for field in _LINES},
    )


class Happens(Model):
    """Something that happens during the test."""

    at: AwareDatetime
    contact: Who
    outcome: InteractionKind | None = None
    """What came back: replied, connected, no_answer, bounced, unsubscribed, accepted …"""
    step: Key | None = None
    """On which step, where it is not the last one on the channel."""
    channel: Channel | None = None
    """By which channel, where the outcome does not say it."""
    answers: Mapping[Key, Line] = {}
    """What the person told us."""
    meeting: AwareDatetime | None = None
    """When the meeting begins that was accepted, declined, held …"""
    place: Line | None = None
    becomes: Mapping[
        Literal["is_customer", "grade", "email", "phone", "permission.email", "permission.text"], Any
    ] = {}
    """What changes in the person's record: {is_customer: true}."""


class _Gets(Model):
    """A step that a person gets, without the channels that may be its key."""

    @model_validator(mode="after")
    def _one_channel(self) -> Self:
        if len(self.model_fields_set) != 1:
            raise ValueError("say one channel and the step's name, such as {email: thanks}")
        return self

    @property
    def channel(self) -> Channel:
        """Return the channel."""
        return Channel(next(iter(self.model_fields_set)))

    @property
    def step(self) -> str:
        """Return the step's name."""
        name: str = getattr(self, self.channel.value)
        return name


if TYPE_CHECKING:
    Gets: TypeAlias = _Gets
else:
    #: A step that a person gets, by its channel: {email: thanks}.
    Gets = create_model(
        "Gets",
        __base__=_Gets,
        __doc__="A step that a person gets, by its channel.",
        **{channel.value: (Key | None, None) for channel in Channel},
    )


class Expected(Model):
    """What must become of a person, or must not."""

    contact: Who
    gets: Gets | Literal["nothing"] | None = None
    """A step, such as {email: thanks}; or `nothing` at all."""
    misses: Gets | None = None
    """A step that the person does not get."""
    held: Text | None = None
    """A message is held, for this reason: no_address, permission, condition, hold_out …"""
    leaves: Text | None = None
    """The person leaves the campaign, for this reason: goal, replied …"""
    step: Key | None = None
    """With `held`: the step that is held."""
    at: AwareDatetime | None = None
    """When it goes out, or the person leaves, to the minute; without it, whenever."""
    on: date | None = None
    """Instead of `at`: on which day, by the clock of the workspace."""

    @model_validator(mode="after")
    def _one_thing(self) -> Self:
        things = (self.gets, self.misses, self.held, self.leaves)
        if sum(thing is not None for thing in things) != 1:
            raise ValueError("say one of `gets`, `misses`, `held` and `leaves`")
        return self


class TrialModel(Model):
    """People, what happens to them, and what must become of them."""

    given: tuple[Given, ...] = Field(min_length=1)
    """The people of the test; nobody else is there."""
    start: AwareDatetime = Field(alias="on")
    """When the test begins: the moment of the campaign's first turn."""
    happens: tuple[Happens, ...] = ()
    """What happens on the way."""
    until: AwareDatetime | None = None
    """When the test ends; by default a day after the last moment that it names, or 60 days after `on`."""
    expect: tuple[Expected, ...] = Field(min_length=1)
    """What must become of them."""
