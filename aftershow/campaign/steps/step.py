"""What all steps have in common, and what those have that send."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Literal, Self, TypeAlias

from pydantic import AfterValidator, Discriminator, Field, Tag, model_validator

from aftershow.words.channels import Channel
from aftershow.words.kinds import InteractionKind, Then, kinds_with, outcomes_of
from aftershow.workspace.amounts import Money
from aftershow.workspace.times.durations import Duration, Wait
from aftershow.workspace.times.moments import TimeOfDay, When
from aftershow.workspace.yaml.model import Key, Model, Text

NO_WAIT = Wait.parse(0)

#: What may come back on a step, by channel; `silence` is that nothing did.
OUTCOMES: Mapping[Channel, tuple[InteractionKind, ...]] = {
    channel: outcomes_of(channel) for channel in Channel
}
SILENCE = "silence"
#: Signs that a message arrived, no answers: the person waits on, unless `on` names them.
SIGNS = kinds_with(Then.WAITS)
#: After one of these another attempt is made, while there are attempts left.
TRY_AGAIN = kinds_with(Then.TRIES_AGAIN)
_WITH_ATTEMPTS = tuple(channel for channel in Channel if set(OUTCOMES[channel]) & set(TRY_AGAIN))


def _as_tuple(value: Any) -> Any:
    return value if isinstance(value, tuple) else (value,)


def _one_or_several(value: Any) -> str:
    return "several" if isinstance(value, list | tuple) else "one"


def _word_or_steps(value: Any) -> str:
    return "word" if isinstance(value, str) else "steps"


if TYPE_CHECKING:
    from aftershow.campaign.steps import Step

    Steps: TypeAlias = tuple[Step, ...]
else:
    #: One step or several, written with or without the list; always a tuple once it is read.
    Steps: TypeAlias = Annotated[
        Annotated["Step", Tag("one")] | Annotated["tuple[Step, ...]", Tag("several")],
        Discriminator(_one_or_several),
        AfterValidator(_as_tuple),
    ]
#: Where an outcome leads.
Target: TypeAlias = Annotated[
    Annotated[Literal["continue", "otherwise", "stop"], Tag("word")] | Annotated[Steps, Tag("steps")],
    Discriminator(_word_or_steps),
]


class TimedStep(Model):
    """A step that comes at its time."""

    after: Wait | None = None
    """How long after the step before it, or after the enrolment for the first: 2 days, 1 business day."""
    when: When | None = None
    """Instead of `after`: relative to a date, such as 6 weeks before show.starts."""
    at: TimeOfDay | None = None
    """The time of that day, such as 18:00; in the zone of the send window."""

    @model_validator(mode="after")
    def _one_time(self) -> Self:
        if self.after is not None and self.when is not None:
            raise ValueError("say either `after` or `when`")
        return self

    @property
    def key(self) -> str:
        """Return the name by which the ledger knows this step."""
        raise NotImplementedError

    @property
    def wait(self) -> Wait:
        """Return how long after its base the step comes, or before it, as `when` says."""
        return self.when.wait if self.when else self.after or NO_WAIT


class SendingStep(TimedStep):
    """A step that sends one message by one channel, once or again and again."""

    #: which channel carries it; each kind of step says so
    channel: ClassVar[Channel]

    condition: Text | None = Field(default=None, alias="if")
    """Send only to people for whom this holds when the step is due: permission("text") and not replied."""
    name: Key | None = None
    """The step's name in the ledger; without it, the template's. Keep it when you edit the step."""
    otherwise: Steps = ()
    """What comes instead for people who can't get it: no address, no permission, refused, or `if` fails."""
    approval: Literal["required"] | None = None
    """`required`: someone must let it go first, with `aftershow approve`."""
    service: bool = False
    """Part of what the person asked for, such as a reminder of a meeting: it needs no yes to marketing, only
    that the channel was not refused, and no cap holds it."""
    cost: Money | None = None
    """What one of these costs, without the currency: 2.40."""
    expires: Duration | None = None
    """How late it may go out, instead of `expires` in config/aftershow.yaml."""
    asks: tuple[Key, ...] = ()
    """What this step is to find out: names of answers, such as decision_date."""
    every: Wait | None = None
    """Again and again, so long after the time before: month, 8 weeks."""
    times: int | None = Field(default=None, ge=1, le=999)
    """How often at most, with `every`."""
    repeat_while: Text | None = Field(default=None, alias="while")
    """Only as long as this holds, with `every`; then the steps after it come: unanswered < 2."""
    attempts: int = Field(default=1, ge=1, le=9)
    """How often to try while nobody is reached."""
    between: Wait = Wait.parse("1 business day")
    """How long to wait before the next attempt."""
    listen: Duration = Duration.parse("3 days")
    """How long to wait for what comes back, with `on` or `attempts`; then it is `silence`."""
    on: Mapping[str, Target] = {}
    """What comes next by what came back: `continue`, `otherwise`, `stop`, or steps of its own."""

    @model_validator(mode="after")
    def _fits_together(self) -> Self:
        known = (*OUTCOMES[self.channel], SILENCE)
        for outcome in self.on:
            if outcome not in known:
                raise ValueError(f"`on` of this step may have {', '.join(known)}; there is no `{outcome}`")
        if self.every is None and (self.times is not None or self.repeat_while is not None):
            raise ValueError("`times` and `while` need `every`")
        if self.every is not None and (self.on or self.attempts > 1):
            raise ValueError("a step with `every` has no `on` and no `attempts`")
        if self.every is not None and self.every.count == 0:
            raise ValueError("`every` needs a length of time, such as `8 weeks`")
        if self.attempts > 1 and self.channel not in _WITH_ATTEMPTS:
            raise ValueError(f"only {', '.join(_WITH_ATTEMPTS)} steps have `attempts`")
        return self

    @property
    def template(self) -> str:
        """Return the name of the folder in templates/."""
        folder: str = getattr(self, self.channel.value)
        return folder

    @property
    def key(self) -> str:
        """Return the name by which the ledger knows this step."""
        return self.name or self.template

    @property
    def listens(self) -> bool:
        """Whether the person waits here for what comes back."""
        return bool(self.on) or self.attempts > 1
