"""Editors know what a campaign may say."""

from pathlib import Path

from aftershow.campaign.schemas import MODELS
from aftershow.workspace.schema import stale

CONFIG = Path(__file__).parents[2] / "config"


def test_the_schemas_in_config_are_fresh() -> None:
    """What editors are told is what the models accept now."""
    assert stale(CONFIG / "schema", MODELS) == [], "run: make fix"
