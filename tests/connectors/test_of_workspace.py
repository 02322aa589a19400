"""A workspace may bring connectors of its own, which are found like ours."""

import json
from pathlib import Path

import pytest

import connectors
from aftershow.errors import UsageError, WorkspaceError
from aftershow.ports import Receipt
from aftershow.words.channels import Channel
from tests.connectors.rig import a_letter
from tests.promises.conftest import SETTINGS

EXAMPLE = (Path(__file__).parent / "workspace/connectors/example_carrier.py").read_text()


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    """A workspace with the example."""
    (tmp_path / "w" / "connectors").mkdir(parents=True)
    (tmp_path / "w" / "loft").mkdir()
    (tmp_path / "w" / "connectors" / "example_carrier.py").write_text(EXAMPLE)
    return tmp_path / "w"


def refused(workspace: Path, name: str = "example_carrier", channel: Channel = Channel.LETTER) -> str:
    """Return why a connector can't be opened."""
    with pytest.raises((UsageError, WorkspaceError)) as caught:
        connectors.open_sender({"connector": name}, channel, workspace)
    return str(caught.value)


def test_it_is_found_and_sends(workspace: Path) -> None:
    """Its file name is its name in the YAML; paths start at its workspace, and no other has it."""
    assert connectors.names(workspace) == sorted([*connectors.names(), "example_carrier"])
    sender = connectors.open_sender({"connector": "example_carrier"}, Channel.LETTER, workspace)
    assert list(sender.send([a_letter()])) == [
        Receipt(key="message-1", accepted=True, provider_id="message-1")
    ]
    assert (workspace / "loft/message-1.txt").is_file()
    assert "There is no connector `example_carrier`" in refused(workspace / "loft")
    assert "can't carry text, only letter" in refused(workspace, channel=Channel.TEXT)
    assert "Did you mean `example_carrier`" in refused(workspace, "exampel_carrier")


def test_two_workspaces_with_one_name(workspace: Path, tmp_path: Path) -> None:
    """Each has its own, also in one process."""
    other = tmp_path / "other" / "connectors"
    other.mkdir(parents=True)
    (other / "example_carrier.py").write_text(EXAMPLE.replace("Channel.LETTER", "Channel.CALL"))
    assert "only letter" in refused(workspace, channel=Channel.TEXT)
    assert "only call" in refused(other.parent, channel=Channel.TEXT)


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ("def Settings(:", "connectors/example_carrier.py: can't be loaded: SyntaxError"),
        ("import no_such_package", "ModuleNotFoundError: No module named 'no_such_package'"),
        ("1 / 0", "ZeroDivisionError"),
        ("import sys; sys.exit(3)", "SystemExit: 3"),
        ("", "has no class `Settings`"),
        (EXAMPLE.replace("class Settings(ConnectorSettings)", "class Settings"), "has no class `Settings`"),
        (EXAMPLE.replace("class Connector:", "class Carrier:"), "has no class `Connector`"),
        (EXAMPLE.replace("def close", "def shut"), "`Connector` lacks close"),
        (EXAMPLE.replace("settings: Settings, workspace", "workspace"), "`def __init__(self, settings, work"),
    ],
)
def test_a_broken_one_is_named(content: str, says: str, workspace: Path) -> None:
    """What is wrong in which file is said in a line; once it is corrected, it is read again."""
    (workspace / "connectors" / "example_carrier.py").write_text(content)
    assert says in refused(workspace)


def test_the_name_of_one_of_ours_is_refused(workspace: Path) -> None:
    """A file can't take the place of a connector that comes with Aftershow, unseen."""
    (workspace / "connectors" / "outbox.py").write_text(EXAMPLE)
    assert "connectors/outbox.py: has the name" in refused(workspace, "outbox")


@pytest.mark.parametrize("link", ["connectors/example_carrier.py", "connectors"])
def test_none_comes_from_outside(link: str, workspace: Path, tmp_path: Path) -> None:
    """A link out of the workspace is refused before anything of it is run, be it the file or the folder."""
    outside = tmp_path / "outside"
    (workspace / "connectors").rename(outside)
    (outside / "example_carrier.py").write_text("raise SystemExit")
    if link == "connectors":
        (workspace / link).symlink_to(outside)
    else:
        (workspace / "connectors").mkdir()
        (workspace / link).symlink_to(outside / "example_carrier.py")
    assert "a link leads out of the workspace" in refused(workspace)


@pytest.mark.parametrize(
    "name",
    [
        "../example_carrier",
        "_example_carrier",
        "connectors.example_carrier",
        "/tmp/example_carrier",
        "__init__",
    ],
)
def test_a_name_is_no_path(name: str, workspace: Path) -> None:
    """Only a file of that folder can be named."""
    for file in ("example_carrier.py", "connectors/_example_carrier.py"):
        (workspace / file).write_text("raise SystemExit")
    assert "There is no connector" in refused(workspace, name)


def test_a_file_that_is_passed_over_is_told_why(workspace: Path) -> None:
    """Whoever looks at the file reads why it is no connector."""
    (workspace / "connectors/_carrier.py").write_text(EXAMPLE)
    assert "does not begin with `_`" in refused(workspace, "_carrier")
    (workspace / "connectors/__init__.py").touch()
    assert "delete that one" in refused(workspace)
    assert "passed over" not in refused(workspace, "carrier")


def test_our_own_folder_is_no_workspaces() -> None:
    """In a checkout of Aftershow, which is a workspace as well, our connectors are ours."""
    root = Path(connectors.__file__).parents[1]
    assert connectors.names(root) == connectors.names()
    assert connectors.open_sender({"connector": "outbox"}, Channel.LETTER, root)


def test_check_reads_it(workspace: Path) -> None:
    """`aftershow check` tells of a setting that does not fit, at its line."""
    from aftershow.rehearsal.checking import check

    (workspace / "config").mkdir()
    letter = {"letter": {"connector": "example_carrier", "lofd": "x"}}
    (workspace / "config/aftershow.yaml").write_text(f"{SETTINGS.lstrip()}channels: {json.dumps(letter)}\n")
    (problem,) = check(workspace, {}, connectors.check_settings).problems
    assert (problem.file, problem.line, "channels.letter.lofd" in problem.text) == (
        "config/aftershow.yaml",
        5,
        True,
    )


def test_check_tells_of_a_broken_file_once(workspace: Path) -> None:
    """However many channels name it; and a channel's own mistake has its path once."""
    from aftershow.rehearsal.checking import check

    (workspace / "config").mkdir()
    example = {"connector": "example_carrier"}
    channels = {"letter": example, "call": example, "text": {"connector": "smtp"}}
    (workspace / "config/aftershow.yaml").write_text(f"{SETTINGS.lstrip()}channels: {json.dumps(channels)}\n")
    (workspace / "connectors" / "example_carrier.py").write_text("1 / 0")
    unfit, broken = sorted(map(str, check(workspace, {}, connectors.check_settings).problems))
    assert broken.startswith("connectors/example_carrier.py: can't be loaded: ZeroDivisionError")
    assert unfit.count("channels.text: ") == 1
