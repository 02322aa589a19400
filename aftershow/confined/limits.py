"""What a process may use; where the system has no such limits (Windows), it still keeps a crash to itself."""

import math
import sys
from dataclasses import dataclass
from pathlib import Path

if sys.platform != "win32":
    import resource

_PAGES_IN_USE = Path("/proc/self/statm")


@dataclass(frozen=True, kw_only=True, slots=True)
class Limits:
    """What a question may cost."""

    #: whole seconds of processor time for each answer
    seconds: int
    #: bytes of memory, beyond what the process has when it is asked
    memory: int

    def limit_memory(self) -> None:
        """Set the limit for this process, from now on."""
        if sys.platform != "win32":
            in_use = _memory_in_use()
            _set(resource.RLIMIT_AS, in_use + self.memory if in_use else None)

    def limit_time(self) -> None:
        """Give this process the time for one more answer."""
        if sys.platform != "win32":
            usage = resource.getrusage(resource.RUSAGE_SELF)
            # The system ends a process that is beyond it, whatever it is busy with.
            _set(resource.RLIMIT_CPU, math.ceil(usage.ru_utime + usage.ru_stime) + self.seconds)


def memory_of(pid: int) -> int | None:
    """Return what a process has in memory, in bytes; None where the system does not tell."""
    if sys.platform == "linux":
        return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * resource.getpagesize()
    return None


def lift() -> None:
    """Take the limits off again: what is loaded for the next question counts for none."""
    if sys.platform != "win32":
        for what in (resource.RLIMIT_AS, resource.RLIMIT_CPU):
            _set(what, None)


def leave_no_core() -> None:
    """See to it that a crash of this process writes no file: it would hold what people wrote."""
    if sys.platform != "win32":
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _set(what: int, limit: int | None) -> None:
    """Set a limit; None for none but the one that whoever started us has set, which can't be raised."""
    _, hard = resource.getrlimit(what)
    limits = [one for one in (limit, hard) if one is not None and one != resource.RLIM_INFINITY]
    resource.setrlimit(what, (min(limits, default=resource.RLIM_INFINITY), hard))


def _memory_in_use() -> int | None:
    """Return this process's address space in bytes; None where the system does not tell (macOS)."""
    if sys.platform == "linux":
        return int(_PAGES_IN_USE.read_text().split()[0]) * resource.getpagesize()
    return None
