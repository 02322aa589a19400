"""`- branch: NAME`."""

from pydantic import Field

from aftershow.campaign.steps.step import Steps, TimedStep
from aftershow.workspace.yaml.model import Key, Model, Text


class Case(Model):
    """One way of a branch."""

    condition: Text = Field(alias="if")
    """Who goes this way: answers.timing == "now"."""
    steps: Steps = ()
    """What happens to them; nothing, and they go on."""


class BranchStep(TimedStep):
    """Send each person the first way whose condition holds."""

    branch: Key
    """The branch's name."""
    cases: tuple[Case, ...] = Field(min_length=1)
    """The ways, asked in this order."""
    otherwise: Steps = ()
    """The way of everybody else; without it, they go on."""

    @property
    def key(self) -> str:
        """Return the name by which the ledger knows this step."""
        return self.branch
