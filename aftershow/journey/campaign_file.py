"""A campaign's YAML: what a marketer writes in config/campaigns/."""

from typing import Self

from pydantic import Field, model_validator

from aftershow.journey.steps import Step
from aftershow.workspace.model import Key, Model, Text
from aftershow.workspace.settings import Limits


class AudienceModel(Model):
    """Who the campaign is for: a condition, or a segment by name."""

    where: Text | None = None
    """A condition, such as grade == "A" and not is_customer."""
    segment: Key | None = None
    """The name of a segment in config/segments.yaml."""

    @model_validator(mode="after")
    def _one_of_them(self) -> Self:
        if (self.where is None) == (self.segment is None):
            raise ValueError("say either `where` or `segment`")
        return self


class CampaignModel(Model):
    """Who hears what, by which channel, and when."""

    campaign: Key
    """The campaign's name, the same as the file's."""
    purpose: Text
    """What it is for, in a sentence that a colleague understands."""
    show: Key | None = None
    """The show whose leads it is for: the name of a file in config/shows/."""
    audience: AudienceModel
    sender: Key | None = Field(default=None, alias="from")
    """Who writes: `owner` for the rep who talked to them, or a name of `team:`; without it, the company."""
    limits: Limits | None = None
    """How much is enough for one person, instead of the limits in config/aftershow.yaml."""
    steps: tuple[Step, ...] = Field(min_length=1)
    """What happens, in this order."""
