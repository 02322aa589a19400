"""The kinds of steps, one file each."""

from typing import Annotated, TypeAlias

from pydantic import Tag

from aftershow.journey.steps.email import EmailStep
from aftershow.journey.steps.text import TextStep
from aftershow.workspace.model import by_key

#: Every kind of step, chosen by the key that names it; a new one is a file here and a line in this union.
Step: TypeAlias = Annotated[
    Annotated[EmailStep, Tag("email")] | Annotated[TextStep, Tag("text")],
    by_key("email", "text"),
]
