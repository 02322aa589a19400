"""The kinds of steps, one file each."""

from typing import Annotated, TypeAlias, get_args

from pydantic import Tag

from aftershow.campaign.steps.branch import BranchStep, Case
from aftershow.campaign.steps.call import CallStep
from aftershow.campaign.steps.email import EmailStep
from aftershow.campaign.steps.letter import LetterStep
from aftershow.campaign.steps.meeting import MeetingStep
from aftershow.campaign.steps.split import Arm, SplitStep
from aftershow.campaign.steps.text import TextStep
from aftershow.workspace.yaml.model import by_key

#: Every kind of step with the key that names it; a new one is a file here and a line in this union.
_Kind: TypeAlias = (
    Annotated[EmailStep, Tag("email")]
    | Annotated[TextStep, Tag("text")]
    | Annotated[LetterStep, Tag("letter")]
    | Annotated[CallStep, Tag("call")]
    | Annotated[MeetingStep, Tag("meeting")]
    | Annotated[SplitStep, Tag("split")]
    | Annotated[BranchStep, Tag("branch")]
)
#: The kinds of steps by their key.
KINDS = {key.tag: kind for kind, key in map(get_args, get_args(_Kind))}
#: A step, chosen by its key.
Step: TypeAlias = Annotated[_Kind, by_key(*KINDS)]

# Steps hold steps: what they are is known only here.
for _model in (*KINDS.values(), Arm, Case):
    _model.model_rebuild(_types_namespace={"Step": Step})
