"""`- text: TEMPLATE`."""

from typing import ClassVar

from aftershow.campaign.steps.step import SendingStep
from aftershow.words.channels import Channel
from aftershow.workspace.yaml.model import Key


class TextStep(SendingStep):
    """Send a text message (SMS) rendered from a folder of templates/."""

    channel: ClassVar[Channel] = Channel.TEXT

    text: Key
    """The folder in templates/ that has text.txt."""
