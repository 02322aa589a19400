"""Connectors are found by their file name and opened with what the YAML says."""

from pathlib import Path

import pytest

import connectors
from aftershow.errors import UsageError
from aftershow.words.channels import Channel


def test_names_are_the_files() -> None:
    """Each file of connectors/ is a connector; helpers begin with an underscore."""
    files = Path(connectors.__file__).parent.glob("[!_]*.py")
    assert connectors.names() == sorted(file.stem for file in files)


@pytest.mark.parametrize(("wrong", "meant"), [("smpt", "smtp"), ("Outbox", "outbox"), ("twillio", "twilio")])
def test_a_misspelt_name_gets_a_suggestion(wrong: str, meant: str) -> None:
    """An unknown connector is an error that guesses what was meant and lists what there is."""
    with pytest.raises(UsageError, match=f"Did you mean `{meant}`") as caught:
        connectors.settings_type(wrong)
    assert ", ".join(connectors.names()) in str(caught.value)


@pytest.mark.parametrize("name", ["_smtp_reply", "example_carrier", "__init__", "os.path", ""])
def test_what_is_no_connector_is_not_imported(name: str, tmp_path: Path) -> None:
    """Only the listed names can be opened, whatever stands in the YAML."""
    with pytest.raises(UsageError, match="There is no connector"):
        connectors.open_sender({"connector": name}, Channel.EMAIL, tmp_path)


def test_a_channel_without_a_connector_is_told_so(tmp_path: Path) -> None:
    """Settings that do not name a connector are refused with an example."""
    with pytest.raises(UsageError, match=r"channels\.email: say which connector"):
        connectors.open_sender({"folder": "here"}, Channel.EMAIL, tmp_path)


def test_every_mistake_is_told_at_once(tmp_path: Path) -> None:
    """All settings that do not fit are named, each with its path."""
    settings = {"connector": "smtp", "port": 99999, "timeout": -1}
    with pytest.raises(UsageError) as caught:
        connectors.open_sender(settings, Channel.EMAIL, tmp_path)
    paths = [line.split(":")[0] for line in str(caught.value).splitlines()]
    assert paths == ["channels.email.host", "channels.email.port", "channels.email.timeout"]
