"""Read campaigns from their YAML, with every mistake at its place."""

from aftershow.audience.expression import Expression, parse
from aftershow.audience.fields import FIELDS
from aftershow.audience.terms import Type
from aftershow.campaign.campaign import ENROLLED, MEETING, Campaign, CampaignStep, MessageStep, Stop, Track
from aftershow.campaign.campaign_file import AudienceModel, CampaignModel, TrackModel
from aftershow.campaign.program import Node, Program, lay_out, steps_place
from aftershow.campaign.steps.branch import BranchStep
from aftershow.campaign.steps.split import SplitStep
from aftershow.campaign.steps.step import SendingStep
from aftershow.errors import ExpressionError, Problem, UsageError, WorkspaceError
from aftershow.words.populations import Population
from aftershow.workspace.times.durations import Duration
from aftershow.workspace.times.moments import When
from aftershow.workspace.times.openings import Opening
from aftershow.workspace.times.windows import SendWindow
from aftershow.workspace.workspace import Workspace
from aftershow.workspace.yaml.wording import Place, did_you_mean
from aftershow.workspace.yaml.yaml_file import YamlFile

#: What a step may count from beside its enrolment, and what a schedule may.
ANCHORS = (ENROLLED, *(name for name, fact in FIELDS.items() if fact.type is Type.MOMENT))
SHOW_ANCHORS = ("show.starts", "show.ends")
EVERYONE = "true"


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
    return read_source(workspace, source, name)


def read_source(workspace: Workspace, source: YamlFile, name: str) -> Campaign:
    """Read a campaign from a text, perhaps an earlier version; raises WorkspaceError with all mistakes."""
    return _Reader(workspace, source).read(name)


class _Reader:
    """Reads one campaign's file and gathers what is wrong in it."""

    def __init__(self, workspace: Workspace, source: YamlFile) -> None:
        self.workspace = workspace
        self.source = source
        self.problems: list[Problem] = []

    def read(self, name: str) -> Campaign:
        model = self.source.read(CampaignModel)
        self._names(model, name)
        programs = {
            key: lay_out(key, track.steps, steps_place(key)) for key, track in model.all_tracks.items()
        }
        self._unique_steps([node for program in programs.values() for node in program.nodes])
        self._schedule(model)
        arms = _arms(programs)
        tracks = [self._track(model, key, programs[key], arms) for key in programs]
        goal = self._expression(("goal",), model.goal) if model.goal else None
        stops = self._stops(model, goal)
        if self.problems:
            raise WorkspaceError(self.problems)
        return Campaign(
            name=name,
            model=model,
            source=self.source,
            workspace=self.workspace,
            show=self.workspace.shows[model.show] if model.show else None,
            goal=goal,
            stops=tuple(stops),
            tracks=tuple(track for track in tracks if track is not None),
        )

    def _names(self, model: CampaignModel, name: str) -> None:
        if model.campaign != name:
            self._wrong(("campaign",), f"`{model.campaign}` stands in {name}.yaml: they have one name")
        if model.show is not None:
            self._known(("show",), "show", model.show, list(self.workspace.shows))
        if model.sender not in (None, "owner"):
            self._known(("from",), "member of `team:`", model.sender, list(self.workspace.settings.team))
        if model.send_window is not None and model.send_window.clock == "show" and model.show is None:
            self._wrong(("send_window", "in"), "`in: show` needs a show: name it, or write `in: contact`")

    def _unique_steps(self, nodes: list[Node]) -> None:
        seen: set[str] = set()
        for node in nodes:
            if node.key in seen:
                self._wrong(
                    node.place, f"two steps are called {node.key!r}: give this one a `name:` of its own"
                )
            seen.add(node.key)

    def _schedule(self, model: CampaignModel) -> None:
        if model.schedule is None:
            return
        for key, when in (("from", model.schedule.starts), ("until", model.schedule.until)):
            if not isinstance(when, When):
                continue
            place = ("schedule", key)
            if when.anchor not in SHOW_ANCHORS:
                hint = did_you_mean(when.anchor, SHOW_ANCHORS)
                self._wrong(place, f"a schedule counts from the show; there is no `{when.anchor}`{hint}")
            elif model.show is None:
                self._wrong(place, f"`{when.anchor}` needs a show: name it in the campaign")
            elif model.show in self.workspace.shows and not self.workspace.shows[model.show].starts:
                self._wrong(place, f"the show {model.show} has no dates")
        if isinstance(model.schedule.until, Duration) and model.schedule.starts is None:
            self._wrong(("schedule", "until"), "a length of time needs `from:`, from which it counts")

    def _track(
        self, model: CampaignModel, name: str, program: Program, arms: tuple[str, ...]
    ) -> Track | None:
        track = model.all_tracks[name]
        own = track.audience
        place: Place = ("tracks", name, "audience") if own else ("audience",)
        who = own or model.audience
        audience = self._audience(who, place)
        self._each(track, ("tracks", name, "each"))
        if own and own.hold_out:
            self._wrong(
                (*place, "hold_out"), "people are held out of the whole campaign: say it in its `audience`"
            )
        steps = self._steps(model, program, arms)
        if audience is None:
            return None
        return Track(
            name=name,
            audience=audience,
            population=who.population or (Population.LEADS if model.show else Population.EVERYONE),
            each=track.each,
            program=program,
            steps=steps,
        )

    def _each(self, track: TrackModel, place: Place) -> None:
        if track.each is None or track.each == MEETING or _is_answer(track.each):
            return
        self._wrong(
            place,
            f"a track is about each `{MEETING}`, or a date such as answers.delivered, not `{track.each}`",
        )

    def _audience(self, who: AudienceModel, place: Place) -> Expression | None:
        if who.population is Population.LEADS and not self.source.data.get("show"):
            self._wrong((*place, "from"), "`from: leads` needs a show: name it in the campaign")
        where, at = who.where, (*place, "where")
        if who.segment is not None:
            at = (*place, "segment")
            if not self._known(at, "segment", who.segment, list(self.workspace.segments)):
                return None
            where = self.workspace.segments[who.segment].where
        return self._expression(at, where or EVERYONE)

    def _steps(
        self, model: CampaignModel, program: Program, arms: tuple[str, ...]
    ) -> tuple[CampaignStep, ...]:
        steps, before = [], list[str]()
        for node in program.nodes:
            steps.append(self._step(model, node, tuple(before), arms))
            if isinstance(node.model, SendingStep):
                before.append(node.key)
        return tuple(steps)

    def _step(
        self, model: CampaignModel, node: Node, before: tuple[str, ...], arms: tuple[str, ...]
    ) -> CampaignStep:
        self._time(model, node)
        step = node.model
        if isinstance(step, BranchStep):
            parsed = [
                self._expression((*node.place, "cases", number, "if"), case.condition, before, arms)
                for number, case in enumerate(step.cases)
            ]
            return CampaignStep(node=node, cases=tuple(case for case in parsed if case is not None))
        if not isinstance(step, SendingStep):
            return CampaignStep(node=node)
        return MessageStep(
            node=node,
            sends=step,
            condition=self._optional((*node.place, "if"), step.condition, before, arms),
            repeat_while=self._optional((*node.place, "while"), step.repeat_while, (*before, node.key), arms),
        )

    def _time(self, model: CampaignModel, node: Node) -> None:
        """Find steps that count from nothing, or that could never go out."""
        step = node.model
        if step.when is not None:
            anchor, place = step.when.anchor, (*node.place, "when")
            if anchor not in ANCHORS and not _is_answer(anchor):
                hint = did_you_mean(anchor, ANCHORS)
                self._wrong(place, f"there is no date `{anchor}` to count from{hint}")
        if isinstance(step, SendingStep):
            window = model.send_window or SendWindow()
            hours = self.workspace.settings.hours.get(step.channel)
            zone = "UTC" if window.clock == "show" else None
            if Opening.of(window, hours, show_zone=zone).never_opens:
                self._wrong(
                    node.place,
                    f"it could never go out: the send window and the hours of {step.channel} have nothing "
                    "in common",
                )

    def _stops(self, model: CampaignModel, goal: Expression | None) -> list[Stop]:
        stops = []
        for number, text in enumerate(model.stop_on):
            if text == "goal":
                if goal is not None:
                    stops.append(Stop(reason="goal", condition=goal))
                elif "stop_on" in model.model_fields_set:
                    self._wrong(("stop_on", number), "`goal` needs a `goal:` of the campaign")
                continue
            condition = self._expression(("stop_on", number), text)
            if condition is not None:
                stops.append(Stop(reason=text[:200], condition=condition))
        return stops

    def _optional(
        self, place: Place, text: str | None, steps: tuple[str, ...], arms: tuple[str, ...]
    ) -> Expression | None:
        return None if text is None else self._expression(place, text, steps, arms)

    def _expression(
        self, place: Place, text: str, steps: tuple[str, ...] = (), arms: tuple[str, ...] = ()
    ) -> Expression | None:
        try:
            return parse(text, steps=steps, arms=arms)
        except ExpressionError as error:
            self._wrong(place, str(error))
            return None

    def _known(self, path: Place, what: str, name: str, names: list[str]) -> bool:
        if name in names:
            return True
        self._wrong(path, f"there is no {what} `{name}`{did_you_mean(name, names)}")
        return False

    def _wrong(self, path: Place, text: str) -> None:
        self.problems.append(self.source.problem(path, text))


def _arms(programs: dict[str, Program]) -> tuple[str, ...]:
    splits = (node.model for program in programs.values() for node in program.nodes)
    return tuple(arm for split in splits if isinstance(split, SplitStep) for arm in split.arms)


def _is_answer(name: str) -> bool:
    return name.startswith("answers.")
