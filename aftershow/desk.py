"""What a run works with: the workspace, the database, the senders and the clock, opened once."""

import os
import platform
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import cast
from uuid import uuid4

from sqlalchemy import Connection, Engine

from aftershow.campaign.campaign import Campaign
from aftershow.campaign.reading import load_campaign
from aftershow.errors import UsageError
from aftershow.ledger.sending import Clock
from aftershow.ports import Reconciler, Sender
from aftershow.privacy import close_to_others, keep_to_ourselves
from aftershow.signing import Signer, load_secret
from aftershow.store.engine import open_engine
from aftershow.store.migrate import ensure_ready, upgrade
from aftershow.words.channels import Channel
from aftershow.workspace.shows import Show
from aftershow.workspace.workspace import Workspace, load_workspace
from aftershow.workspace.yaml.wording import did_you_mean
from connectors import keeps_a_list, open_sender

#: Folders in which commands put what not everybody is to read: Prefect's database and logs, previews.
HOLDING_PEOPLE = (".prefect", "preview")


class Desk:
    """The workspace and its database, ready for work.

    Not a dataclass: Prefect would walk through its fields at each task.
    """

    def __init__(self, workspace: Workspace, engine: Engine) -> None:
        self.workspace = workspace
        self.engine = engine

    def campaign(self, name: str) -> Campaign:
        """Return a campaign by its name; raises UsageError or WorkspaceError."""
        return load_campaign(self.workspace, name)

    def show(self, name: str) -> Show:
        """Return a show by its name; raises UsageError."""
        if name not in self.workspace.shows:
            raise UsageError(f"There is no show `{name}`{did_you_mean(name, self.workspace.shows)}")
        return self.workspace.shows[name]

    def signer(self, connection: Connection) -> Signer:
        """Return what signs this installation's links and message keys."""
        return Signer(load_secret(connection, os.environ.get("AFTERSHOW_SECRET")))


@contextmanager
def open_desk(root: Path) -> Iterator[Desk]:
    """Open the workspace at `root`; an embedded database is brought to this version's tables."""
    with _open_database(root) as (workspace, engine):
        ensure_ready(engine)
        yield Desk(workspace, engine)


def upgrade_database(root: Path) -> tuple[str | None, str]:
    """Bring the workspace's database to this version's tables; returns the revisions before and after."""
    with _open_database(root) as (_, engine):
        return upgrade(engine)


@contextmanager
def _open_database(root: Path) -> Iterator[tuple[Workspace, Engine]]:
    workspace = load_workspace(root, os.environ)
    # Here as well as in the command line: a worker that somebody started otherwise runs flows, too.
    keep_to_ourselves()
    for folder in HOLDING_PEOPLE:
        close_to_others(workspace.root / folder)
    engine = open_engine(workspace.database_url)
    try:
        yield workspace, engine
    finally:
        engine.dispose()


@contextmanager
def senders_for(workspace: Workspace, channels: Iterable[Channel]) -> Iterator[Mapping[Channel, Sender]]:
    """Open a sender for each of some channels."""
    settings = workspace.settings
    opened: dict[Channel, Sender] = {}
    try:
        for channel in set(channels):
            opened[channel] = open_sender(settings.channels[channel], channel, workspace.root)
        yield opened
    finally:
        for sender in opened.values():
            sender.close()


@contextmanager
def open_lists(workspace: Workspace, channels: Iterable[Channel]) -> Iterator[Mapping[Channel, Reconciler]]:
    """Open those of some channels whose providers can be asked what they took."""
    with senders_for(workspace, [one for one in channels if has_list(workspace, one)]) as senders:
        yield cast(Mapping[Channel, Reconciler], senders)


def has_list(workspace: Workspace, channel: Channel) -> bool:
    """Whether the provider of a channel can be asked what it took; opens nothing."""
    return keeps_a_list(workspace.settings.channels[channel], workspace.root)


def ticking_from(at: datetime) -> Clock:
    """Return a clock that shows `at` now and goes on from there."""
    started = time.monotonic()
    return lambda: at + timedelta(seconds=time.monotonic() - started)


def right_now() -> datetime:
    """Return the time, in UTC."""
    return datetime.now(UTC)


def worker_name(mark: str | None = None) -> str:
    """Return a name that no other sender has: machine, process, and a mark; without one, a random one."""
    return f"{platform.node()[:40]}:{os.getpid()}:{mark or uuid4().hex[:12]}"
