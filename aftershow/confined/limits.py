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
            limit = in_use + self.memory if in_use else resource.RLIM_INFINITY
            resource.setrlimit(resource.RLIMIT_AS, (limit, resource.RLIM_INFINITY))

    def limit_time(self) -> None:
        """Give this process the time for one more answer."""
        if sys.platform != "win32":
            usage = resource.getrusage(resource.RUSAGE_SELF)
            until = math.ceil(usage.ru_utime + usage.ru_stime) + self.seconds
            # The system ends a process that is beyond it, whatever it is busy with.
            resource.setrlimit(resource.RLIMIT_CPU, (until, resource.RLIM_INFINITY))


def lift() -> None:
    """Take the limits off again: what is loaded for the next question counts for none."""
    if sys.platform != "win32":
        for what in (resource.RLIMIT_AS, resource.RLIMIT_CPU):
            resource.setrlimit(what, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))


def leave_no_core() -> None:
    """See to it that a crash of this process writes no file: it would hold what people wrote."""
    if sys.platform != "win32":
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _memory_in_use() -> int | None:
    """Return this process's address space in bytes; None where the system does not tell (macOS)."""
    if sys.platform == "linux":
        return int(_PAGES_IN_USE.read_text().split()[0]) * resource.getpagesize()
    return None
