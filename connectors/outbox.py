"""Keeps every message as a file, so that a run can be looked at without sending anything."""

from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from stat import S_IMODE, S_IRWXO
from typing import ClassVar
from urllib.parse import quote

from aftershow.errors import PermanentError
from aftershow.ports import (
    CallBrief,
    ConnectorSettings,
    DeliveryOutcome,
    Invitation,
    Receipt,
    Rendered,
    RenderedEmail,
    RenderedLetter,
    RenderedText,
    one_by_one,
)
from aftershow.words.channels import Channel


class Settings(ConnectorSettings):
    """Where the files go."""

    #: a folder, relative to the workspace
    folder: Path = Path("outbox")


class Connector:
    """Writes email/KEY.eml, the message byte by byte; CHANNEL/KEY.txt, for people to read, of all others."""

    channels: ClassVar[frozenset[Channel]] = frozenset(Channel)

    def __init__(self, settings: Settings, workspace: Path) -> None:
        self._folder = workspace / settings.folder
        with suppress(OSError):
            # A group that may look stays; an earlier version let everybody in.
            self._folder.chmod(S_IMODE(self._folder.stat().st_mode) & ~S_IRWXO)

    def send(self, messages: Sequence[Rendered]) -> Iterator[DeliveryOutcome]:
        """Write a file for each message; the receipt's provider_id is its name inside the folder."""
        return one_by_one(self._keep, messages)

    def close(self) -> None:
        """Nothing is open between two messages."""

    def _keep(self, message: Rendered) -> Receipt:
        name, content = _as_file(message)
        try:
            _write(self._folder / name, content)
        except OSError as error:
            raise PermanentError(f"The outbox can't be written: {error.strerror}.") from None
        return Receipt(key=message.key, accepted=True, provider_id=name)


def _as_file(message: Rendered) -> tuple[str, bytes]:
    # A key may hold a slash; a file name may not.
    stem = quote(message.key, safe="")
    if isinstance(message, RenderedEmail):
        return f"email/{stem}.eml", message.mime
    return f"{message.channel}/{stem}.txt", f"{_head(message)}\n\n{message.body}\n".encode()


def _head(message: RenderedText | RenderedLetter | CallBrief | Invitation) -> str:
    """Return the lines above a message's words: whom it goes to, and what else the provider would be told."""
    match message:
        case RenderedText():
            return f"To: {message.to}\nSegments: {message.segments}"
        case RenderedLetter():
            return "To: " + "\n    ".join(message.recipient)
        case CallBrief():
            return f"To: {message.to}"
        case Invitation():
            return f"To: {message.to}\nSubject: {message.subject}"


def _write(path: Path, content: bytes) -> None:
    """Write the whole file or none of it. Only the same message may come again."""
    if path.exists():
        if path.read_bytes() == content:
            return
        raise PermanentError(
            f"The outbox already holds another message as {path.parent.name}/{path.name}, "
            "perhaps of another database. Move the old outbox away."
        )
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f".{path.name}.part")
    try:
        part.write_bytes(content)
        part.replace(path)
    except OSError:
        part.unlink(missing_ok=True)
        raise
