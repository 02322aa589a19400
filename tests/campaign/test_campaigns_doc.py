"""docs/campaigns.md says what the models say: every key, every word, and examples that are read."""

import re
from pathlib import Path

import pytest
from pydantic import BaseModel

from aftershow.campaign.campaign_file import (
    AudienceModel,
    CampaignModel,
    HoldOut,
    ScheduleModel,
    TrackModel,
)
from aftershow.campaign.steps import KINDS
from aftershow.campaign.steps.branch import Case
from aftershow.campaign.steps.split import Arm
from aftershow.content.language.filters import TEMPLATE_FILTERS
from aftershow.rehearsal.trial_file import Expected, Given, Happens, TrialModel
from aftershow.workspace.settings import Limits
from aftershow.workspace.times.windows import SendWindow
from aftershow.workspace.yaml.yaml_file import YamlFile

PAGE = (Path(__file__).parents[2] / "docs" / "campaigns.md").read_text(encoding="utf-8")
EXAMPLES = re.findall(r"```yaml\n(.*?)```", PAGE, re.DOTALL)
MODELS: tuple[type[BaseModel], ...] = (
    *(CampaignModel, AudienceModel, HoldOut, ScheduleModel, SendWindow, Limits, TrackModel),
    *(*KINDS.values(), Arm, Case),
    *(TrialModel, Given, Happens, Expected),
)
#: What a campaign needs beside what an example shows.
REST = {"campaign": "x", "purpose": "x", "audience": {"from": "everyone"}}


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.__name__)
def test_every_key_is_explained(model: type[BaseModel]) -> None:
    """Whatever may be written in a campaign or its test stands on the page."""
    keys = {field.alias or name for name, field in model.model_fields.items()}
    assert {key for key in keys if f"`{key}`" not in PAGE} == set()


@pytest.mark.parametrize("example", EXAMPLES, ids=range(len(EXAMPLES)))
def test_examples_are_read(example: str) -> None:
    """Each example is what the program takes."""
    source = YamlFile.parse("docs/campaigns.md", example)
    if "given" in (source.data or {}):
        source.read(TrialModel)
        return
    campaign = REST | (source.data or {})
    if not campaign.keys() & {"steps", "tracks"}:
        campaign["steps"] = [{"email": "x"}]
    source.validate(CampaignModel, campaign)


def test_the_filters_are_all_there() -> None:
    """What a template may do to a value is what the page lists, and no more."""
    [listed] = re.findall(r"^- Filters: (.*?)\. ", PAGE, re.MULTILINE | re.DOTALL)
    assert re.findall(r"`(\w+)`", listed) == sorted(TEMPLATE_FILTERS)
