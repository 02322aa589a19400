"""Play the sample shows and campaigns through virtual days, with the flows that also run in earnest."""

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from ruamel.yaml import YAML
from sqlalchemy import Connection, select

from aftershow.desk import Desk, open_desk
from aftershow.errors import UsageError
from aftershow.journey.reading import load_campaigns
from aftershow.ledger.counts import summary
from aftershow.store.tables import message
from aftershow.words import Channel, State
from aftershow.workspace.shows import Show
from aftershow.workspace.workspace import SETTINGS
from flows.import_leads import import_leads
from flows.in_process import run_here
from flows.run_campaign import run_campaign

#: Says that a folder is a demo's, so that a later demo may replace it.
MARK = ".aftershow-demo"
#: How many days each campaign is played, once a day: to the last step of the longest.
DAYS = 10
#: When leads of an avenue without dates, such as a web form, are played.
STANDING_AVENUES = date(2026, 11, 6)
#: Tells what is going on.
Tell = Callable[[str], None]


@dataclass(frozen=True, kw_only=True, slots=True)
class CampaignOutcome:
    """What became of one campaign's messages."""

    campaign: str
    #: all messages that the ledger has
    planned: int
    accepted: int
    rejected: int
    unknown: int
    held: dict[str, int]


@dataclass(frozen=True, kw_only=True, slots=True)
class DemoOutcome:
    """What the demo did, and where it lies."""

    workspace: str
    outbox: str
    campaigns: list[CampaignOutcome]
    emails: int
    texts: int
    #: the email address of someone who was written to, to look at
    someone: str


def play(source: Path, target: Path, *, tell: Tell | None = None) -> DemoOutcome:
    """Copy the workspace `source` to `target` and play it there; nothing leaves that folder.

    Raises UsageError when `target` holds something that is not an earlier demo.
    """
    source, target = source.resolve(), target.resolve()
    _copy(source, target)
    with _own_database(), open_desk(target) as desk:
        campaigns = load_campaigns(desk.workspace)
        for show in sorted(desk.workspace.shows.values(), key=_first_morning):
            _play_show(
                desk, show, [name for name in campaigns if campaigns[name].show == show], tell or _silent
            )
        return _outcome(desk, list(campaigns))


def _play_show(desk: Desk, show: Show, campaigns: list[str], tell: Tell) -> None:
    workspace = str(desk.workspace.root)
    files = sorted(str(file) for file in (desk.workspace.root / "leads" / show.show).glob("*"))
    morning = _first_morning(show)
    tell(f"{show.name}: {len(files)} lead files, then {DAYS} days of {', '.join(campaigns) or 'no campaign'}")
    run_here(import_leads, show=show.show, files=files, workspace=workspace, at=morning)
    for day in range(DAYS):
        for name in campaigns:
            run_here(run_campaign, campaign=name, workspace=workspace, at=morning + timedelta(days=day))


def _first_morning(show: Show) -> datetime:
    """Return ten o'clock on the day after the show; an avenue without dates is played in the new year."""
    day = show.ends + timedelta(days=1) if show.ends else STANDING_AVENUES
    return datetime.combine(day, time(10), tzinfo=ZoneInfo(show.timezone))


def _outcome(desk: Desk, campaigns: list[str]) -> DemoOutcome:
    outbox = desk.workspace.root / "outbox"
    with desk.engine.begin() as connection:
        outcomes = [_campaign_outcome(connection, name) for name in campaigns]
        someone = connection.scalar(
            select(message.c.address).where(message.c.channel == Channel.EMAIL).limit(1)
        )
    return DemoOutcome(
        workspace=str(desk.workspace.root),
        outbox=str(outbox),
        campaigns=outcomes,
        emails=len(list(outbox.glob("email/*.eml"))),
        texts=len(list(outbox.glob("text/*.txt"))),
        someone=someone or "",
    )


def _campaign_outcome(connection: Connection, name: str) -> CampaignOutcome:
    counted = summary(connection, name)
    states = {
        state: counted.by_state.get(state, 0) for state in (State.ACCEPTED, State.REJECTED, State.UNKNOWN)
    }
    return CampaignOutcome(
        campaign=name,
        planned=counted.messages,
        accepted=states[State.ACCEPTED],
        rejected=states[State.REJECTED],
        unknown=states[State.UNKNOWN],
        held=counted.held,
    )


def _copy(source: Path, target: Path) -> None:
    if target.exists():
        if not (target / MARK).exists() and any(target.iterdir()):
            raise UsageError(f"{target} is not an earlier demo. Name another folder with --in.")
        shutil.rmtree(target)
    for folder in ("config", "templates", "leads"):
        shutil.copytree(source / folder, target / folder)
    (target / MARK).touch()
    _send_to_the_outbox(target / SETTINGS)


def _send_to_the_outbox(settings: Path) -> None:
    """Whatever the workspace sends with, the demo writes files."""
    yaml = YAML()
    document = yaml.load(settings)
    document["channels"] = {channel: {"connector": "outbox"} for channel in ("email", "text")}
    document.pop("database", None)
    yaml.dump(document, settings)


@contextmanager
def _own_database() -> Iterator[None]:
    """Keep the demo out of the database that the environment names."""
    real = os.environ.pop("AFTERSHOW_DATABASE_URL", None)
    try:
        yield
    finally:
        if real is not None:
            os.environ["AFTERSHOW_DATABASE_URL"] = real


def _silent(_: str) -> None:
    """Tell nobody."""
