"""Letters by pigeon: a connector that a workspace brings, with all that the contract asks."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import ClassVar

from aftershow.errors import PermanentError
from aftershow.ports import ConnectorSettings, DeliveryOutcome, Receipt, Rendered, one_by_one
from aftershow.words.channels import Channel


class Settings(ConnectorSettings):
    """Where the pigeons are."""

    #: a folder, relative to the workspace
    loft: Path = Path("loft")


class Connector:
    """Ties each letter to a pigeon: a file in the loft."""

    channels: ClassVar[frozenset[Channel]] = frozenset({Channel.LETTER})

    def __init__(self, settings: Settings, workspace: Path) -> None:
        self._loft = workspace / settings.loft

    def send(self, messages: Sequence[Rendered]) -> Iterator[DeliveryOutcome]:
        """Send a pigeon for each letter; without a loft, none."""
        return one_by_one(self._send, messages)

    def close(self) -> None:
        """Pigeons come home by themselves."""

    def _send(self, message: Rendered) -> Receipt:
        if not self._loft.is_dir():
            raise PermanentError("There is no loft.")
        (self._loft / f"{message.key}.txt").write_text("coo")
        return Receipt(key=message.key, accepted=True, provider_id=message.key)
