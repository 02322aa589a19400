"""The schemas of what a marketer writes; `python -m aftershow.campaign.schemas DIR` writes them."""

import sys
from collections.abc import Mapping
from pathlib import Path

from aftershow.campaign.campaign_file import CampaignModel
from aftershow.workspace import schema
from aftershow.workspace.yaml.model import Model

MODELS: Mapping[str, type[Model]] = {**schema.MODELS, "campaign": CampaignModel}

if __name__ == "__main__":
    schema.write_schemas(Path(sys.argv[1]), MODELS)
