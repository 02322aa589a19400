"""`- split: NAME`."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Self

from pydantic import Field, model_validator

from aftershow.campaign.steps.step import Steps, TimedStep
from aftershow.workspace.amounts import Share
from aftershow.workspace.yaml.model import Key, Model


class Arm(Model):
    """One of the ways that chance chooses between."""

    share: Share
    """How many of the people: 50%."""
    steps: Steps = ()
    """What happens to them; nothing, and they go on."""


class SplitStep(TimedStep):
    """Let chance put each person into an arm, the same one whenever it is asked."""

    split: Key
    """The split's name; it seeds the chance, so keep it when you edit the step."""
    arms: Mapping[Key, Arm] = Field(min_length=2)
    """The arms by name; their shares make 100%."""

    @model_validator(mode="after")
    def _make_a_whole(self) -> Self:
        total = sum((arm.share.percent for arm in self.arms.values()), Decimal(0))
        if total != 100:
            raise ValueError(f"the shares of the arms make {total}%, not 100%")
        return self

    @property
    def key(self) -> str:
        """Return the name by which the ledger knows this step."""
        return self.split
