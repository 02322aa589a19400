"""Files that hold data of people or secrets are nobody's business but their owner's."""

import os
from contextlib import suppress
from pathlib import Path
from stat import S_IMODE, S_IRWXO


def keep_to_ourselves() -> None:
    """Let whatever this process and its children make from now on be readable by its own user alone."""
    os.umask(0o077)


def close_to_others(path: Path) -> None:
    """Take from every other user what an earlier version let them do with a file or folder of ours.

    What its group may do stays: somebody meant it. What is not there, or another user's, stays as it is.
    """
    with suppress(OSError):
        if is_open_to_others(path):
            path.chmod(S_IMODE(path.stat().st_mode) & ~S_IRWXO)


def is_open_to_others(path: Path) -> bool:
    """Tell whether users who are neither the owner nor in the group may do anything with a file or folder."""
    try:
        return bool(path.stat().st_mode & S_IRWXO)
    except OSError:
        return False
