"""`- email: TEMPLATE`."""

from typing import ClassVar

from aftershow.campaign.steps.step import SendingStep
from aftershow.words.channels import Channel
from aftershow.workspace.yaml.model import Key


class EmailStep(SendingStep):
    """Send an email rendered from a folder of templates/."""

    channel: ClassVar[Channel] = Channel.EMAIL

    email: Key
    """The folder in templates/ that has subject.txt and email.html."""
