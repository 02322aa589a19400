"""What was proved is remembered by all that it depends on, and believed of nobody but this user."""

import os
from pathlib import Path

import pytest

from aftershow import cache
from aftershow.cache import KEPT, fingerprint, recall, remember

NAME = fingerprint("something")


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where the cache lies."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    return tmp_path / "aftershow"


def test_what_is_remembered_is_recalled(folder: Path) -> None:
    """Any bytes come back as they were, from a folder that is this user's alone."""
    remember(NAME, b"one\ntwo\x00")
    assert recall(NAME) == b"one\ntwo\x00"
    assert recall(fingerprint("something else")) is None
    assert [path.stat().st_mode & 0o077 for path in (folder, *folder.iterdir())] == [0, 0]


def test_parts_are_kept_apart() -> None:
    """Two fingerprints are equal only where every text is."""
    assert (
        len({fingerprint("ab", "c"), fingerprint("a", "bc"), fingerprint("abc"), fingerprint("a", "b", "c")})
        == 4
    )


def test_other_code_knows_nothing(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Another version of ours, of a library or of Python proves everything itself."""
    before = cache._code()
    remember(NAME, b"sound")
    monkeypatch.setattr(cache, "_code", lambda: "other")
    assert recall(fingerprint("something")) is None
    monkeypatch.undo()
    cache._code.cache_clear()
    assert cache._code() == before


def test_libraries_count(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A library that is installed in another version changes every fingerprint."""
    monkeypatch.syspath_prepend(tmp_path)
    seen = set()
    for installed in ("jinja2-3.1.6.dist-info", "jinja2-3.1.7.dist-info"):
        (tmp_path / installed).mkdir()
        cache._code.cache_clear()
        seen.add(cache._code())
    cache._code.cache_clear()
    assert len(seen) == 2


@pytest.mark.parametrize("content", [b"", b"\n", b"sound", b"0" * 64 + b"\nsound"])
def test_a_broken_entry_costs_time_alone(folder: Path, content: bytes) -> None:
    """What is not as it was written is not believed, and is written anew."""
    remember(NAME, b"sound")
    (folder / NAME).write_bytes(content)
    assert recall(NAME) is None
    remember(NAME, b"sound")
    assert recall(NAME) == b"sound"


@pytest.mark.parametrize("mode", [0o777, 0o702, 0o770, 0o720])
def test_a_folder_that_others_may_write_is_not_believed(folder: Path, mode: int) -> None:
    """Nor is what lay in it once it is closed: the next one who remembers begins anew."""
    remember(NAME, b"sound")
    remember(fingerprint("planted"), b"false")
    folder.chmod(mode)
    assert recall(NAME) is None
    remember(NAME, b"sound")
    assert (recall(NAME), folder.stat().st_mode & 0o077) == (b"sound", 0)
    assert recall(fingerprint("planted")) is None


def test_a_link_is_not_followed(folder: Path, tmp_path: Path) -> None:
    """What an entry says stands in it."""
    remember(NAME, b"sound")
    (folder / NAME).rename(tmp_path / "elsewhere")
    (folder / NAME).symlink_to(tmp_path / "elsewhere")
    assert recall(NAME) is None


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="only root can give files away")
def test_somebody_elses_entry_is_not_believed(folder: Path) -> None:
    """Whoever came into the folder some other way."""
    remember(NAME, b"sound")
    os.chown(folder / NAME, 65534, -1)
    assert recall(NAME) is None


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="only root can give files away")
def test_somebody_elses_folder_is_not_believed(folder: Path) -> None:
    """A folder of another user says nothing to us, and nothing is written there."""
    remember(NAME, b"sound")
    os.chown(folder, 65534, -1)
    assert recall(NAME) is None
    remember(fingerprint("else"), b"sound")
    assert len(list(folder.iterdir())) == 1


def test_without_a_place_nothing_is_remembered(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where no folder can be made, everything works, each time anew."""
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "file"))
    remember(NAME, b"sound")
    assert recall(NAME) is None


def test_what_nobody_asks_for_is_forgotten(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It does not grow: those stay that were asked for last."""
    monkeypatch.setattr(cache, "KEPT", 3)
    assert KEPT > 3
    names = [fingerprint(str(number)) for number in range(4)]
    for age, name in enumerate(names[:3]):
        remember(name, b"sound")
        os.utime(folder / name, (1_000 + age, 1_000 + age))
    assert recall(names[0]) == b"sound"
    remember(names[3], b"sound")
    assert [recall(name) is not None for name in names] == [True, False, True, True]
