"""The mailing by others that send bulk mail with a record for each recipient: `python -m bench.peers`.

Each runs in a process of its own, in turn with ours, over the same smtp-sink and on SQLite. What was and what
wasn't alike stands on the line. They are installed by `pip install -e '.[bench]'`.
"""

import multiprocessing
import statistics
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from bench import mailing
from bench.databases import opened
from bench.row import Row
from bench.sending import CONNECTIONS, Bench, Speed, is_possible, sink

#: How often each way is measured, in turn; the table has the medians.
RUNS = 3
#: Messages of one measurement of ours.
COUNT = 2_000


@dataclass(frozen=True, kw_only=True, slots=True)
class Peer:
    """A program that is compared with ours."""

    name: str
    #: what must be installed
    package: str
    #: the module here that drives it, with set_up and send
    module: str
    #: messages of one measurement: so many that it takes some seconds
    count: int


PEERS = (
    Peer(name="Tryton's marketing automation", package="trytond", module="bench.tryton", count=150),
    Peer(name="django-post-office", package="post_office", module="bench.post_office", count=400),
)


def rows(count: int = COUNT, *, peers: tuple[Peer, ...] = PEERS, runs: int = RUNS) -> Iterator[Row | str]:
    """Measure beside each peer that is there; of the others, say what is missing."""
    if not is_possible():
        yield "peers are not measured: postfix is not there (apt-get install postfix)"
        return
    for peer in peers:
        if find_spec(peer.package) is None:
            yield f"{peer.name} is not measured: it is not there (pip install -e '.[bench]')"
        else:
            yield _beside(peer, count, runs)


def _beside(peer: Peer, count: int, runs: int) -> Row:
    with sink() as port, TemporaryDirectory(prefix="aftershow-bench-") as folder, process() as worker:
        root = Path(folder)
        workspace = mailing.write_workspace(root, port=port, channel=f"connections: {CONNECTIONS}")
        template = f"catalogue-{min(mailing.PRODUCTS)}"
        people = {"port": port, "count": peer.count * (runs + 1)}
        worker.submit(set_up, peer.module, root, workspace.templates, template, people).result()
        worker.submit(send, peer.module, peer.count).result()
        with opened("sqlite", root) as engine:
            bench = Bench(engine, workspace, root, port, count)
            taken = [
                (bench.ours(), worker.submit(send, peer.module, peer.count).result()) for _ in range(runs)
            ]
        what = f"mail {bench.kilobytes} KB to smtp-sink, sqlite"
        alike = worker.submit(_alike, peer.module).result()
    ours, theirs = (list(speeds) for speeds in zip(*taken, strict=True))
    cpu = f"its CPU {_median_cpu(theirs) * 1e6:,.0f} µs, ours {_median_cpu(ours) * 1e6:,.0f} µs"
    return Row(
        what=what,
        aftershow=1 / _median_rate(ours),
        other=1 / _median_rate(theirs),
        beside=f"{peer.name} ({cpu}; {alike})",
    )


def _median_rate(speeds: list[Speed]) -> float:
    return statistics.median(speed.rate for speed in speeds)


def _median_cpu(speeds: list[Speed]) -> float:
    return statistics.median(speed.cpu for speed in speeds)


@contextmanager
def process() -> Iterator[ProcessPoolExecutor]:
    """Run one new process, which keeps what it has set up from call to call."""
    with ProcessPoolExecutor(max_workers=1, mp_context=multiprocessing.get_context("spawn")) as executor:
        yield executor


def set_up(module: str, root: Path, templates: Path, name: str, people: dict[str, int]) -> None:
    """Have a peer take people in, in its process; `people` has the server's port and how many."""
    import_module(module).set_up(root, templates, name, **people)


def send(module: str, count: int) -> Speed:
    """Have a peer send to the next people, in its process."""
    speed: Speed = import_module(module).send(count)
    return speed


def _alike(module: str) -> str:
    peer: Any = import_module(module)
    return f"{peer.ALIKE}; {peer.UNLIKE}"


def main() -> None:
    """Print the lines about peers."""
    for row in rows():
        print(row, flush=True)


if __name__ == "__main__":
    main()
