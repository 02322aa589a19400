"""A program that runs beside us and ends before us."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TypeAlias

Child: TypeAlias = "subprocess.Popen[bytes]"

#: Seconds that a program has to end by itself.
GRACE = 20


@contextmanager
def python_child(
    words: Sequence[str], environment: Mapping[str, str], log: Path, *, files: Sequence[int] = ()
) -> Iterator[Child]:
    """Run `python -m WORDS` until the block ends; what it says goes to the file `log`, written anew.

    It gets the open `files`, by their numbers: what a lock stands for, so that the lock lasts as long as it
    does, or what it listens at.
    """
    with log.open("wb") as sayings:
        child = subprocess.Popen(  # noqa: S603  our own interpreter and words
            [sys.executable, "-m", *words],
            env=dict(environment),
            stdin=subprocess.DEVNULL,
            stdout=sayings,
            stderr=subprocess.STDOUT,
            pass_fds=files,
            # Ctrl-C reaches every program of the terminal's group; ours are to be stopped in order.
            start_new_session=True,
        )
        try:
            yield child
        finally:
            _stop(child)


def _stop(child: Child) -> None:
    child.terminate()
    try:
        child.wait(timeout=GRACE)
    except subprocess.TimeoutExpired:
        child.kill()
        child.wait()
    # What it had started itself, and did not stop.
    with suppress(ProcessLookupError):
        os.killpg(child.pid, signal.SIGKILL)
