"""A mailing from the ledger to a mail server, beside the script of an afternoon and the limit of the machine.

The mail server is postfix's smtp-sink, which takes everything and keeps nothing; the limit is smtp-source,
written in C, which sends as many fixed bytes over connections that it keeps open (apt-get install postfix).
Measured is everything that a turn does with a message: claim, render, build, look at every reason to hold it,
hand over by SMTP, settle, log; each window of it is committed to the disk.
"""

import csv
import os
import shutil
import smtplib
import socket
import statistics
import subprocess
import time
from argparse import ArgumentParser
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from sqlalchemy import Engine

from aftershow.campaign.reading import load_campaign
from aftershow.campaign.versions import in_use
from aftershow.desk import senders_for, ticking_from
from aftershow.journey.turn import prepare, send_shard
from aftershow.messages.rendering import StepRenderer, renderers
from aftershow.signing import Signer
from aftershow.store.engine import DIALECTS
from aftershow.words.channels import Channel
from aftershow.workspace.workspace import Workspace
from bench import mailing
from bench.databases import opened
from bench.naive import NaiveMailer
from bench.rendering import envelope_of, person
from bench.row import Row

#: How often each way is measured, in turn; the table has the medians.
RUNS = 5
#: Messages of one measurement: ours and the limit's, and the naive way's.
COUNT, NAIVE_COUNT = 4_000, 60
CONNECTIONS = 4


def _pem(key: RSAPrivateKey | Ed25519PrivateKey) -> bytes:
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


#: Kinds of keys that sign (DKIM).
KEYS = {
    "RSA-2048": lambda: _pem(generate_private_key(65537, 2048)),
    "Ed25519": lambda: _pem(Ed25519PrivateKey.generate()),
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Speed:
    """What one measurement took."""

    #: messages a second
    rate: float
    #: seconds of our CPU for each message
    cpu: float


def rows(count: int = COUNT) -> Iterator[Row]:
    """Measure mails of 20 and 50 KB on both databases, and signed ones on one."""
    for size in mailing.PRODUCTS:
        for dialect in DIALECTS:
            yield from measured(dialect, size, count)
    for kind in KEYS:
        yield from measured("sqlite", 20, count, signed=kind)


def measured(dialect: str, size: int, count: int, *, signed: str | None = None) -> Iterator[Row]:
    """Measure mails of one size with one database, perhaps signed with a kind of key."""
    with sink() as port, TemporaryDirectory(prefix="aftershow-bench-") as folder:
        root = Path(folder)
        channel = f"connections: {CONNECTIONS}"
        if signed is not None:
            (root / "key.pem").write_bytes(KEYS[signed]())
            channel += ", dkim: {domain: example.com, selector: s1, key_file: key.pem}"
        workspace = mailing.write_workspace(root, port=port, size=size, channel=channel)
        with opened(dialect, root) as engine:
            bench = Bench(engine, workspace, root, port, count)
            ours, limit, naive = [], [], []
            for _ in range(RUNS):
                ours.append(bench.ours())
                limit.append(bench.limit())
                naive.append(bench.naive())
        what = f"{bench.kilobytes} KB to smtp-sink, {dialect}{f', signed {signed}' if signed else ''}"
        yield from _rows(what, ours, limit, naive)


def _rows(what: str, ours: list[Speed], limit: list[float], naive: list[Speed]) -> Iterator[Row]:
    rate, cpu = _median(speed.rate for speed in ours), _median(speed.cpu for speed in ours)
    script = _median(speed.rate for speed in naive)
    by_cpu = _median(speed.cpu for speed in naive) / cpu
    beside = f"the naive script; {by_cpu:.0f} × by CPU"
    yield Row(what=f"mail {what}", aftershow=1 / rate, other=1 / script, beside=beside)
    of_limit = _median(speed.rate / most for speed, most in zip(ours, limit, strict=True))
    # On a machine that others use, the best of each says more than the middle.
    best = max(speed.rate for speed in ours) / max(limit)
    beside = f"smtp-source: {of_limit:.2f} of its rate, best to best {best:.2f}; our CPU {cpu * 1e6:.0f} µs"
    yield Row(what=f"mail {what}", aftershow=1 / rate, other=1 / _median(limit), beside=beside)


def _median(values: Iterator[float] | list[float]) -> float:
    return statistics.median(values)


class Bench:
    """A mailing whose next messages are always due."""

    def __init__(self, engine: Engine, workspace: Workspace, root: Path, port: int, count: int) -> None:
        self._engine, self._workspace, self._root, self._port, self._count = (
            engine,
            workspace,
            root,
            port,
            count,
        )
        people = (RUNS + 1) * count
        mailing.fill(engine, workspace, people)
        self._write_list(NAIVE_COUNT)
        campaign = load_campaign(workspace, mailing.NAME)
        with engine.begin() as connection:
            prepare(connection, campaign, now=mailing.NOW)
        with engine.begin() as connection:
            self._renderers = renderers(in_use(connection, campaign), Signer(b"bench" * 8))
        self.size = self._wire_size(self._renderers[0])
        # The first messages pay for compiling the template and for warming up.
        self._send(count)

    @property
    def kilobytes(self) -> int:
        """What a message takes on the wire."""
        return round(self.size / 1024)

    def ours(self) -> Speed:
        """Send as a turn does."""
        cpu, start = time.process_time(), time.perf_counter()
        self._send(self._count)
        return Speed(
            rate=self._count / (time.perf_counter() - start), cpu=(time.process_time() - cpu) / self._count
        )

    def limit(self) -> float:
        """Send as many fixed messages of the same size with smtp-source; returns messages a second."""
        command = [
            _postfix("smtp-source"), "-d", "-s", str(CONNECTIONS), "-l", str(self.size),
            "-m", str(self._count), f"127.0.0.1:{self._port}",
        ]  # fmt: skip
        start = time.perf_counter()
        subprocess.run(command, check=True, capture_output=True)
        return self._count / (time.perf_counter() - start)

    def naive(self) -> Speed:
        """Send with a list in CSV, Jinja2, premailer and EmailMessage for each, over one connection."""
        mailer = NaiveMailer(self._workspace.templates, self._renderers[0].step.sends.template)
        cpu, start = time.process_time(), time.perf_counter()
        with smtplib.SMTP("127.0.0.1", self._port) as server, (self._root / "list.csv").open() as leads:
            for number, row in enumerate(csv.DictReader(leads)):
                facts = {**person(number), "given_name": row["given_name"], "company": row["company"]}
                mail = mailer.compose(facts, **{**envelope_of(number), "to": row["email"]})
                server.sendmail("bounces@example.com", row["email"], mail)
        return Speed(
            rate=NAIVE_COUNT / (time.perf_counter() - start), cpu=(time.process_time() - cpu) / NAIVE_COUNT
        )

    def _send(self, count: int) -> None:
        with senders_for(self._workspace, [Channel.EMAIL]) as senders:
            totals, taken = send_shard(
                self._engine,
                self._renderers,
                senders,
                worker="bench",
                clock=ticking_from(mailing.NOW),
                limit=count,
            )
        if not totals.accepted == taken == count:
            raise RuntimeError(f"not everything was sent: {totals}")

    def _write_list(self, count: int) -> None:
        with (self._root / "list.csv").open("w", newline="") as leads:
            table = csv.DictWriter(leads, next(mailing.people(1)).keys())
            table.writeheader()
            table.writerows(mailing.people(count))

    def _wire_size(self, renderer: StepRenderer) -> int:
        with self._engine.begin() as connection:
            [(_, mail)] = renderer.render(connection, [1], clock=lambda: mailing.NOW)
        return len(mail.mime)  # type: ignore[union-attr]


@contextmanager
def sink() -> Iterator[int]:
    """Run smtp-sink on a free port of this machine."""
    with closing(socket.create_server(("127.0.0.1", 0))) as found:
        port: int = found.getsockname()[1]
    command = [
        _postfix("smtp-sink"),
        *(("-u", "nobody") if os.getuid() == 0 else ()),
        f"127.0.0.1:{port}",
        "1000",
    ]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        _wait_for(port)
        yield port
    finally:
        process.terminate()
        process.wait()


def _wait_for(port: int) -> None:
    for _ in range(200):
        try:
            socket.create_connection(("127.0.0.1", port)).close()
        except OSError:
            time.sleep(0.05)
        else:
            return
    raise RuntimeError("smtp-sink did not start")


def _postfix(program: str) -> str:
    path = shutil.which(program, path=f"{os.environ.get('PATH', '')}:/usr/sbin")
    if path is None:
        raise FileNotFoundError(f"{program} is not there: apt-get install postfix")
    return path


def is_possible() -> bool:
    """Whether postfix's programs are there."""
    return shutil.which("smtp-sink", path=f"{os.environ.get('PATH', '')}:/usr/sbin") is not None


def main() -> None:
    """Print the lines about sending."""
    parser = ArgumentParser(prog="python -m bench.sending", description="Measure sending beside its limit.")
    parser.add_argument("--messages", type=int, default=COUNT)
    for row in rows(parser.parse_args().messages):
        print(row, flush=True)


if __name__ == "__main__":
    main()
