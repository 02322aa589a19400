"""A helper sends only what the run that asked for it would send."""

from pathlib import Path

import pytest

from aftershow.errors import UsageError
from aftershow.workspace.fingerprint import fingerprint, require_fingerprint


def write(root: Path, file: str, text: str) -> None:
    (root / file).parent.mkdir(parents=True, exist_ok=True)
    (root / file).write_text(text)


def copies(tmp_path: Path) -> tuple[Path, Path]:
    for name in ("here", "there"):
        write(tmp_path / name, "config/campaigns/follow-up.yaml", "campaign: follow-up")
        write(tmp_path / name, "templates/thanks/subject.txt", "Thanks")
    return tmp_path / "here", tmp_path / "there"


def test_the_same_files(tmp_path: Path) -> None:
    """Copies have one fingerprint, wherever they lie; leads and the files of editors do not count."""
    here, there = copies(tmp_path)
    write(there, "leads/expo/scans.csv", "Email")
    write(there, "templates/thanks/.subject.txt.swp", "Thank")
    write(there, "connectors/__pycache__/fax.cpython-311.pyc", "")
    require_fingerprint(there, fingerprint(here))


@pytest.mark.parametrize(
    "file", ["config/campaigns/follow-up.yaml", "templates/thanks/new.txt", "connectors/fax.py"]
)
def test_other_files(tmp_path: Path, file: str) -> None:
    """A file that is new or reads otherwise makes another fingerprint, and the error says where."""
    here, there = copies(tmp_path)
    write(there, file, "other")
    with pytest.raises(UsageError, match="differ here") as error:
        require_fingerprint(there, fingerprint(here))
    assert str(there) in str(error.value)
