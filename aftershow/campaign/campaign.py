"""A campaign, read and ready to run: its steps laid out, its conditions parsed, its names known to exist."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property

from aftershow.audience.expression import Expression
from aftershow.audience.scope import Scope
from aftershow.campaign.campaign_file import CampaignModel
from aftershow.campaign.program import Node, Program
from aftershow.campaign.steps.step import SendingStep
from aftershow.errors import UsageError
from aftershow.store.tables import enrollment
from aftershow.words.channels import Channel
from aftershow.words.populations import Population
from aftershow.workspace.settings import Settings
from aftershow.workspace.shows import Show
from aftershow.workspace.times.moments import When, shifted
from aftershow.workspace.times.openings import Opening
from aftershow.workspace.times.windows import SendWindow
from aftershow.workspace.workspace import Workspace
from aftershow.workspace.yaml.yaml_file import YamlFile

#: What a track may be about, beside a date of the answers.
MEETING = "meeting"
#: What a step may count from, beside the dates of the catalogue.
ENROLLED = "enrolled"


@dataclass(frozen=True, kw_only=True, slots=True)
class CampaignStep:
    """A step in its place, with its conditions parsed."""

    node: Node
    #: the conditions of a branch, in their order
    cases: tuple[Expression, ...] = ()

    @property
    def key(self) -> str:
        """Return the name by which the ledger knows this step."""
        return self.node.key


@dataclass(frozen=True, kw_only=True, slots=True)
class MessageStep(CampaignStep):
    """A step that sends one message to each person who comes to it, or one again and again."""

    #: what it sends, as the file says it
    sends: SendingStep
    #: the step's `if`
    condition: Expression | None = None
    #: the step's `while`
    repeat_while: Expression | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Track:
    """A row of steps, and who is on it."""

    name: str
    audience: Expression
    population: Population
    #: what it is about, where not about the person: `meeting`, or a date such as answers.delivered
    each: str | None
    program: Program
    steps: tuple[CampaignStep, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Stop:
    """What takes a person out of the campaign."""

    #: as it is written down: goal, or the condition
    reason: str
    condition: Expression


@dataclass(frozen=True, kw_only=True)
class Campaign:
    """A campaign of a workspace."""

    name: str
    model: CampaignModel
    source: YamlFile
    workspace: Workspace
    show: Show | None
    goal: Expression | None
    stops: tuple[Stop, ...]
    tracks: tuple[Track, ...]

    @cached_property
    def steps(self) -> tuple[CampaignStep, ...]:
        """Every step of every track, each after those from which people come to it."""
        return tuple(step for track in self.tracks for step in track.steps)

    @property
    def message_steps(self) -> Iterator[MessageStep]:
        """Every step that sends."""
        return (step for step in self.steps if isinstance(step, MessageStep))

    @property
    def channels(self) -> frozenset[Channel]:
        """The channels that it uses."""
        return frozenset(step.sends.channel for step in self.message_steps)

    @property
    def settings(self) -> Settings:
        """What holds for the whole workspace."""
        return self.workspace.settings

    def require_steps(self, keys: Iterable[str]) -> None:
        """Raise UsageError for the key of a step that is not there."""
        known = {step.key for step in self.steps}
        for key in sorted(set(keys) - known):
            raise UsageError(f"{self.name} has no step `{key}`.")

    def track_of(self, step: CampaignStep) -> Track:
        """Return the track on which a step is."""
        return next(track for track in self.tracks if track.name == step.node.track)

    def opening(self, step: MessageStep) -> Opening:
        """Return when a step may reach people."""
        return Opening.of(
            self.model.send_window or SendWindow(),
            self.settings.hours.get(step.sends.channel),
            show_zone=self.show.timezone if self.show else None,
            show_country=self.show.country if self.show else None,
        )

    def scope(self, now: datetime) -> Scope:
        """Return what the audience's condition is measured by."""
        return Scope(now=now, zone=self.settings.timezone)

    def step_scope(self, now: datetime, step: CampaignStep | None = None) -> Scope:
        """Return what a step's condition is measured by: interactions count from the enrolment.

        On a track for each meeting, `meeting` is the one that the enrolment is about.
        """
        about_meeting = step is not None and self.track_of(step).each == MEETING
        return Scope(
            now=now,
            zone=self.settings.timezone,
            campaign=self.name,
            since=enrollment.c.enrolled_at,
            meeting=enrollment.c.occurrence if about_meeting else None,
        )

    def starts_at(self) -> datetime | None:
        """Return the moment before which nobody comes in, in UTC; None when there is none."""
        schedule = self.model.schedule
        return self._moment(schedule.starts) if schedule and schedule.starts else None

    def ends_at(self) -> datetime | None:
        """Return the moment after which everyone leaves, in UTC; None when there is none."""
        schedule = self.model.schedule
        if schedule is None or schedule.until is None:
            return None
        if isinstance(schedule.until, When):
            return self._moment(schedule.until)
        begins = self.starts_at()
        return begins + timedelta(seconds=schedule.until.seconds) if begins else None

    def _moment(self, when: When) -> datetime | None:
        """Return the moment that a `when` of the schedule means: it counts from the show's dates alone."""
        if self.show is None:
            return None
        anchor = {"show.starts": self.show.starts_at, "show.ends": self.show.ends_at}.get(when.anchor)
        if anchor is None:
            return None
        zone, country = self.show.timezone, self.show.country
        return shifted(anchor, when.wait, before=when.before, zone=zone, country=country)
