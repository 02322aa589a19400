"""`- meeting: TEMPLATE`."""

from typing import ClassVar

from aftershow.campaign.steps.step import SendingStep
from aftershow.words.channels import Channel
from aftershow.workspace.yaml.model import Key


class MeetingStep(SendingStep):
    """Invite to a meeting, by email, rendered from a folder of templates/."""

    channel: ClassVar[Channel] = Channel.MEETING

    meeting: Key
    """The folder in templates/ that has meeting.txt."""
