"""`- call: TEMPLATE`."""

from typing import ClassVar

from aftershow.campaign.steps.step import SendingStep
from aftershow.words.channels import Channel
from aftershow.workspace.yaml.model import Key


class CallStep(SendingStep):
    """Give the rep a call to make, with a brief, rendered from a folder of templates/."""

    channel: ClassVar[Channel] = Channel.CALL

    call: Key
    """The folder in templates/ that has call.txt."""
