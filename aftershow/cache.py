"""What was proved once is remembered, in a folder that may be deleted: that costs time and nothing else.

It lies with the user, not in the workspace: a workspace that comes from somebody else can't bring along what
is believed of it.
"""

import json
import os
import sys
import zoneinfo
from contextlib import suppress
from functools import cache
from hashlib import sha256
from importlib.resources import files
from pathlib import Path
from stat import S_IRWXG, S_IRWXO, S_ISDIR
from tempfile import NamedTemporaryFile

#: So many entries are kept, those that were asked for last; the largest have some 100 KB.
KEPT = 500


def fingerprint(*parts: str) -> str:
    """Return a name for what follows from some texts and, as all does, from our code and what it runs on."""
    return sha256(json.dumps([_code(), *parts]).encode()).hexdigest()


def recall(name: str) -> bytes | None:
    """Return what was remembered under a fingerprint; None when nothing was, or not as it was written."""
    with suppress(OSError):
        if (folder := _folder()) is not None and _is_ours(folder):
            digest, _, content = _read(folder / name).partition(b"\n")
            if digest == _digest(content):
                os.utime(folder / name)
                return content
    return None


def remember(name: str, content: bytes) -> None:
    """Remember something under a fingerprint; where there is no place for it, it is forgotten."""
    with suppress(OSError):
        if (folder := _folder()) is None:
            return
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        if not _is_ours(folder):
            # Closed first, so that nobody adds to it while it is emptied. Another user's can't be closed.
            folder.chmod(0o700)
            _forget_all_but(0, folder)
        _write(folder / name, _digest(content) + b"\n" + content)
        _forget_all_but(KEPT, folder)


def _folder() -> Path | None:
    """Return where caches lie (XDG Base Directory Specification), on every system."""
    named = os.environ.get("XDG_CACHE_HOME", "")
    try:
        caches = Path(named) if Path(named).is_absolute() else Path.home() / ".cache"
    except RuntimeError:
        return None
    return caches / "aftershow"


def _is_ours(folder: Path) -> bool:
    """Tell whether a folder is this user's, and nobody else, not even a group, may do anything with it."""
    if sys.platform == "win32":
        return True
    about = folder.lstat()
    return S_ISDIR(about.st_mode) and about.st_uid == os.geteuid() and not about.st_mode & (S_IRWXG | S_IRWXO)


def _read(path: Path) -> bytes:
    """Return what this user wrote into a file; raises OSError for a link, or what somebody else wrote."""
    if sys.platform == "win32":
        return path.read_bytes()
    with open(os.open(path, os.O_RDONLY | os.O_NOFOLLOW), "rb") as file:
        if os.fstat(file.fileno()).st_uid != os.geteuid():
            raise PermissionError
        return file.read()


def _digest(content: bytes) -> bytes:
    return sha256(content).hexdigest().encode()


def _write(path: Path, content: bytes) -> None:
    """Write a file that another process reads whole, or not at all."""
    with NamedTemporaryFile(dir=path.parent, prefix=".", delete=False) as file:
        file.write(content)
    Path(file.name).replace(path)


def _forget_all_but(count: int, folder: Path) -> None:
    oldest_first = sorted(os.scandir(folder), key=lambda entry: entry.stat().st_mtime)
    for entry in oldest_first[: max(len(oldest_first) - count, 0)]:
        Path(entry.path).unlink(missing_ok=True)


@cache
def _code() -> str:
    """Return the fingerprint of our code, of Python and its libraries, and of the time zones."""
    digest = sha256(sys.version.encode())
    for path in sorted(Path(str(files("aftershow"))).rglob("*")):
        if path.suffix != ".pyc" and path.is_file():
            digest.update(f"{path}\n{_digest(path.read_bytes())!r}\n".encode())
    for place in sys.path:
        # The name of such a folder holds the version; zoneinfo's time zones are the system's, or of tzdata.
        digest.update("\n".join(sorted(found.name for found in Path(place).glob("*.dist-info"))).encode())
    for zones in zoneinfo.TZPATH:
        with suppress(OSError):
            digest.update(f"{zones} {Path(zones).stat().st_mtime_ns}\n".encode())
    return digest.hexdigest()
