"""The outbox keeps every message as a file."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from aftershow.errors import PermanentError
from aftershow.ports import CallBrief, Invitation, Receipt, Rendered, RenderedLetter, RenderedText
from aftershow.words.channels import Channel
from connectors import open_sender
from tests.connectors.rig import Rig, a_text, an_email


@contextmanager
def rig(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Rig]:
    """An outbox in a folder of the test; its only failure is a folder that can't be written."""
    yield Rig(
        settings={"connector": "outbox"},
        failures={PermanentError: lambda: (folder / "outbox").write_text("a file where a folder should be")},
    )


def test_an_email_is_kept_byte_by_byte(tmp_path: Path) -> None:
    """The .eml file is the message as it would be sent, and the receipt says where it is."""
    message = an_email(mime=b"Subject: dots\r\n\r\n.\r\n..two\r\n\xe4 not even 7-bit\r\nno end")
    outbox = open_sender({"connector": "outbox"}, Channel.EMAIL, tmp_path)
    assert list(outbox.send([message])) == [
        Receipt(key="message-1", accepted=True, provider_id="email/message-1.eml")
    ]
    assert (tmp_path / "outbox/email/message-1.eml").read_bytes() == message.mime


READABLE: list[tuple[Rendered, str]] = [
    (
        RenderedText(key="message-1", to="+15550100001", body="Grüße,\nAna", segments=2),
        "To: +15550100001\nSegments: 2\n\nGrüße,\nAna\n",
    ),
    (
        RenderedLetter(
            key="message-1",
            to="Ringstraße 1, 70173 Stuttgart, DE",
            recipient=("Ana Kovač", "Ringstraße 1", "70173 Stuttgart", "Germany"),
            body="Dear Ana,\n\nthank you.",
        ),
        "To: Ana Kovač\n    Ringstraße 1\n    70173 Stuttgart\n    Germany\n\nDear Ana,\n\nthank you.\n",
    ),
    (
        CallBrief(key="message-1", to="+15550100001", body="When do they decide?"),
        "To: +15550100001\n\nWhen do they decide?\n",
    ),
    (
        Invitation(key="message-1", to="ana@example.com", subject="A visit?", body="May we come?"),
        "To: ana@example.com\nSubject: A visit?\n\nMay we come?\n",
    ),
]


@pytest.mark.parametrize(("message", "expected"), READABLE, ids=[m.channel.value for m, _ in READABLE])
def test_it_can_be_read(message: Rendered, expected: str, tmp_path: Path) -> None:
    """The .txt file shows whom it goes to, what the provider would be told besides, and the words."""
    name = f"{message.channel}/message-1.txt"
    outbox = open_sender({"connector": "outbox"}, message.channel, tmp_path)
    assert list(outbox.send([message])) == [Receipt(key="message-1", accepted=True, provider_id=name)]
    assert (tmp_path / "outbox" / name).read_text("utf-8") == expected


@pytest.mark.parametrize("folder", ["kept/mails", "/absolute"])
def test_the_folder_can_be_chosen(tmp_path: Path, folder: str) -> None:
    """`folder` starts at the workspace, unless it is absolute."""
    chosen = str(tmp_path / folder[1:]) if folder.startswith("/") else folder
    outbox = open_sender({"connector": "outbox", "folder": chosen}, Channel.EMAIL, tmp_path / "workspace")
    list(outbox.send([an_email()]))
    assert ((tmp_path / "workspace" / chosen) / "email/message-1.eml").is_file()


def test_the_same_message_may_come_again(tmp_path: Path) -> None:
    """Writing the same bytes under the same key again changes nothing."""
    outbox = open_sender({"connector": "outbox"}, Channel.EMAIL, tmp_path)
    assert (
        list(outbox.send([an_email(), an_email()]))
        == [Receipt(key="message-1", accepted=True, provider_id="email/message-1.eml")] * 2
    )


def test_another_message_is_never_overwritten(tmp_path: Path) -> None:
    """A file that holds another message under the same key stays, and sending stops."""
    outbox = open_sender({"connector": "outbox"}, Channel.EMAIL, tmp_path)
    list(outbox.send([an_email()]))
    outcomes = list(outbox.send([an_email(mime=b"another\r\n"), an_email(2)]))
    assert [type(outcome) for outcome in outcomes] == [PermanentError]
    assert "email/message-1.eml" in str(outcomes[0])
    assert (tmp_path / "outbox/email/message-1.eml").read_bytes() == an_email().mime


def test_a_key_can_not_leave_the_folder(tmp_path: Path) -> None:
    """Whatever the key is, the file lies in the outbox."""
    message = RenderedText(key="../../etc/passwd", to="+15550100001", body="", segments=1)
    [receipt] = open_sender({"connector": "outbox"}, Channel.TEXT, tmp_path).send([message])
    assert isinstance(receipt, Receipt)
    assert [str(file.relative_to(tmp_path)) for file in tmp_path.rglob("*.txt")] == [
        f"outbox/{receipt.provider_id}"
    ]


def test_nothing_half_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A disk that fails at the last moment leaves neither a message nor a scrap."""

    def fail(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("connectors.outbox.Path.replace", fail)
    outbox = open_sender({"connector": "outbox"}, Channel.TEXT, tmp_path)
    [outcome] = outbox.send([a_text()])
    assert isinstance(outcome, PermanentError)
    assert "No space left on device" in str(outcome)
    assert list((tmp_path / "outbox/text").iterdir()) == []
