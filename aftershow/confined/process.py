"""The other process, seen from ours."""

import os
import signal
import subprocess
import sys
from collections.abc import Mapping
from contextlib import suppress
from typing import IO, Any

from aftershow.confined.limits import Limits, memory_of
from aftershow.confined.wire import read_plain, write

if sys.platform != "win32":
    import fcntl

#: What Python and its libraries need of our environment. Our secrets are nobody's business there.
_NEEDED = frozenset(
    {"HOME", "LANG", "LANGUAGE", "LD_LIBRARY_PATH", "PATH", "SYSTEMROOT", "TMPDIR", "TZ", "VIRTUAL_ENV"}
)
#: Bytes of memory up to which a process is asked again; with all its libraries loaded it has some 100 MB.
SLIM = 384 * 1024 * 1024
#: Bytes of answers that nobody has listened to yet; Linux gives everybody as much (pipe(7)).
ROOM = 1024 * 1024

_NEEDED_PREFIXES = ("PYTHON", "LC_")


class Process:
    """Answers questions, one after the other, until it is ended or we end."""

    def __init__(self) -> None:
        self._child = subprocess.Popen(
            # -P: a file in the folder where we work is no module.
            [sys.executable, "-P", "-m", "aftershow.confined"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            # What a library says when it breaks down may quote what people wrote.
            stderr=subprocess.DEVNULL,
            env=_environment(os.environ),
            # Ctrl-C is for us: what is being worked on is still wanted.
            process_group=0,
        )
        _widen(_open(self._child.stdout))

    @property
    def is_alive(self) -> bool:
        """Whether it can be asked."""
        return self._child.poll() is None

    @property
    def is_slim(self) -> bool:
        """Whether it has not kept much of what it worked on, as libraries' caches do."""
        try:
            return (memory_of(self._child.pid) or 0) <= SLIM
        except OSError:
            return False

    def ask(self, question: Any) -> None:
        """Send a question; one that died meanwhile gives no answer."""
        with suppress(BrokenPipeError):
            write(_open(self._child.stdin), question)

    def answer(self) -> Any:
        """Return the next answer; raises EOFError when there won't be one."""
        return read_plain(_open(self._child.stdout))

    def end(self) -> None:
        """End it now, whatever it does."""
        self._child.kill()
        self._child.communicate()

    def why_it_ended(self, limits: Limits) -> str:
        """Return why no answer came, once none came."""
        self._child.communicate()
        if self._child.returncode == -signal.SIGXCPU:
            return f"it takes more than {limits.seconds} seconds of work"
        return f"it takes more than {limits.memory >> 20} MB of memory, or breaks what reads it"


def _widen(pipe: IO[bytes]) -> None:
    """Let it work ahead by some answers before anybody listens to them."""
    if sys.platform == "linux":
        # Who has many pipes may not have wide ones.
        with suppress(OSError):
            fcntl.fcntl(pipe, fcntl.F_SETPIPE_SZ, ROOM)


def _open(stream: IO[bytes] | None) -> IO[bytes]:
    if stream is None or stream.closed:
        raise EOFError
    return stream


def _environment(ours: Mapping[str, str]) -> dict[str, str]:
    return {
        name: value for name, value in ours.items() if name in _NEEDED or name.startswith(_NEEDED_PREFIXES)
    }
