"""A workspace is loaded as a whole, or refused with every mistake of every file."""

from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from aftershow.errors import WorkspaceError
from aftershow.workspace.workspace import load_workspace
from aftershow.workspace.yaml.yaml_file import YamlFile

Folder = Callable[[Mapping[str, str]], Path]

SETTINGS = """
company: {name: Example Pumps, address: Springfield}
public_url: https://mail.example.com
timezone: America/Chicago
from: {name: Example Pumps, email: hello@example.com}
team:
  dana: {name: Dana Cole, email: dana@example.com, aliases: [DCole, "D. Cole"]}
  minh: {name: Minh Tran, email: minh@example.com}
"""
FILES = {
    "config/aftershow.yaml": SETTINGS,
    "config/shows/expo.yaml": "show: expo\nname: Expo\ntimezone: America/Chicago\nowner: dana\n",
    "config/segments.yaml": "segments:\n  a-leads:\n    where: grade == 'A'\n    show: expo\n",
    "config/campaigns/thanks.yaml": "campaign: thanks\nanything: goes\n",
    "config/campaigns/thanks.test.yaml": "given: []\n",
}


def problems_of(root: Path) -> list[str]:
    with pytest.raises(WorkspaceError) as caught:
        load_workspace(root)
    return [str(problem) for problem in caught.value.problems]


def test_a_workspace_holds_what_its_files_say(folder: Folder) -> None:
    """Settings, shows and segments are read; campaigns are kept as they stand, their tests are left alone."""
    root = folder(FILES)
    workspace = load_workspace(root)
    assert (workspace.root, workspace.templates) == (root.resolve(), root.resolve() / "templates")
    assert workspace.settings.company.name == "Example Pumps"
    assert workspace.shows["expo"].owner == "dana"
    assert workspace.segments["a-leads"].where == "grade == 'A'"
    assert {name: source.data["anything"] for name, source in workspace.campaign_sources.items()} == {
        "thanks": "goes"
    }
    assert workspace.settings_source.line_of(("team", "dana")) == 6


def test_the_line_of_a_condition_can_be_said_later(folder: Folder) -> None:
    """The expression language, which reads `where` elsewhere, names the line in segments.yaml."""
    source = load_workspace(folder(FILES)).segments_source
    assert isinstance(source, YamlFile)
    problem = source.problem(("segments", "a-leads", "where"), "unknown name")
    assert str(problem) == "config/segments.yaml:3: segments.a-leads.where: unknown name"


def test_settings_alone_are_a_workspace(folder: Folder) -> None:
    """Shows, segments and campaigns may come later."""
    workspace = load_workspace(folder({"config/aftershow.yaml": SETTINGS}))
    assert (workspace.shows, workspace.segments, workspace.segments_source, workspace.campaign_sources) == (
        {},
        {},
        None,
        {},
    )


@pytest.mark.parametrize(
    ("written", "key"),
    [
        ("dana", "dana"),
        ("DCOLE", "dana"),
        (" d. cole ", "dana"),
        ("minh tran", "minh"),
        ("Minh", "minh"),
        ("jonas", None),
        ("", None),
        (None, None),
    ],
)
def test_a_rep_is_found_as_scanners_write_them(folder: Folder, written: str | None, key: str | None) -> None:
    """Key, name and aliases mean the rep, in any case; nobody is guessed."""
    workspace = load_workspace(folder(FILES))
    rep = workspace.rep(written)
    assert workspace.rep_key(written) == key
    assert rep == (workspace.settings.team[key] if key else None)


@pytest.mark.parametrize(
    ("configured", "environ", "url"),
    [
        (None, {}, "sqlite:///ROOT/aftershow.db"),
        (None, {"AFTERSHOW_DATABASE_URL": ""}, "sqlite:///ROOT/aftershow.db"),
        ("sqlite:///data/leads.db", {}, "sqlite:///ROOT/data/leads.db"),
        ("sqlite+pysqlite:///data/leads.db", {}, "sqlite+pysqlite:///ROOT/data/leads.db"),
        ("sqlite:////var/leads.db", {}, "sqlite:////var/leads.db"),
        ("sqlite:///:memory:", {}, "sqlite:///:memory:"),
        ("sqlite://", {}, "sqlite://"),
        ("postgresql://h/leads", {}, "postgresql://h/leads"),
        ("postgresql://h/leads", {"AFTERSHOW_DATABASE_URL": "sqlite:///x.db"}, "sqlite:///ROOT/x.db"),
    ],
)
def test_the_database_is_that_of_the_environment_then_of_the_settings(
    folder: Folder, configured: str | None, environ: dict[str, str], url: str
) -> None:
    """The environment goes before the settings, and relative SQLite files lie in the workspace."""
    line = f"database: '{configured}'\n" if configured else ""
    root = folder({"config/aftershow.yaml": SETTINGS + line})
    assert load_workspace(root, environ).database_url == url.replace("ROOT", root.resolve().as_posix())


def test_without_settings_there_is_no_workspace(tmp_path: Path) -> None:
    """An empty folder says how to make a workspace, or to point to one."""
    assert problems_of(tmp_path / "nowhere") == [
        "config/aftershow.yaml: there is no such file: `aftershow init DIR` makes a workspace, "
        "`--workspace DIR` points to one"
    ]


def test_every_mistake_of_every_file_comes_at_once(folder: Folder) -> None:
    """Syntax, keys, values, file names and references are said together, by file and line."""
    root = folder(
        {
            "config/aftershow.yaml": SETTINGS.replace("timezone: America/Chicago", "timezone: Chicago"),
            "config/shows/expo.yaml": "show: exop\nname: Expo\ntimezone: America/Chicago\n",
            "config/shows/broken.yaml": "show: broken\n\tname: x\n",
            "config/shows/form.yml": "show: form\n",
            "config/segments.yaml": "segments:\n"
            "  a: {where: x, show: exop}\n"
            "  b: {where: x, show: broken}\n"
            "  c: {wehre: x}\n",
            "config/campaigns/thanks.yaml": "campaign: [a\n",
        }
    )
    assert problems_of(root) == [
        "config/aftershow.yaml:3: timezone: expected a time zone such as America/Chicago, found `Chicago`: "
        "did you mean `America/Chicago`?",
        "config/campaigns/thanks.yaml:1: a bracket is not closed",
        "config/segments.yaml:4: segments.c: missing key `where`",
        "config/segments.yaml:4: segments.c.wehre: unknown key `wehre`: did you mean `where`?",
        "config/shows/broken.yaml:2: a tab stands where YAML wants spaces",
        "config/shows/expo.yaml:1: show: `exop` stands in expo.yaml: make the two names equal",
        "config/shows/form.yml: this file is not read: there are config/aftershow.yaml, "
        "config/segments.yaml, "
        "config/shows/*.yaml and config/campaigns/*.yaml",
    ]


def test_names_that_lead_nowhere_get_the_likely_one(folder: Folder) -> None:
    """A segment's show and a show's owner must be there; a file with other mistakes still counts as there."""
    root = folder(
        FILES
        | {
            "config/shows/expo.yaml": "show: expo\nname: Expo\ntimezone: America/Chicago\nowner: dnaa\n",
            "config/shows/form.yaml": "show: form\n",
            "config/segments.yaml": "segments:\n  a: {where: x, show: expoo}\n  b: {where: x, show: form}\n",
        }
    )
    assert problems_of(root) == [
        "config/segments.yaml:2: segments.a.show: no show `expoo`: did you mean `expo`?",
        "config/shows/expo.yaml:4: owner: nobody in `team:` is `dnaa`: did you mean `dana`?",
        "config/shows/form.yaml:1: missing key `name`",
        "config/shows/form.yaml:1: missing key `timezone`",
    ]


@pytest.mark.parametrize(
    "file", ["config/segment.yaml", "config/show/expo.yaml", "config/shows/2026/expo.yaml"]
)
def test_a_file_in_the_wrong_place_is_not_passed_over(folder: Folder, file: str) -> None:
    """A misspelt file name is a mistake like a misspelt key."""
    assert problems_of(folder(FILES | {file: "a: 1\n"})) == [
        f"{file}: this file is not read: there are config/aftershow.yaml, config/segments.yaml, "
        "config/shows/*.yaml and config/campaigns/*.yaml"
    ]


def test_what_an_editor_leaves_behind_is_passed_over(folder: Folder) -> None:
    """Hidden files, backups and folders are no campaigns."""
    root = folder(
        FILES
        | {
            "config/.segments.yaml": "a: b: c\n",
            "config/campaigns/.thanks.yaml": "a: b: c\n",
            "config/campaigns/thanks.yaml~": "a: b: c\n",
            "config/shows/old.yaml/readme.txt": "x\n",
        }
    )
    assert list(load_workspace(root).campaign_sources) == ["thanks"]
