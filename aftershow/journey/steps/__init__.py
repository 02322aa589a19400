"""The kinds of steps, one file each."""

from aftershow.journey.steps.email import EmailStep
from aftershow.journey.steps.text import TextStep

__all__ = ["EmailStep", "Step", "TextStep"]

#: Every kind of step; a new one is a file here and a name in this line.
Step = EmailStep | TextStep
