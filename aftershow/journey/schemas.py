"""The schemas of everything that a marketer writes; `python -m aftershow.journey.schemas DIR` writes them."""

import sys
from collections.abc import Mapping
from pathlib import Path

from aftershow.journey.campaign_file import CampaignModel
from aftershow.workspace import schema
from aftershow.workspace.model import Model

MODELS: Mapping[str, type[Model]] = {**schema.MODELS, "campaign": CampaignModel}

if __name__ == "__main__":
    schema.write_schemas(Path(sys.argv[1]), MODELS)
