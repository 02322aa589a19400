"""Look over a whole workspace, as `aftershow check` does: every mistake at once, each where it stands."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from aftershow.audience.expression import parse
from aftershow.cache import fingerprint, recall, remember
from aftershow.campaign.campaign import Campaign
from aftershow.campaign.campaign_file import CampaignModel
from aftershow.campaign.program import sending_places
from aftershow.campaign.reading import load_campaigns
from aftershow.content.foreign import open_template
from aftershow.content.template import FILES
from aftershow.errors import AftershowError, ContentError, ExpressionError, Problem, WorkspaceError
from aftershow.messages.context import NAMES
from aftershow.privacy import is_open_to_others
from aftershow.rehearsal.trials import campaign_of, run_trial
from aftershow.signing import MAKE_ONE, why_weak
from aftershow.store.engine import database_file
from aftershow.words.channels import Channel
from aftershow.workspace.workspace import CAMPAIGNS, SHOWS, TESTS, Workspace, load_workspace
from aftershow.workspace.yaml.inside import leads_out
from aftershow.workspace.yaml.wording import did_you_mean
from aftershow.workspace.yaml.yaml_file import YamlFile, collect

#: Says what is wrong with a channel's settings in a workspace by raising an AftershowError.
CheckConnector = Callable[[Mapping[str, Any], Channel, Path], object]
#: Told what is looked at next, and how many such things there are.
Tell = Callable[[str, int], None]


@dataclass(frozen=True, kw_only=True, slots=True)
class Findings:
    """What a check found."""

    problems: list[Problem]
    #: what works, but may surprise
    warnings: list[str]
    #: how many campaigns and templates were looked at
    campaigns: int
    templates: int
    #: expectations of the marketers' own tests, and how many of them came true or not
    tests: int


def check(
    root: Path,
    environ: Mapping[str, str],
    check_connector: CheckConnector,
    *,
    tell: Tell = lambda _what, _of: None,
) -> Findings:
    """Check every YAML file and template under `root`; what was found sound before is not proved again."""
    problems: list[Problem] = []
    warnings: list[str] = []
    tests = 0
    workspace = collect(problems, lambda: load_workspace(root, environ))
    templates, test_files = _template_names(root / "templates"), _test_files(root)
    channels: dict[str, frozenset[Channel] | None] = {}
    all_told = len(templates) + len(test_files)
    for name in templates:
        tell(f"templates/{name}", all_told)
        channels[name] = _check_template(root, name, problems, warnings)
    sources = workspace.campaign_sources if workspace else _campaign_sources(root)
    for source in sources.values():
        problems += _step_problems(source, channels, workspace)
    if workspace is not None:
        problems += _channel_problems(workspace, check_connector) + _segment_problems(workspace)
        campaigns = collect(problems, lambda: load_campaigns(workspace)) or {}
        for file in test_files:
            tell(file, all_told)
            tests += _run_test(root, file, campaigns, problems)
    warnings += _open_files(root, workspace) + _linked_leads(root)
    if weakness := why_weak(environ["AFTERSHOW_SECRET"]) if "AFTERSHOW_SECRET" in environ else None:
        problems.append(Problem(file="environment", path="AFTERSHOW_SECRET", text=f"{weakness}. {MAKE_ONE}"))
    return Findings(
        problems=list(dict.fromkeys(problems)),
        warnings=warnings,
        campaigns=len(sources),
        templates=len(templates),
        tests=tests,
    )


def require_sound(campaign: Campaign) -> None:
    """Refuse a campaign whose templates are missing or broken, before anybody is enrolled in it.

    Raises WorkspaceError with every mistake.
    """
    root, problems = campaign.workspace.root, list[Problem]()
    wanted = {step.sends.template for step in campaign.message_steps}
    names = _template_names(root / "templates")
    channels = {name: _check_template(root, name, problems, []) for name in names if name in wanted}
    known = dict.fromkeys(names) | channels
    problems += _step_problems(campaign.source, known, campaign.workspace)
    if problems:
        raise WorkspaceError(problems)


def sound_campaigns(workspace: Workspace) -> list[Campaign]:
    """Return every campaign of the workspace; raises WorkspaceError as `require_sound` does."""
    campaigns = list(load_campaigns(workspace).values())
    for campaign in campaigns:
        require_sound(campaign)
    return campaigns


def _campaign_sources(root: Path) -> dict[str, YamlFile]:
    """Read what can be read of the campaigns of a workspace that is broken elsewhere."""
    files = sorted(path.relative_to(root).as_posix() for path in (root / CAMPAIGNS).glob("*.yaml"))
    sources = {
        file: collect([], partial(YamlFile.load, root, file)) for file in files if not file.endswith(TESTS)
    }
    return {file: source for file, source in sources.items() if source is not None}


def _template_names(templates: Path) -> list[str]:
    """Return the folders that hold a message; `base` and _names hold what messages share."""
    folders = [entry.name for entry in templates.glob("*") if entry.is_dir()]
    return sorted(name for name in folders if name != "base" and not name.startswith((".", "_")))


def _check_template(
    root: Path, name: str, problems: list[Problem], warnings: list[str]
) -> frozenset[Channel] | None:
    """Compile one template; returns the channels it serves, None when it is broken."""
    try:
        template = open_template(root / "templates", name, names=NAMES)
    except ContentError as error:
        problems += error.problems
        return None
    warnings += template.warnings
    return template.channels


def _channel_problems(workspace: Workspace, check_connector: CheckConnector) -> list[Problem]:
    found = []
    for channel, settings in workspace.settings.channels.items():
        try:
            check_connector(settings, channel, workspace.root)
        except WorkspaceError as error:
            found += error.problems
        except AftershowError as error:
            text = str(error).removeprefix(f"channels.{channel}: ")
            found.append(workspace.settings_source.problem(("channels", channel.value), text))
    return found


def _open_files(root: Path, workspace: Workspace | None) -> list[str]:
    """Say which files with data of people everybody on this machine may read."""
    database = database_file(workspace.database_url) if workspace else None
    files = [*(root / name for name in (".prefect", "outbox", "preview")), *filter(None, [database])]
    return [
        f"{file.name} is open to every user of this machine: chmod o-rwx {file}"
        for file in files
        if is_open_to_others(file)
    ]


def _linked_leads(root: Path) -> list[str]:
    """Say which lead files and folders are passed over because they are links out of the workspace."""
    leads = root / "leads"
    paths = [leads] if leads_out(root, leads) else sorted(leads.glob("*"))
    paths += [file for folder in paths if not leads_out(root, folder) for file in sorted(folder.glob("*"))]
    linked = [path for path in paths if leads_out(root, path)]
    text = "is a link out of the workspace, and what it leads to is not imported by itself"
    return [f"{path.relative_to(root)} {text}" for path in linked]


def _test_files(root: Path) -> list[str]:
    return sorted(path.relative_to(root).as_posix() for path in (root / CAMPAIGNS).glob(f"*{TESTS}"))


def _run_test(root: Path, file: str, campaigns: Mapping[str, Campaign], problems: list[Problem]) -> int:
    """Run a marketers' test where its campaign is sound; returns how many expectations it has."""
    name = campaign_of(file)
    if name not in campaigns:
        # Without any, they are broken, and that was said.
        if campaigns:
            text = f"it tests a campaign that is not there{did_you_mean(name, campaigns)}"
            problems.append(Problem(file=file, text=text))
        return 0
    source = collect(problems, partial(YamlFile.load, root, file))
    if source is None:
        return 0
    found = collect(problems, partial(_trial_problems, campaigns[name], source))
    if found is None:
        # It could not be read as a test, and that was said.
        return 0
    problems += found
    return len(source.data.get("expect", ()))


def _trial_problems(campaign: Campaign, source: YamlFile) -> list[Problem]:
    """Run a test, unless it came true before with all that it depends on: its clock is its own."""
    workspace = campaign.workspace
    shows = [(workspace.root / SHOWS / f"{key}.yaml").read_text("utf-8-sig") for key in workspace.shows]
    segments = workspace.segments_source.text if workspace.segments_source else ""
    others = [*workspace.shows, "campaigns", *workspace.campaign_sources]
    texts = [source.text, campaign.source.text, workspace.settings_source.text, segments, *shows]
    memory = fingerprint("trial", source.file, *texts, "named", *others)
    if recall(memory) is not None:
        return []
    problems = run_trial(campaign, source)
    if not problems:
        remember(memory, b"")
    return problems


def _segment_problems(workspace: Workspace) -> list[Problem]:
    found = []
    for name, segment in workspace.segments.items():
        try:
            parse(segment.where)
        except ExpressionError as error:
            assert workspace.segments_source is not None, "segments come from a file"  # noqa: S101
            found.append(workspace.segments_source.problem(("segments", name, "where"), str(error)))
    return found


def _step_problems(
    source: YamlFile, channels: Mapping[str, frozenset[Channel] | None], workspace: Workspace | None
) -> list[Problem]:
    """Find steps that name no template, the wrong kind of it, or a channel that nothing carries."""
    found: list[Problem] = []
    model = collect(found, lambda: source.read(CampaignModel))
    for place, step in sending_places(model) if model else ():
        name, at = step.template, (*place, step.channel.value)
        if name not in channels:
            text = f"there is no folder templates/{name}{did_you_mean(name, channels)}"
            found.append(source.problem(at, text))
        elif (serves := channels[name]) is not None and step.channel not in serves:
            lacks = " and ".join(FILES[step.channel])
            text = f"templates/{name} has no part for {step.channel}: it lacks {lacks}"
            found.append(source.problem(at, text))
        if workspace is not None and step.channel not in workspace.settings.channels:
            text = f"the channel {step.channel} has no connector in config/aftershow.yaml"
            found.append(source.problem(at, text))
    return found
