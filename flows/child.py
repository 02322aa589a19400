"""A program that runs beside us and ends before us."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

#: Seconds that a program has to end by itself.
GRACE = 20


@contextmanager
def prefect_child(
    words: Sequence[str], environment: Mapping[str, str], log: Path, *, lock: int
) -> Iterator["subprocess.Popen[bytes]"]:
    """Run `prefect WORDS` until the block ends; what it says goes to the file `log`, written anew.

    It holds the file that `lock` stands for open, so that the lock lasts as long as it does.
    """
    with log.open("wb") as sayings:
        child = subprocess.Popen(  # noqa: S603  our own interpreter and words
            [sys.executable, "-m", "prefect", *words],
            env=dict(environment),
            stdin=subprocess.DEVNULL,
            stdout=sayings,
            stderr=subprocess.STDOUT,
            pass_fds=[lock],
            # Ctrl-C reaches every program of the terminal's group; ours are to be stopped in order.
            start_new_session=True,
        )
        try:
            yield child
        finally:
            _stop(child)


def _stop(child: "subprocess.Popen[bytes]") -> None:
    child.terminate()
    try:
        child.wait(timeout=GRACE)
    except subprocess.TimeoutExpired:
        child.kill()
        child.wait()
    # What it had started itself, and did not stop.
    with suppress(ProcessLookupError):
        os.killpg(child.pid, signal.SIGKILL)
