"""The memory of a turn, as more and more people are due: the most that planning and that sending ever took.

Each is measured in a process of its own, on SQLite, with Prefect loaded as it is in a worker:
`python -m bench.memory --contacts 1000000`. Linux alone tells what a process took at the most.
"""

import multiprocessing
from argparse import ArgumentParser
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlalchemy import Engine

from aftershow.campaign.reading import load_campaign
from aftershow.campaign.versions import in_use
from aftershow.desk import senders_for, ticking_from
from aftershow.journey.turn import prepare, send_shard
from aftershow.messages.rendering import renderers
from aftershow.signing import Signer
from aftershow.store.engine import open_engine
from aftershow.store.migrate import upgrade
from aftershow.words.channels import Channel
from bench import mailing
from bench.sending import CONNECTIONS, is_possible, sink
from flows.shards import SHARD

#: What the memory with more people is compared with.
FEW = 10_000
#: So many that a table with them is printed in a minute or two; a million takes about ten.
MANY = 100_000
#: How many messages are sent, or as many as are due.
MESSAGES = 20_000
#: What Linux knows of a process; the memory that it had at the most is there in KB.
_STATUS = Path("/proc/self/status")


@dataclass(frozen=True, kw_only=True, slots=True)
class Peak:
    """A line about memory, in MB."""

    what: str
    #: with many people, and with few
    many: float
    few: float
    #: how few, for people
    beside: str

    def __str__(self) -> str:
        """Return the line as it is printed."""
        ratio = f"{self.many / self.few:.2f} × what it takes"
        return f"{self.what:<80}{self.many:>7,.0f} MB{self.few:>7,.0f} MB  {ratio} {self.beside}"


def rows(contacts: int = MANY, *, few: int = FEW, messages: int = MESSAGES) -> Iterator[Peak | str]:
    """Measure with few people and with many; where it can't be, say what is missing."""
    if not (is_possible() and _STATUS.exists()):
        yield "memory is not measured: that takes Linux and postfix (apt-get install postfix)"
        return
    with sink() as port:
        planning_few, sending_few = _peaks(few, port, messages)
        planning, sending = _peaks(contacts, port, messages)
    beside = f"with {few:,} people"
    what = f"planning a turn: {contacts:,} people come in"
    yield Peak(what=f"memory of {what}", many=planning, few=planning_few, beside=beside)
    what = f"sending {min(messages, contacts):,} mails: {contacts:,} people are due"
    yield Peak(what=f"memory of {what}", many=sending, few=sending_few, beside=beside)


def _peaks(contacts: int, port: int, messages: int) -> tuple[float, float]:
    with TemporaryDirectory(prefix="aftershow-bench-") as folder:
        root = Path(folder)
        workspace = mailing.write_workspace(root, port=port, channel=f"connections: {CONNECTIONS}")
        with _database(root) as engine:
            upgrade(engine)
            mailing.fill(engine, workspace, contacts)
        return peak_of(_plan, root), peak_of(_send, root, min(messages, contacts))


def peak_of(work: Callable[..., None], *arguments: object) -> float:
    """Do it in a new process; returns the most memory that it had, in MB."""
    spawn = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(max_workers=1, mp_context=spawn) as process:
        process.submit(work, *arguments).result()
        return process.submit(_peak).result() / 1024


def _peak() -> int:
    # Not ru_maxrss, which begins with what the parent had.
    status = dict(line.split(":", 1) for line in _STATUS.read_text().splitlines())
    return int(status["VmHWM"].removesuffix("kB"))


def _plan(root: Path) -> None:
    campaign = load_campaign(mailing.load_workspace(root), mailing.NAME)
    with _database(root) as engine, engine.begin() as connection:
        prepare(connection, campaign, now=mailing.NOW)


def _send(root: Path, count: int) -> None:
    """Send shard after shard, as a flow does."""
    workspace = mailing.load_workspace(root)
    campaign = load_campaign(workspace, mailing.NAME)
    with _database(root) as engine, senders_for(workspace, [Channel.EMAIL]) as senders:
        with engine.begin() as connection:
            ready = renderers(in_use(connection, campaign), Signer(b"bench" * 8))
        clock, left = ticking_from(mailing.NOW), count
        while left > 0:
            totals, taken = send_shard(
                engine, ready, senders, worker="bench", clock=clock, limit=min(SHARD, left)
            )
            if not 0 < taken == totals.accepted:
                raise RuntimeError(f"not everything was sent: {totals}")
            left -= taken


@contextmanager
def _database(root: Path) -> Iterator[Engine]:
    engine = open_engine(f"sqlite:///{root / 'bench.db'}")
    yield engine
    engine.dispose()


def main() -> None:
    """Print the lines about memory."""
    parser = ArgumentParser(
        prog="python -m bench.memory", description="Measure memory with more and more people."
    )
    parser.add_argument(
        "--contacts", type=int, default=MANY, help="people in the campaign, a million for example"
    )
    for row in rows(parser.parse_args().contacts):
        print(row, flush=True)


if __name__ == "__main__":
    main()
