"""What the contract suite needs of the example."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from aftershow.errors import PermanentError
from tests.connectors.rig import Rig


@contextmanager
def rig(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Rig]:
    """A loft, which may fly away."""
    loft = folder / "loft"
    loft.mkdir()
    yield Rig(settings={"connector": "example_carrier"}, failures={PermanentError: loft.rmdir})
