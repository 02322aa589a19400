"""A campaign's steps laid out: each step once, with the steps that may follow it, by name."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

from aftershow.campaign.campaign_file import CampaignModel
from aftershow.campaign.steps import Step
from aftershow.campaign.steps.branch import BranchStep
from aftershow.campaign.steps.split import SplitStep
from aftershow.campaign.steps.step import SendingStep
from aftershow.workspace.yaml.wording import Place

#: The name of the step that comes next; None is the end of the track.
Next: TypeAlias = str | None
#: Where an outcome leads that takes the person out; no step has such a name.
STOP = "!stop"


@dataclass(frozen=True, kw_only=True, slots=True)
class Node:
    """A step in its place."""

    model: Step
    track: str
    #: where it stands in the file
    place: Place
    #: what comes after it
    follower: Next
    #: what comes instead of it, for people who can't get it; the follower when the step does not say
    instead: Next
    #: what comes next by what came back
    outcomes: Mapping[str, Next] = field(default_factory=dict)
    #: the first step of each way: arms in their order, or cases with `otherwise` at the end
    ways: tuple[Next, ...] = ()

    @property
    def key(self) -> str:
        """Return the name by which the ledger knows the step."""
        return self.model.key

    @property
    def targets(self) -> frozenset[Next]:
        """Return every step to which people may go from here."""
        return frozenset((self.follower, self.instead, *self.outcomes.values(), *self.ways)) - {STOP}


@dataclass(frozen=True, kw_only=True, slots=True)
class Program:
    """The steps of one track, in an order in which nobody comes back to an earlier one."""

    track: str
    nodes: tuple[Node, ...]
    first: str


def lay_out(track: str, steps: Sequence[Step], place: Place) -> Program:
    """Lay out the steps of a track; `place` is where they stand in the file."""
    layer = _Layer(track)
    first = layer.row(steps, place, None)
    assert first is not None, "a track has at least one step"  # noqa: S101
    return Program(track=track, nodes=tuple(reversed(layer.nodes)), first=first)


def sending_places(model: CampaignModel) -> Iterator[tuple[Place, SendingStep]]:
    """Return every step of a campaign that sends, with its place in the file."""
    for name, track in model.all_tracks.items():
        for node in lay_out(name, track.steps, steps_place(name)).nodes:
            if isinstance(node.model, SendingStep):
                yield node.place, node.model


def steps_place(track: str) -> Place:
    """Return where the steps of a track stand in the file."""
    return ("tracks", track, "steps") if track else ("steps",)


class _Layer:
    """Lays steps from the last to the first, since each must know what follows it."""

    def __init__(self, track: str) -> None:
        self.track = track
        self.nodes: list[Node] = []

    def row(self, steps: Sequence[Step], place: Place, follower: Next) -> Next:
        """Lay some steps that stand one after the other; returns the first, or the follower without any."""
        for number, step in reversed(list(enumerate(steps))):
            follower = self._node(step, (*place, number), follower)
        return follower

    def _node(self, step: Step, place: Place, follower: Next) -> str:
        instead, outcomes, ways = follower, dict[str, Next](), tuple[Next, ...]()
        match step:
            case SplitStep():
                ways = tuple(
                    self.row(arm.steps, (*place, "arms", name, "steps"), follower)
                    for name, arm in step.arms.items()
                )
            case BranchStep():
                cases = tuple(
                    self.row(case.steps, (*place, "cases", number, "steps"), follower)
                    for number, case in enumerate(step.cases)
                )
                ways = (*cases, self.row(step.otherwise, (*place, "otherwise"), follower))
            case SendingStep():
                instead = self.row(step.otherwise, (*place, "otherwise"), follower)
                outcomes = {
                    outcome: self._target(target, (*place, "on", outcome), follower, instead)
                    for outcome, target in step.on.items()
                }
        self.nodes.append(
            Node(
                model=step,
                track=self.track,
                place=place,
                follower=follower,
                instead=instead,
                outcomes=outcomes,
                ways=ways,
            )
        )
        return step.key

    def _target(self, target: object, place: Place, follower: Next, instead: Next) -> Next:
        if target == "continue":
            return follower
        if target == "otherwise":
            return instead
        if target == "stop":
            return STOP
        assert isinstance(target, tuple), "a target is a word or steps"  # noqa: S101
        return self.row(target, place, follower)
