"""What lets somebody in at a Prefect server: its address and its password."""

import fcntl
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from prefect.settings import PREFECT_API_AUTH_STRING, PREFECT_API_URL, temporary_settings

#: The folder in the workspace that holds Prefect's database, the logs and the password.
HOME = ".prefect"
#: Held by whatever keeps the workspace up.
LOCK = "up.lock"
#: The password's file: lines for a shell, `. .prefect/login.sh`, which we read as well.
LOGIN = "login.sh"
#: Random bytes of a password.
STRENGTH = 18

_ADDRESS, _PASSWORD = "export PREFECT_API_URL=", "export PREFECT_API_AUTH_STRING="


@dataclass(frozen=True, slots=True)
class Access:
    """The way into a server."""

    #: the address, …/api
    api: str
    #: what its pages and its API ask for; None where somebody else's server asks for nothing
    password: str | None = field(repr=False)


def new_access(port: int) -> Access:
    """Return the access to a server on this machine, with a password that nobody ever had."""
    return Access(f"http://127.0.0.1:{port}/api", secrets.token_urlsafe(STRENGTH))


@contextmanager
def using(access: Access) -> Iterator[None]:
    """Let every client of this process go in by `access`."""
    with temporary_settings(
        {PREFECT_API_URL: access.api, PREFECT_API_AUTH_STRING: access.password},
    ):
        yield


@contextmanager
def kept(access: Access, home: Path) -> Iterator[None]:
    """Keep the access in the folder `home` for the same user's other terminals, until the block ends."""
    path = home / LOGIN
    path.unlink(missing_ok=True)
    # A new file, by nobody else's link, that no other user could ever open.
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(f"{_ADDRESS}{access.api}\n{_PASSWORD}{access.password}\n")
    try:
        yield
    finally:
        path.unlink(missing_ok=True)


def access_to(root: Path) -> Access | None:
    """Return the access to the server of the workspace at `root`, or None when it is not up."""
    home = root / HOME
    try:
        if not _is_held(home / LOCK):
            return None
        api, password = (home / LOGIN).read_text().splitlines()
    except (OSError, ValueError):
        # Not there, or not written yet.
        return None
    return Access(api.removeprefix(_ADDRESS), password.removeprefix(_PASSWORD))


def _is_held(lock: Path) -> bool:
    """Tell a workspace that is up from what a killed `aftershow up` left lying about."""
    with lock.open("rb") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
    return False
