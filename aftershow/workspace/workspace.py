"""The marketer's folder as a whole: settings, shows, segments and campaigns that fit together."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path, PurePosixPath
from typing import TypeVar

from aftershow.errors import Problem, WorkspaceError
from aftershow.workspace.segments import Segment, Segments
from aftershow.workspace.settings import Rep, Settings
from aftershow.workspace.shows import Show
from aftershow.workspace.yaml.inside import leads_out
from aftershow.workspace.yaml.model import Model
from aftershow.workspace.yaml.wording import did_you_mean
from aftershow.workspace.yaml.yaml_file import YamlFile, collect

SETTINGS = "config/aftershow.yaml"
SEGMENTS = "config/segments.yaml"
SHOWS = "config/shows"
CAMPAIGNS = "config/campaigns"
#: What a marketer writes to test a campaign; not a campaign itself.
TESTS = ".test.yaml"

M = TypeVar("M", bound=Model)


@dataclass(frozen=True, kw_only=True, slots=True)
class Workspace:
    """What marketers wrote, checked, but for campaigns and templates, which others read."""

    #: absolute
    root: Path
    settings: Settings
    settings_source: YamlFile
    #: by key
    shows: Mapping[str, Show]
    #: by name
    segments: Mapping[str, Segment]
    #: None without config/segments.yaml
    segments_source: YamlFile | None
    #: by file name without .yaml; YAML that was read, but not yet checked
    campaign_sources: Mapping[str, YamlFile]
    #: holds a folder for each message
    templates: Path
    #: from the environment, the settings, or the default; relative SQLite files lie in `root`
    database_url: str

    def rep(self, name: str | None) -> Rep | None:
        """Return the rep whom `name` means: a key, a name or an alias, in any case; None when nobody does."""
        key = self.rep_key(name)
        return self.settings.team[key] if key else None

    def rep_key(self, name: str | None) -> str | None:
        """Return the key in `team:` of the rep whom `name` means, as `rep` does."""
        wanted = (name or "").strip().casefold()
        for key, rep in self.settings.team.items():
            if wanted in (known.casefold() for known in (key, rep.name, *rep.aliases)):
                return key
        return None


def load_workspace(root: Path, environ: Mapping[str, str] | None = None) -> Workspace:
    """Read everything under `root`/config.

    `environ` may hold AFTERSHOW_DATABASE_URL, which goes before the settings.
    Raises WorkspaceError with every mistake of every file.
    """
    root = root.resolve()
    problems = _files_nobody_reads(root)
    settings_source = collect(problems, lambda: _settings_source(root))
    settings = _read(problems, settings_source, Settings)
    show_sources = _sources(problems, root, SHOWS)
    shows = {name: show for name, source in show_sources.items() if (show := _read(problems, source, Show))}
    segments_source = _optional(problems, root, SEGMENTS)
    segments = _read(problems, segments_source, Segments)
    campaign_sources = _sources(problems, root, CAMPAIGNS)

    problems += _misnamed_shows(shows, show_sources)
    if segments and segments_source:
        problems += _unknown_shows(segments, segments_source, {_name(file) for file in _files(root, SHOWS)})
    if settings:
        problems += _unknown_owners(shows, show_sources, settings)
    if problems or not settings or not settings_source:
        raise WorkspaceError(sorted(problems, key=lambda problem: (problem.file, problem.line or 0)))
    return Workspace(
        root=root,
        settings=settings,
        settings_source=settings_source,
        shows=shows,
        segments=segments.segments if segments else {},
        segments_source=segments_source,
        campaign_sources=campaign_sources,
        templates=root / "templates",
        database_url=_database_url(root, (environ or {}).get("AFTERSHOW_DATABASE_URL") or settings.database),
    )


def _settings_source(root: Path) -> YamlFile:
    if not (root / SETTINGS).is_file():
        text = (
            "there is no such file: `aftershow init DIR` makes a workspace, `--workspace DIR` points to one"
        )
        raise WorkspaceError([Problem(file=SETTINGS, text=text)])
    return YamlFile.load(root, SETTINGS)


def _optional(problems: list[Problem], root: Path, file: str) -> YamlFile | None:
    return collect(problems, lambda: YamlFile.load(root, file)) if (root / file).is_file() else None


def _read(problems: list[Problem], source: YamlFile | None, model: type[M]) -> M | None:
    return collect(problems, lambda: source.read(model)) if source else None


def _sources(problems: list[Problem], root: Path, folder: str) -> dict[str, YamlFile]:
    sources = {}
    for file in _files(root, folder):
        if source := collect(problems, partial(YamlFile.load, root, file)):
            sources[_name(file)] = source
    return sources


def _files(root: Path, folder: str) -> list[str]:
    names = sorted(path.name for path in (root / folder).glob("*.yaml") if path.is_file())
    return [f"{folder}/{name}" for name in names if not name.startswith(".") and not name.endswith(TESTS)]


def _name(file: str) -> str:
    return PurePosixPath(file).stem


def _misnamed_shows(shows: Mapping[str, Show], sources: Mapping[str, YamlFile]) -> list[Problem]:
    return [
        sources[name].problem(("show",), f"`{show.show}` stands in {name}.yaml: make the two names equal")
        for name, show in shows.items()
        if show.show != name
    ]


def _files_nobody_reads(root: Path) -> list[Problem]:
    """A misspelt file name is a mistake like a misspelt key."""
    read = {SETTINGS, SEGMENTS}
    found = (
        path.relative_to(root)
        for path in (root / "config").rglob("*.y*ml")
        if path.is_file() and not leads_out(root, path)
    )
    unread = (
        path.as_posix()
        for path in found
        if path.as_posix() not in read
        and not path.name.startswith(".")
        and not (path.suffix == ".yaml" and path.parent.as_posix() in (SHOWS, CAMPAIGNS))
    )
    text = f"this file is not read: there are {SETTINGS}, {SEGMENTS}, {SHOWS}/*.yaml and {CAMPAIGNS}/*.yaml"
    return [Problem(file=file, text=text) for file in sorted(unread)]


def _unknown_shows(segments: Segments, source: YamlFile, known: set[str]) -> list[Problem]:
    return [
        source.problem(
            ("segments", name, "show"), f"no show `{segment.show}`{did_you_mean(segment.show, known)}"
        )
        for name, segment in segments.segments.items()
        if segment.show and segment.show not in known
    ]


def _unknown_owners(
    shows: Mapping[str, Show], sources: Mapping[str, YamlFile], settings: Settings
) -> list[Problem]:
    team = settings.team
    return [
        sources[name].problem(
            ("owner",), f"nobody in `team:` is `{show.owner}`{did_you_mean(show.owner, team)}"
        )
        for name, show in shows.items()
        if show.owner and show.owner not in team
    ]


def _database_url(root: Path, url: str | None) -> str:
    match = re.fullmatch(r"(sqlite(?:\+\w+)?:///)(?!/|:memory:|file:)(.+)", url or "sqlite:///aftershow.db")
    return f"{match[1]}{(root / match[2]).as_posix()}" if match else str(url)
