"""The password of a workspace that is up, and who finds it."""

import fcntl
from pathlib import Path
from stat import S_IMODE

import pytest

from aftershow.errors import UsageError
from flows.access import HOME, LOCK, LOGIN, access_to, kept, new_access
from flows.occasion import WORKSPACE, this_occasion


def test_while_it_is_up(tmp_path: Path) -> None:
    """The same user's other terminals find it while the workspace is up, and nobody before or after."""
    home, access = tmp_path / HOME, new_access(4200)
    assert access_to(tmp_path) is None
    home.mkdir()
    with (home / LOCK).open("wb") as lock, kept(access, home):
        # As a command that was killed leaves it.
        assert access_to(tmp_path) is None
        fcntl.flock(lock, fcntl.LOCK_EX)
        assert access_to(tmp_path) == access
    assert not (home / LOGIN).exists()


def test_one_user_alone(tmp_path: Path) -> None:
    """Its file is new, and its owner's alone, whatever stood there; printing the access hides it."""
    (tmp_path / "theirs").touch(0o666)
    (tmp_path / LOGIN).symlink_to(tmp_path / "theirs")
    access = new_access(4200)
    with kept(access, tmp_path):
        mode = S_IMODE((tmp_path / LOGIN).stat().st_mode)
    assert (mode, (tmp_path / "theirs").read_text()) == (0o600, "")
    assert str(access.password) not in repr(access)


def test_never_the_same() -> None:
    """Each start has another password."""
    assert len({new_access(4200).password for _ in range(10)}) == 10


@pytest.mark.parametrize("folder", [None, "", "here"])
def test_a_worker_without_a_workspace(folder: str | None, monkeypatch: pytest.MonkeyPatch) -> None:
    """A worker that was told no workspace, or one that depends on where it stands, says what is missing."""
    monkeypatch.delenv(WORKSPACE, raising=False)
    if folder is not None:
        monkeypatch.setenv(WORKSPACE, folder)
    with pytest.raises(UsageError, match=WORKSPACE):
        this_occasion()
