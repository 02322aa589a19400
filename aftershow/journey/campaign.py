"""A campaign, read and ready to run: its audience and conditions parsed, its names known to exist."""

from dataclasses import dataclass
from datetime import datetime

from aftershow.audience.expression import Expression, parse
from aftershow.audience.scope import Scope
from aftershow.errors import ExpressionError, Problem, UsageError, WorkspaceError
from aftershow.journey.campaign_file import CampaignModel
from aftershow.journey.hours import open_zones
from aftershow.journey.steps import Step
from aftershow.ledger.rules import StepRules
from aftershow.store.tables import enrollment
from aftershow.words import Channel
from aftershow.workspace.settings import Need
from aftershow.workspace.shows import Show
from aftershow.workspace.source import Source
from aftershow.workspace.wording import Place, did_you_mean
from aftershow.workspace.workspace import Workspace


@dataclass(frozen=True, kw_only=True, slots=True)
class CampaignStep:
    """A step with its condition parsed."""

    model: Step
    condition: Expression | None

    @property
    def key(self) -> str:
        """Return the name by which the ledger knows this step."""
        return self.model.key

    @property
    def channel(self) -> Channel:
        """Return the channel that carries it."""
        return self.model.channel


@dataclass(frozen=True, kw_only=True, slots=True)
class Campaign:
    """A campaign of a workspace."""

    name: str
    model: CampaignModel
    source: Source
    workspace: Workspace
    show: Show | None
    audience: Expression
    steps: tuple[CampaignStep, ...]

    def step_after(self, step: CampaignStep) -> CampaignStep | None:
        """Return the step that follows, or None after the last."""
        following = self.steps.index(step) + 1
        return self.steps[following] if following < len(self.steps) else None

    def scope(self, now: datetime) -> Scope:
        """Return what the audience's condition is measured by."""
        return Scope(now=now, zone=self.workspace.settings.timezone)

    def step_scope(self, now: datetime) -> Scope:
        """Return what a step's condition is measured by: interactions count from the enrolment."""
        zone = self.workspace.settings.timezone
        return Scope(now=now, zone=zone, campaign=self.name, since=enrollment.c.enrolled_at)

    def rules(self, step: CampaignStep, now: datetime) -> StepRules:
        """Return what the messages of a step are measured by at a moment."""
        settings = self.workspace.settings
        limits = self.model.limits or settings.limits
        zones = open_zones(settings.hours.get(step.channel), now)
        return StepRules(
            campaign=self.name,
            step=step.key,
            channel=step.channel,
            template=step.model.template,
            needs_yes=settings.permission[step.channel] is Need.YES,
            cap=limits.per_contact,
            open_zones=zones,
            open_elsewhere=zones is None or settings.timezone in zones,
            condition=step.condition.sql(self.step_scope(now)) if step.condition else None,
            expires=settings.expires.delta,
        )


def load_campaigns(workspace: Workspace) -> dict[str, Campaign]:
    """Read every campaign of the workspace; raises WorkspaceError with all mistakes of all of them."""
    campaigns: dict[str, Campaign] = {}
    problems: list[Problem] = []
    for name in workspace.campaign_sources:
        try:
            campaigns[name] = load_campaign(workspace, name)
        except WorkspaceError as error:
            problems += error.problems
    if problems:
        raise WorkspaceError(problems)
    return campaigns


def load_campaign(workspace: Workspace, name: str) -> Campaign:
    """Read one campaign.

    Raises UsageError when there is none of that name, and WorkspaceError with all its mistakes.
    """
    source = workspace.campaign_sources.get(name)
    if source is None:
        raise UsageError(f"There is no campaign `{name}`{did_you_mean(name, workspace.campaign_sources)}")
    return _Reader(workspace, source).read(name)


class _Reader:
    """Reads one campaign's file and gathers what is wrong in it."""

    def __init__(self, workspace: Workspace, source: Source) -> None:
        self.workspace = workspace
        self.source = source
        self.problems: list[Problem] = []

    def read(self, name: str) -> Campaign:
        model = self.source.read(CampaignModel)
        self._names(model, name)
        audience = self._audience(model)
        steps = self._steps(model)
        if self.problems or audience is None:
            raise WorkspaceError(self.problems)
        return Campaign(
            name=name,
            model=model,
            source=self.source,
            workspace=self.workspace,
            show=self.workspace.shows[model.show] if model.show else None,
            audience=audience,
            steps=steps,
        )

    def _names(self, model: CampaignModel, name: str) -> None:
        if model.campaign != name:
            self._wrong(("campaign",), f"`{model.campaign}` stands in {name}.yaml: they have one name")
        if model.show is not None:
            self._known(("show",), "show", model.show, list(self.workspace.shows))
        if model.sender not in (None, "owner"):
            self._known(("from",), "member of `team:`", model.sender, list(self.workspace.settings.team))
        self._unique_steps(model)

    def _unique_steps(self, model: CampaignModel) -> None:
        seen: set[str] = set()
        for number, step in enumerate(model.steps):
            if step.key in seen:
                self._wrong(
                    ("steps", number),
                    f"two steps are called {step.key!r}: give this one a `name:` of its own",
                )
            seen.add(step.key)

    def _audience(self, model: CampaignModel) -> Expression | None:
        where, path = model.audience.where, ("audience", "where")
        if model.audience.segment is not None:
            path = ("audience", "segment")
            if not self._known(path, "segment", model.audience.segment, list(self.workspace.segments)):
                return None
            where = self.workspace.segments[model.audience.segment].where
        return self._expression(path, where or "", ())

    def _steps(self, model: CampaignModel) -> tuple[CampaignStep, ...]:
        steps = []
        for number, step in enumerate(model.steps):
            before = [earlier.key for earlier in model.steps[:number]]
            condition = None
            if step.condition is not None:
                condition = self._expression(("steps", number, "if"), step.condition, before)
            steps.append(CampaignStep(model=step, condition=condition))
        return tuple(steps)

    def _expression(self, path: Place, text: str, steps: list[str] | tuple[str, ...]) -> Expression | None:
        try:
            return parse(text, steps=steps)
        except ExpressionError as error:
            self._wrong(path, str(error))
            return None

    def _known(self, path: Place, what: str, name: str, names: list[str]) -> bool:
        if name in names:
            return True
        self._wrong(path, f"there is no {what} `{name}`{did_you_mean(name, names)}")
        return False

    def _wrong(self, path: Place, text: str) -> None:
        self.problems.append(self.source.problem(path, text))
