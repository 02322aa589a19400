"""Programs that run beside a test, and how to wait for what they do."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

Program = subprocess.Popen


def processes(mark: str) -> dict[int, str]:
    """Return the command lines of the living processes whose environment has PREFECT_HOME=`mark`, by id."""
    found = {}
    for process in Path("/proc").glob("[0-9]*"):
        try:
            if f"PREFECT_HOME={mark}\0".encode() in (process / "environ").read_bytes():
                found[int(process.name)] = (process / "cmdline").read_bytes().replace(b"\0", b" ").decode()
        except OSError:
            continue
    return found


def up_words(workspace: Path, port: int) -> list[str]:
    """Return the command line of `aftershow up`."""
    words = [sys.executable, "-c", "from aftershow.cli import main; main()", "up", "--port", str(port)]
    return [*words, "--workspace", str(workspace)]


def environment() -> dict[str, str]:
    """Return the environment of a person who has set nothing for Prefect."""
    ours = {name: value for name, value in os.environ.items() if not name.startswith("PREFECT_")}
    return {"PYTHONPATH": str(Path(__file__).parents[2]), **ours}


@contextmanager
def started_up(workspace: Path, port: int) -> Iterator["Program[str]"]:
    """Run `aftershow up`; whatever is left of it at the end is killed."""
    up = subprocess.Popen(
        up_words(workspace, port),
        env=environment(),
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )
    try:
        yield up
    finally:
        for number in {up.pid, *processes(str(workspace / ".prefect"))}:
            with suppress(ProcessLookupError):
                os.kill(number, signal.SIGKILL)
        up.communicate()
