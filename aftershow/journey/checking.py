"""Look over a whole workspace, as `aftershow check` does: every mistake at once, each where it stands."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from aftershow.audience.expression import parse
from aftershow.content.template import load_template
from aftershow.errors import AftershowError, ContentError, ExpressionError, Problem
from aftershow.journey.campaign import Campaign, load_campaigns
from aftershow.journey.context import NAMES
from aftershow.words import Channel
from aftershow.workspace.source import collect
from aftershow.workspace.wording import did_you_mean
from aftershow.workspace.workspace import Workspace, load_workspace

#: Says what is wrong with a channel's settings by raising an AftershowError.
CheckConnector = Callable[[Mapping[str, Any], Channel], object]


@dataclass(frozen=True, kw_only=True, slots=True)
class Findings:
    """What a check found."""

    problems: list[Problem]
    #: what works, but may surprise
    warnings: list[str]
    #: how many campaigns and templates were looked at
    campaigns: int
    templates: int


def check(root: Path, environ: Mapping[str, str], check_connector: CheckConnector) -> Findings:
    """Check every YAML file and template under `root`."""
    problems: list[Problem] = []
    warnings: list[str] = []
    workspace = collect(problems, lambda: load_workspace(root, environ))
    templates = _template_names(root / "templates")
    channels = {name: _check_template(root, name, problems, warnings) for name in templates}
    campaigns: dict[str, Campaign] = {}
    if workspace is not None:
        problems += _channel_problems(workspace, check_connector) + _segment_problems(workspace)
        campaigns = collect(problems, lambda: load_campaigns(workspace)) or {}
        for campaign in campaigns.values():
            problems += _step_problems(campaign, channels)
    return Findings(problems=problems, warnings=warnings, campaigns=len(campaigns), templates=len(templates))


def _template_names(templates: Path) -> list[str]:
    """Return the folders that hold a message; `base` and _names hold what messages share."""
    folders = [entry.name for entry in templates.glob("*") if entry.is_dir()]
    return sorted(name for name in folders if name != "base" and not name.startswith((".", "_")))


def _check_template(
    root: Path, name: str, problems: list[Problem], warnings: list[str]
) -> frozenset[Channel] | None:
    """Compile one template; returns the channels it serves, None when it is broken."""
    try:
        template = load_template(root / "templates", name, names=NAMES)
    except ContentError as error:
        problems += error.problems
        return None
    warnings += template.warnings
    return frozenset(template.channels)


def _channel_problems(workspace: Workspace, check_connector: CheckConnector) -> list[Problem]:
    found = []
    for channel, settings in workspace.settings.channels.items():
        try:
            check_connector(settings, channel)
        except AftershowError as error:
            found.append(workspace.settings_source.problem(("channels", channel.value), str(error)))
    return found


def _segment_problems(workspace: Workspace) -> list[Problem]:
    found = []
    for name, segment in workspace.segments.items():
        try:
            parse(segment.where)
        except ExpressionError as error:
            assert workspace.segments_source is not None, "segments come from a file"  # noqa: S101
            found.append(workspace.segments_source.problem(("segments", name, "where"), str(error)))
    return found


def _step_problems(campaign: Campaign, channels: Mapping[str, frozenset[Channel] | None]) -> list[Problem]:
    found = []
    for number, step in enumerate(campaign.steps):
        name, place = step.model.template, ("steps", number, step.channel.value)
        if name not in channels:
            text = f"there is no folder templates/{name}{did_you_mean(name, channels)}"
            found.append(campaign.source.problem(place, text))
        elif (serves := channels[name]) is not None and step.channel not in serves:
            text = f"templates/{name} has no part for {step.channel}: it lacks {_PARTS[step.channel]}"
            found.append(campaign.source.problem(place, text))
        if step.channel not in campaign.workspace.settings.channels:
            text = f"the channel {step.channel} has no connector in config/aftershow.yaml"
            found.append(campaign.source.problem(place, text))
    return found


_PARTS = {Channel.EMAIL: "subject.txt and email.html", Channel.TEXT: "text.txt"}
