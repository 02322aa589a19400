"""Every exception of Aftershow, grouped by what to do next.

AftershowError
├── WorkspaceError            the marketer's files are wrong: fix them, run `aftershow check`
├── ExpressionError           a condition can't be understood: correct it where it stands
├── UsageError                the command was asked for something that is not there: say it differently
├── LeadFileError             a lead file can't be read at all: nothing was imported
├── ContentError              a template can't be turned into a message
├── LimitError                something from outside takes more than it may: look at where it came from
├── CampaignStoppedError      a provider refuses us: correct the settings, then run again
└── DeliveryError             a connector could not hand a message over
    ├── TemporaryError        nothing was sent: try again later
    ├── OutcomeUnknownError   it may have been sent: never try again by machine
    └── PermanentError        our settings are wrong: stop the campaign, keep the people

A docstring is the exception's default message. Text given to an exception never holds data of people, and
loses what would steer a terminal: it may name a stranger's file, or quote a provider.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from aftershow.signs import plain


class AftershowError(Exception):
    """Something went wrong in Aftershow."""

    def __init__(self, message: str | None = None) -> None:
        super().__init__(plain(message or (type(self).__doc__ or "").strip()))


@dataclass(frozen=True, kw_only=True, slots=True)
class Problem:
    """One mistake in what a marketer wrote, and where it stands."""

    #: the file, relative to the workspace
    file: str
    #: counted from 1; None where the whole file is meant
    line: int | None = None
    #: the path of keys inside the file, such as steps.2.after; empty for the whole file
    path: str = ""
    #: what is wrong, and what was likely meant
    text: str

    def __str__(self) -> str:
        place = self.file if self.line is None else f"{self.file}:{self.line}"
        return plain(f"{place}: {self.path}: {self.text}" if self.path else f"{place}: {self.text}")


class WorkspaceError(AftershowError):
    """The workspace has mistakes. Run `aftershow check` to see them all."""

    def __init__(self, problems: list[Problem]) -> None:
        self.problems = problems
        super().__init__("\n".join(str(problem) for problem in problems) or None)


class ExpressionError(AftershowError):
    """This condition can't be understood."""


class UsageError(AftershowError):
    """That is not there. Look at what there is, and say it differently."""


class LeadFileError(AftershowError):
    """This lead file can't be read. Nothing was imported from it."""


class ContentError(AftershowError):
    """This template can't be turned into a message for this person."""

    def __init__(self, message: str | None = None, *, problems: Sequence[Problem] = ()) -> None:
        #: the mistakes in the template's files; empty when it is about one person's message
        self.problems = list(problems)
        super().__init__(message or "\n".join(str(problem) for problem in problems) or None)


class LimitError(AftershowError):
    """It takes more time or memory than anything of its kind may."""


class CampaignStoppedError(AftershowError):
    """The provider refuses us. The campaign stopped; nobody is lost."""

    def __init__(self, message: str | None = None, *, result: Mapping[str, Any] | None = None) -> None:
        #: what the turn had done until then
        self.result = dict(result or {})
        super().__init__(message)


class DeliveryError(AftershowError):
    """A connector could not hand a message over."""


class TemporaryError(DeliveryError):
    """Nothing was sent. The message waits and is tried again later."""

    def __init__(self, message: str | None = None, *, retry_after: float | None = None) -> None:
        #: seconds to wait, when the provider said so
        self.retry_after = retry_after
        super().__init__(message)


class OutcomeUnknownError(DeliveryError):
    """It may have been sent. The message is never sent again by the machine."""


class PermanentError(DeliveryError):
    """The provider refuses us, not the person. The campaign stops; nobody is lost."""
