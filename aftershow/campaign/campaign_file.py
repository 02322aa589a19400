"""A campaign's YAML: what a marketer writes in config/campaigns/."""

from collections.abc import Mapping
from typing import Annotated, Any, Literal, Self

from pydantic import BeforeValidator, Field, field_validator, model_validator

from aftershow.campaign.steps import Step
from aftershow.words.populations import Population
from aftershow.workspace.amounts import Share
from aftershow.workspace.settings import Limits
from aftershow.workspace.times.crons import Cron
from aftershow.workspace.times.durations import Duration
from aftershow.workspace.times.moments import When
from aftershow.workspace.times.windows import SendWindow
from aftershow.workspace.yaml.model import Key, Model, Text, TimeZone


class HoldOut(Model):
    """A part of the audience that hears nothing, so that one can tell what the campaign did."""

    share: Share
    """How many of the people: 10%."""
    lasts: Duration | None = Field(default=None, alias="for")
    """How long: 2 weeks, and then they come in. Without it they never do."""


def _hold_out(value: Any) -> Any:
    return {"share": value} if isinstance(value, str) else value


class AudienceModel(Model):
    """Who the campaign is for: a condition, or a segment by name."""

    where: Text | None = None
    """A condition, such as grade == "A" and not is_customer."""
    segment: Key | None = None
    """The name of a segment in config/segments.yaml."""
    population: Population | None = Field(default=None, alias="from")
    """`leads` of the show (the default with a show), `everyone` we know (the default without), our `team`."""
    hold_out: Annotated[HoldOut | None, BeforeValidator(_hold_out)] = None
    """The part that hears nothing, for comparison: 10%, or {share: 10%, for: 2 weeks}."""

    @model_validator(mode="after")
    def _one_of_them(self) -> Self:
        if self.where is not None and self.segment is not None:
            raise ValueError("say either `where` or `segment`")
        if self.where is None and self.segment is None and self.population is None:
            raise ValueError("say `where` or `segment`, or `from: everyone` for all whom we know")
        return self


class ScheduleModel(Model):
    """When the campaign runs by itself."""

    every: Cron
    """The times of its turns, as cron writes them: */15 8-18 * * mon-fri."""
    timezone: TimeZone | None = None
    """Whose clock that is; without it, ours."""
    starts: When | None = Field(default=None, alias="from")
    """Nobody comes in before: 6 weeks before show.starts."""
    until: When | Duration | None = None
    """Nobody comes in after it, and who is in leaves: 2 weeks after show.ends, or 45 days after `from`."""

    @field_validator("until", mode="before")
    @classmethod
    def _length_or_moment(cls, value: Any) -> Any:
        try:
            return Duration.parse(value)
        except ValueError:
            return When.parse(value)


class TrackModel(Model):
    """Steps of their own inside a campaign, beside those of other tracks."""

    audience: AudienceModel | None = None
    """Who is on this track, where not everyone of the campaign is."""
    each: Text | None = None
    """Once for each of these, not once for each person: meeting, or a date such as answers.delivered."""
    steps: tuple[Step, ...] = Field(min_length=1)
    """What happens, in this order."""


class CampaignModel(Model):
    """Who hears what, by which channel, and when."""

    campaign: Key
    """The campaign's name, the same as the file's."""
    purpose: Text
    """What it is for, in a sentence that a colleague understands."""
    show: Key | None = None
    """The show whose leads it is for: the name of a file in config/shows/."""
    audience: AudienceModel
    schedule: ScheduleModel | None = None
    """When it runs by itself; without it, when somebody runs it."""
    send_window: SendWindow | None = None
    """The days and hours at which it may write to people."""
    sender: Key | None = Field(default=None, alias="from")
    """Who writes: `owner` for the rep who talked to them, or a name of `team:`; without it, the company."""
    limits: Limits | None = None
    """How much is enough for one person, instead of the limits in config/aftershow.yaml."""
    goal: Text | None = None
    """What it is to reach, a condition: meeting.accepted or answers.decision_date is not none."""
    stop_on: tuple[Text, ...] = ("goal",)
    """What takes a person out: `goal`, or conditions such as replied and is_customer."""
    on_edit: Literal["keep", "move"] = "move"
    """What happens to people on the way when this file is edited: they `keep` the version that they began,
    or `move` to the new one."""
    steps: tuple[Step, ...] = ()
    """What happens, in this order."""
    tracks: Mapping[Key, TrackModel] = {}
    """Instead of `steps`: several rows of steps beside each other, each with a name."""

    @model_validator(mode="after")
    def _steps_or_tracks(self) -> Self:
        if bool(self.steps) == bool(self.tracks):
            raise ValueError("say either `steps` or `tracks`, with one step at least")
        return self

    @property
    def all_tracks(self) -> Mapping[str, TrackModel]:
        """Return the tracks by name; steps alone are one track without a name."""
        return self.tracks or {"": TrackModel.model_construct(steps=self.steps)}
