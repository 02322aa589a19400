"""The kinds of steps, one file each."""

from typing import Annotated, TypeAlias

from pydantic import Tag

from aftershow.campaign.steps.branch import BranchStep, Case
from aftershow.campaign.steps.call import CallStep
from aftershow.campaign.steps.email import EmailStep
from aftershow.campaign.steps.letter import LetterStep
from aftershow.campaign.steps.meeting import MeetingStep
from aftershow.campaign.steps.split import Arm, SplitStep
from aftershow.campaign.steps.text import TextStep
from aftershow.workspace.yaml.model import by_key

#: Every kind of step, chosen by the key that names it; a new one is a file here and a line in this union.
Step: TypeAlias = Annotated[
    Annotated[EmailStep, Tag("email")]
    | Annotated[TextStep, Tag("text")]
    | Annotated[LetterStep, Tag("letter")]
    | Annotated[CallStep, Tag("call")]
    | Annotated[MeetingStep, Tag("meeting")]
    | Annotated[SplitStep, Tag("split")]
    | Annotated[BranchStep, Tag("branch")],
    by_key("email", "text", "letter", "call", "meeting", "split", "branch"),
]

# Steps hold steps: what they are is known only here.
for _model in (EmailStep, TextStep, LetterStep, CallStep, MeetingStep, Arm, SplitStep, Case, BranchStep):
    _model.model_rebuild(_types_namespace={"Step": Step})
