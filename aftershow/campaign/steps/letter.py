"""`- letter: TEMPLATE`."""

from typing import ClassVar

from aftershow.campaign.steps.step import SendingStep
from aftershow.words.channels import Channel
from aftershow.workspace.yaml.model import Key


class LetterStep(SendingStep):
    """Send a letter or a card on paper, rendered from a folder of templates/."""

    channel: ClassVar[Channel] = Channel.LETTER

    letter: Key
    """The folder in templates/ that has letter.txt."""
