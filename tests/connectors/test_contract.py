"""What every connector keeps, whoever wrote it; a new file in connectors/ is tested here without a change.

Its own tests/connectors/test_NAME.py has a context manager `rig(folder, monkeypatch)` that yields a Rig. Of a
connector that a workspace brings, WORKSPACE/tests/test_NAME.py has it: the suite runs over those of the
workspace that AFTERSHOW_TEST_CONNECTORS names, and always over the one of tests/connectors/workspace/.
"""

import ast
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from shutil import copytree
from types import ModuleType
from typing import Any

import pytest

import connectors
from aftershow.errors import DeliveryError, OutcomeUnknownError, PermanentError, TemporaryError, UsageError
from aftershow.ports import ConnectorSettings, DeliveryOutcome, Receipt, Rendered, Sender
from aftershow.words.channels import Channel
from connectors._of_workspace import brought
from tests.connectors.rig import SECRET_OF_A_PERSON, Rig, a_message

PROJECT = Path(connectors.__file__).parents[1]
OURS = connectors.names()
#: The workspaces whose connectors are tested, too.
WORKSPACES = [
    Path(__file__).parent / "workspace",
    *(Path(folder) for folder in [os.environ.get("AFTERSHOW_TEST_CONNECTORS")] if folder),
]
BROUGHT = {name: root for root in WORKSPACES for name in brought(root) if name not in OURS}
NAMES = [*OURS, *BROUGHT]


def module_of(name: str) -> Any:
    """Return a connector's module, as `open_sender` finds it."""
    return sys.modules[connectors.settings_type(name, BROUGHT.get(name)).__module__]


CARRIED = [
    pytest.param(name, channel, id=f"{name}-{channel}")
    for name in NAMES
    for channel in sorted(module_of(name).Connector.channels)
]


def file_of(name: str) -> Path:
    """Return a connector's file."""
    return BROUGHT.get(name, PROJECT) / "connectors" / f"{name}.py"


def rig_file(name: str) -> Path:
    """Return the file that has a connector's rig."""
    return (BROUGHT[name] / "tests" if name in BROUGHT else Path(__file__).parent) / f"test_{name}.py"


def section_of(name: str) -> str:
    """Return what docs/connectors.md says under a connector's heading."""
    _, heading, after = (PROJECT / "docs/connectors.md").read_text("utf-8").partition(f"\n## {name}\n")
    if not heading:
        pytest.fail(f"docs/connectors.md has no heading `## {name}`")
    return after.partition("\n## ")[0]


def loaded(file: Path) -> ModuleType:
    if not file.is_file():
        pytest.fail(f"there is no {file}, with a function `rig`; see tests/connectors/test_outbox.py")
    spec = spec_from_file_location(f"rig_of_{file.stem}", file)
    assert spec is not None
    assert spec.loader is not None
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    if not hasattr(module, "rig"):
        pytest.fail(f"{file} has no function `rig`; see tests/connectors/test_outbox.py")
    return module


@pytest.fixture(params=NAMES)
def name(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def rig(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Rig]:
    if name in BROUGHT:
        copytree(file_of(name).parent, tmp_path / "connectors")
    with loaded(rig_file(name)).rig(tmp_path, monkeypatch) as rig:
        yield rig


@pytest.fixture
def sender(rig: Rig, channel: Channel, tmp_path: Path) -> Iterator[Sender]:
    with closing(connectors.open_sender(rig.settings, channel, tmp_path)) as sender:
        yield sender


def window(channel: Channel, size: int) -> list[Rendered]:
    return [a_message(channel, number) for number in range(1, size + 1)]


def assert_discreet(text: str, rig: Rig, messages: list[Rendered]) -> None:
    """Assert that a text for people and logs gives away neither a secret nor who was written to."""
    people = [part for message in messages for part in (message.to, message.to.partition("@")[0])]
    for hidden in [*people, SECRET_OF_A_PERSON, *rig.secrets.values()]:
        assert hidden.lower() not in text.lower()


@pytest.mark.parametrize("root", WORKSPACES, ids=str)
def test_a_workspace_brings_connectors_with_names_of_their_own(root: Path) -> None:
    """What is passed over is not passed: neither an empty folder, nor a name that another connector has."""
    assert brought(root), f"{root}/connectors has no connector"
    taken = [name for name in brought(root) if BROUGHT.get(name) != root]
    assert not taken, f"{root}/connectors: another connector has the name {', '.join(taken)}"


def test_one_name_on_every_side(name: str) -> None:
    """The provider's name is the code file, the test file, the docs' heading and the value in the YAML."""
    assert issubclass(module_of(name).Settings, ConnectorSettings)
    assert loaded(rig_file(name)).rig
    if name in OURS:
        assert section_of(name)


def test_every_setting_and_secret_is_in_the_docs(name: str, rig: Rig) -> None:
    """Whoever reads docs/connectors.md finds each key and each environment variable under the heading."""
    if name in BROUGHT:
        pytest.skip("how a workspace describes its connectors is its own matter")
    text = section_of(name)
    fields = connectors.settings_type(name).model_fields
    keys = {field.alias or key for key, field in fields.items()} - {"connector"}
    assert [key for key in sorted(keys | set(rig.secrets)) if f"`{key}`" not in text] == []


def test_it_knows_the_ports_alone(name: str) -> None:
    """A connector imports of Aftershow the ports, errors and words, and of connectors its own helpers."""
    tree = ast.parse(file_of(name).read_text("utf-8"))
    imported = {node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    imported |= {
        alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names
    }
    ours = {module for module in imported if module.split(".")[0] in ("aftershow", "connectors", "flows")}
    known = re.compile(rf"aftershow\.(?:ports|errors|words(?:\..+)?)|connectors\._{name}(?:_.+)?")
    assert {module for module in ours if not known.fullmatch(module)} == set()


def test_an_unknown_key_is_refused(name: str, rig: Rig, tmp_path: Path) -> None:
    """A key that the connector does not have is named, and its value, maybe a password, is not repeated."""
    settings = {**rig.settings, "passwort": "hunter2"}
    channel = min(module_of(name).Connector.channels)
    with pytest.raises(UsageError, match=rf"channels\.{channel}\.passwort") as caught:
        connectors.open_sender(settings, channel, tmp_path)
    assert "hunter2" not in str(caught.value)


def test_settings_are_frozen(name: str, rig: Rig) -> None:
    """Settings can't change under a sender that is open."""
    settings = connectors.settings_type(name, BROUGHT.get(name)).model_validate(dict(rig.settings))
    with pytest.raises(ValueError, match="frozen"):
        settings.connector = "other"


def test_it_refuses_what_it_does_not_carry(name: str, rig: Rig, tmp_path: Path) -> None:
    """A channel that the connector does not carry is refused before anything is opened."""
    carried = module_of(name).Connector.channels
    assert carried
    assert carried <= set(Channel)
    for channel in set(Channel) - carried:
        with pytest.raises(UsageError, match=f"`{name}` can't carry {channel}"):
            connectors.open_sender(rig.settings, channel, tmp_path)


def test_a_missing_secret_is_named(
    name: str, rig: Rig, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without its secret a connector does not open, and says which environment variable to set."""
    channel = min(module_of(name).Connector.channels)
    for variable in rig.secrets:
        with monkeypatch.context() as patch:
            patch.delenv(variable)
            with pytest.raises(UsageError, match=variable):
                connectors.open_sender(rig.settings, channel, tmp_path)


@pytest.mark.parametrize(("name", "channel"), CARRIED)
def test_one_receipt_each_in_order(sender: Sender, channel: Channel) -> None:
    """Every message has its own receipt, in the order of the messages, over several windows."""
    for messages in (window(channel, 3), window(channel, 5)[3:], []):
        outcomes = list(sender.send(messages))
        assert all(isinstance(outcome, Receipt) and outcome.accepted for outcome in outcomes)
        assert [outcome.key for outcome in outcomes if isinstance(outcome, Receipt)] == [
            message.key for message in messages
        ]


@pytest.mark.parametrize(("name", "channel"), CARRIED)
def test_a_refused_person_is_a_receipt(sender: Sender, rig: Rig, channel: Channel) -> None:
    """Who is refused gets a receipt whose reason does not tell who it was; the others are sent."""
    if rig.refuse is None:
        pytest.skip("this provider never refuses a person")
    messages = window(channel, 3)
    rig.refuse(messages[1].to)
    outcomes = list(sender.send(messages))
    assert [isinstance(outcome, Receipt) and outcome.accepted for outcome in outcomes] == [True, False, True]
    refused = outcomes[1]
    assert isinstance(refused, Receipt)
    assert refused.reason
    assert_discreet(refused.reason, rig, messages)


@pytest.mark.parametrize("error", [TemporaryError, OutcomeUnknownError, PermanentError])
@pytest.mark.parametrize(("name", "channel"), CARRIED)
def test_a_failure_says_what_to_do_next(
    sender: Sender, rig: Rig, channel: Channel, error: type[DeliveryError], tmp_path: Path
) -> None:
    """A provider's failure is the error of its kind in place of a receipt, without secrets and people's data.

    After a PermanentError nothing more is begun: what was, at most one message on each connection, comes to
    its outcome. In any case no message has more than one.
    """
    if error not in rig.failures:
        pytest.skip(f"this connector never gives {error.__name__}")
    at_once = getattr(connectors.check_settings(rig.settings, channel, tmp_path), "connections", 1)
    messages = window(channel, at_once + 2)
    rig.failures[error]()
    outcomes: list[DeliveryOutcome] = list(sender.send(messages))
    assert type(outcomes[0]) is error
    assert 1 <= len(outcomes) <= (at_once if error is PermanentError else len(messages))
    for outcome in outcomes:
        assert_discreet(f"{outcome} {outcome!r}", rig, messages)


@pytest.mark.parametrize(("name", "channel"), CARRIED)
def test_secrets_stay_inside(sender: Sender, rig: Rig, name: str, channel: Channel) -> None:
    """Neither the settings nor the sender show a secret when they are printed."""
    settings = connectors.settings_type(name, BROUGHT.get(name)).model_validate(dict(rig.settings))
    list(sender.send(window(channel, 1)))
    assert_discreet(f"{settings} {settings!r} {sender} {sender!r}", rig, window(channel, 1))


@pytest.mark.parametrize(("name", "channel"), CARRIED)
@pytest.mark.parametrize("sent", [0, 1])
def test_close_twice_is_fine(sender: Sender, channel: Channel, sent: int) -> None:
    """A sender can be closed unused, used and once more."""
    assert len(list(sender.send(window(channel, sent)))) == sent
    sender.close()
    sender.close()


def test_looking_around_is_cheap() -> None:
    """Listing the connectors and reading their settings loads no provider's client and no database."""
    heavy = ("twilio.rest", "requests", "prefect", "sqlalchemy", "jinja2")
    code = (
        "import sys, connectors\n"
        "for name in connectors.names():\n"
        "    connectors.settings_type(name).model_json_schema()\n"
        f"print([module for module in {heavy!r} if module in sys.modules])"
    )
    run = subprocess.run(
        [sys.executable, "-c", code], cwd=PROJECT, capture_output=True, text=True, check=True
    )
    assert run.stdout.strip() == "[]"
