"""The lead files in a show's folder that nobody imported yet."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import Connection, select

from aftershow.leads.readers.opening import sha256_of
from aftershow.store.tables import import_file, show
from aftershow.workspace.inside import leads_out
from aftershow.workspace.shows import Show

#: A file that changed less than this ago may still be on its way.
SETTLES = timedelta(minutes=1)
#: How programs call what is not complete or no lead file: hidden, office locks, downloads, our own note.
_PASSED_OVER = ("*/.*", "*/~$*", "*/README*", "*.part", "*.partial", "*.crdownload", "*.tmp")


def new_files(connection: Connection, root: Path, into: Show, *, now: datetime) -> list[Path]:
    """Return the complete files of `root`/leads/SHOW/ whose content was not imported into the show, by name.

    A file that was imported before and changed since is new. Links out of the workspace are not followed.
    """
    known = set(connection.scalars(select(import_file.c.sha256).join(show).where(show.c.key == into.show)))
    folder = root / "leads" / into.show
    files = [file for file in sorted(folder.glob("*")) if file.is_file() and _is_complete(file, now)]
    return [file for file in files if not leads_out(root, file) and sha256_of(file) not in known]


def _is_complete(file: Path, now: datetime) -> bool:
    if any(file.match(pattern) for pattern in _PASSED_OVER):
        return False
    # Not st_mtime: copying programs set it to that of the original, even before they are done.
    changed = datetime.fromtimestamp(file.stat().st_ctime, UTC)
    return now - changed >= SETTLES
