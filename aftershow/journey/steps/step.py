"""What all steps that send have in common."""

from typing import ClassVar

from pydantic import Field

from aftershow.words import Channel
from aftershow.workspace.durations import Duration
from aftershow.workspace.model import Key, Model, Text


class SendingStep(Model):
    """A step that sends one message by one channel."""

    #: which channel carries it; each kind of step says so
    channel: ClassVar[Channel]

    after: Duration = Duration(seconds=0)
    """How long after the step before it, or after the enrolment for the first: 2 days, 4 hours, 1 week."""
    condition: Text | None = Field(default=None, alias="if")
    """Send only to people for whom this holds when the step is due: permission("text") and not replied."""
    name: Key | None = None
    """The step's name in the ledger; without it, the template's. Keep it when you edit the step."""

    @property
    def template(self) -> str:
        """Return the name of the folder in templates/."""
        folder: str = getattr(self, self.channel.value)
        return folder

    @property
    def key(self) -> str:
        """Return the name by which the ledger knows this step."""
        return self.name or self.template
