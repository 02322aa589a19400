"""The lead files in a show's folder that nobody imported yet."""

import stat
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import Connection, select

from aftershow.leads.aside import forget_others, hashes_aside
from aftershow.leads.readers.opening import sha256_of
from aftershow.store.tables import import_file, show
from aftershow.workspace.shows import Show
from aftershow.workspace.yaml.inside import leads_out

#: A file that changed less than this ago may still be on its way.
SETTLES = timedelta(minutes=1)
#: How programs call what is not complete or no lead file: hidden, office locks, downloads, our own note.
_PASSED_OVER = ("*/.*", "*/~$*", "*/README*", "*.part", "*.partial", "*.crdownload", "*.tmp")


def new_files(connection: Connection, root: Path, into: Show, *, now: datetime) -> list[Path]:
    """Return the complete files of `root`/leads/SHOW/ whose content was not tried for the show, by name.

    A file that was imported or set aside before and changed since is new. Links out of the workspace, pipes
    and devices are no lead files. What was set aside and is not there any more is forgotten.
    """
    files = [file for file in sorted((root / "leads" / into.show).glob("*")) if _is_lead_file(root, file)]
    settled = _hashed([file for file in files if _is_settled(file, now)])
    arriving = {file.name for file in files if file not in settled}
    forget_others(connection, into, present=set(settled.values()), arriving=arriving)
    imported = select(import_file.c.sha256).join(show).where(show.c.key == into.show)
    known = {*connection.scalars(imported), *hashes_aside(connection, into)}
    return [file for file, sha256 in settled.items() if sha256 not in known]


def _is_lead_file(root: Path, file: Path) -> bool:
    """Tell whether this is a regular file of the workspace, of a name that leads have."""
    if leads_out(root, file) or any(map(file.match, _PASSED_OVER)):
        return False
    with suppress(OSError):
        return stat.S_ISREG(file.stat().st_mode)
    return False


def _is_settled(file: Path, now: datetime) -> bool:
    # Not st_mtime: copying programs set it to that of the original, even before they are done.
    with suppress(FileNotFoundError):
        return now - datetime.fromtimestamp(file.stat().st_ctime, UTC) >= SETTLES
    return False


def _hashed(files: list[Path]) -> dict[Path, str]:
    hashed = {}
    for file in files:
        with suppress(FileNotFoundError):
            hashed[file] = sha256_of(file)
    return hashed
