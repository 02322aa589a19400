"""Play the sample shows and campaigns through virtual weeks, with the turns that also run in earnest."""

import os
import shutil
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import partial
from pathlib import Path
from zoneinfo import ZoneInfo

from ruamel.yaml import YAML
from sqlalchemy import Connection, Engine, func, select

from aftershow.campaign.campaign import Campaign
from aftershow.campaign.reading import load_campaigns
from aftershow.campaign.versions import Version, in_use
from aftershow.demo.characters import Reaction, comes, reaction
from aftershow.demo.picture import draw
from aftershow.desk import Desk, open_desk, senders_for, worker_name
from aftershow.errors import UsageError
from aftershow.feedback.report import Report
from aftershow.feedback.taking import take
from aftershow.journey.leaving import GOAL
from aftershow.journey.turn import Prepared, committing, send_shard, take_turn
from aftershow.leads.importing import import_files
from aftershow.ledger.approvals import approve, waiting
from aftershow.ledger.counts import summary
from aftershow.ledger.send_counts import SendCounts
from aftershow.messages.rendering import StepRenderer, renderers
from aftershow.rehearsal.virtual_time import Agenda, Event, play
from aftershow.store.tables import interaction, message
from aftershow.words.channels import Channel
from aftershow.words.kinds import InteractionKind
from aftershow.words.states import State
from aftershow.workspace.shows import Show
from aftershow.workspace.workspace import SETTINGS, load_workspace
from aftershow.workspace.yaml.inside import leads_out

#: Who reports what people do about their messages.
SOURCE = "demo"
#: Says that a folder is a demo's, so that a later demo may replace it.
MARK = ".aftershow-demo"
#: The play begins on the morning after the last day of Pack Expo 2026, and ends after the next one.
START = datetime(2026, 11, 20, 8, tzinfo=ZoneInfo("America/Chicago"))
UNTIL = datetime(2027, 3, 13, tzinfo=ZoneInfo("America/Chicago"))
#: A rep looks over what waits for approval so long after it came up.
APPROVAL = timedelta(hours=1)
#: Hours at which meetings begin.
SLOTS = (9, 10, 11, 14, 15, 16)
#: Steps that ask for a meeting: at the coming show, or on the person's site.
BOOKING = "book-a-meeting"
INVITATIONS = ("site-visit",)
PLACE = "Hall B, booth 410"
PICTURE = "what-happened.svg"
#: What a campaign should hear of on the next day; of the rest, at its next turn.
ANSWERS_THAT_COUNT = (
    InteractionKind.ACCEPTED,
    InteractionKind.CONNECTED,
    InteractionKind.LEFT_VOICEMAIL,
    InteractionKind.NO_ANSWER,
    InteractionKind.REPLIED,
)
#: Tells what is going on.
Tell = Callable[[str], None]


@dataclass(frozen=True, kw_only=True, slots=True)
class CampaignResult:
    """What became of one campaign's messages."""

    campaign: str
    #: all messages that the ledger has
    planned: int
    accepted: int
    rejected: int
    unknown: int
    expired: int
    #: due later
    waiting: int
    held: dict[str, int]
    #: people who reached its goal
    goal: int


@dataclass(frozen=True, kw_only=True, slots=True)
class DemoResult:
    """What the demo did, and where it lies."""

    workspace: str
    outbox: str
    picture: str
    #: ISO 8601
    start: str
    until: str
    campaigns: list[CampaignResult]
    #: files in the outbox, by channel
    files: dict[str, int]
    #: what came back, by kind
    came_back: dict[str, int]
    #: what still waits for approval
    waits: int
    #: the email address of someone who was written to, to look at
    someone: str


def play_demo(source: Path, target: Path, *, tell: Tell | None = None) -> DemoResult:
    """Copy the workspace `source` to `target` and play it there; nothing leaves that folder.

    Raises UsageError when `target` holds something that is not an earlier demo.
    """
    source, target = source.resolve(), target.resolve()
    _copy(source, target)
    with _own_database(), open_desk(target) as desk:
        stage = _Stage(desk, tell or _silent)
        stage.play()
        return _outcome(desk, stage.campaigns)


class _Stage:
    """The workspace, what is to happen in it, and how a turn is taken."""

    def __init__(self, desk: Desk, tell: Tell) -> None:
        self.desk = desk
        self.tell = tell
        self.agenda = Agenda()
        self.campaigns = load_campaigns(desk.workspace)
        with desk.engine.begin() as connection:
            self.signer = desk.signer(connection)
        self._month = ""
        self._mornings: set[tuple[str, date]] = set()
        self._compiled: dict[tuple[int, tuple[str, ...]], tuple[StepRenderer, ...]] = {}
        #: campaigns of which somebody has been asked to look over what waits
        self._asked: set[str] = set()

    def play(self) -> None:
        """Import what lies in leads/, each file at its time, and play all campaigns."""
        for show in self.desk.workspace.shows.values():
            self._plan_imports(show)
        campaigns = list(self.campaigns.values())
        play(self.desk.engine, campaigns, start=START, until=UNTIL, agenda=self.agenda, turn=self.take_turn)

    def _plan_imports(self, show: Show) -> None:
        """Files of past shows are there at the beginning; those of a coming one come in each evening."""
        files = sorted((self.desk.workspace.root / "leads" / show.show).glob("*"))
        for number, file in enumerate(files):
            at = max(START, _evening(show, number))
            self.agenda.add(Event(at=at, happen=partial(self._import, show, file, at)))

    def _import(self, show: Show, file: Path, at: datetime, engine: Engine) -> None:
        result = import_files(engine, show, self.desk.workspace.settings, [file], now=at)
        self.tell(f"{at:%d %b %Y}  {show.name}: {file.name}, {result.rows} rows")

    def take_turn(self, engine: Engine, campaign: Campaign, now: datetime, /, *, news: bool) -> None:
        """Take a turn as in earnest, with everything handed to the outbox. Then people react."""
        self._announce(now)
        send = partial(self._send, engine, campaign, now)
        taken = take_turn(committing(engine), campaign, now=now, send=send, news=news)
        with engine.begin() as connection:
            if taken.accepted:
                self._let_people_react(connection, campaign, now=now)
            self._approve_later(connection, campaign, now=now)

    def _send(self, engine: Engine, campaign: Campaign, now: datetime, prepared: Prepared) -> SendCounts:
        if not prepared.due:
            return SendCounts()
        with engine.begin() as connection:
            renders = self._renderers(in_use(connection, campaign))
        with senders_for(self.desk.workspace, Channel) as senders:
            totals, _ = send_shard(engine, renders, senders, worker=worker_name(), clock=lambda: now)
        return totals

    def _renderers(self, versions: Iterable[Version]) -> tuple[StepRenderer, ...]:
        """Keep what is compiled from turn to turn."""
        found: tuple[StepRenderer, ...] = ()
        for version in versions:
            key = (version.id, version.possible_zones)
            if key not in self._compiled:
                self._compiled[key] = renderers([version], self.signer)
            found += self._compiled[key]
        return found

    def _announce(self, now: datetime) -> None:
        if (month := f"{now:%B %Y}") != self._month:
            self.tell(month)
            self._month = month

    def _let_people_react(self, connection: Connection, campaign: Campaign, *, now: datetime) -> None:
        asks = {step.key: step.sends.asks for step in campaign.message_steps}
        sent = select(
            message.c.id, message.c.contact_id, message.c.step, message.c.channel, message.c.occurrence
        )
        sent = sent.where(message.c.campaign == campaign.name, message.c.handed_over_at == now)
        for row in connection.execute(sent.order_by(message.c.id)).all():
            key = f"{campaign.name}:{row.step}:{row.contact_id}:{row.occurrence}"
            slots = self._slots(campaign, row.step, now)
            done = reaction(key, Channel(row.channel), asks.get(row.step, ()), now, slots)
            if done is not None:
                event = partial(self._react, done, key, row.id, row.contact_id)
                self.agenda.add(Event(at=done.at, happen=event, concerns=()))
                if done.kind in ANSWERS_THAT_COUNT:
                    self._look_next_morning(campaign, done.at)

    def _look_next_morning(self, campaign: Campaign, at: datetime) -> None:
        """Let a campaign see on the next day what came back; once a day is enough for a play."""
        zone = ZoneInfo(campaign.settings.timezone)
        day = at.astimezone(zone).date() + timedelta(days=1)
        if (campaign.name, day) not in self._mornings:
            self._mornings.add((campaign.name, day))
            midnight = datetime.combine(day, time.min, zone)
            self.agenda.add(Event(at=midnight, happen=_nothing, concerns=(campaign.name,)))

    def _slots(self, campaign: Campaign, step: str, now: datetime) -> list[datetime]:
        """Hours for a meeting: at the show that people are invited to, else in the second week from now."""
        show = campaign.show
        if step == BOOKING and show is not None and show.starts is not None:
            days = [show.starts + timedelta(days=number) for number in range(3)]
            zone = ZoneInfo(show.timezone)
        elif step in INVITATIONS:
            days = [now.date() + timedelta(days=number) for number in range(8, 13)]
            zone = ZoneInfo(self.desk.workspace.settings.timezone)
        else:
            return []
        return [
            datetime.combine(day, time(hour), zone) for day in days for hour in SLOTS if day.weekday() < 5
        ]

    def _react(self, done: Reaction, key: str, message_id: int, contact_id: int, engine: Engine) -> None:
        report = Report(
            contact_id=contact_id,
            kind=done.kind,
            at=done.at,
            source=SOURCE,
            external_id=key,
            channel=done.channel,
            message_id=message_id,
            answers=done.answers,
            meeting_at=done.meeting_at,
            place=PLACE if done.meeting_at else None,
            hard=done.kind is InteractionKind.BOUNCED,
        )
        with engine.begin() as connection:
            take(connection, report, now=done.at)
        if done.kind is InteractionKind.ACCEPTED and done.meeting_at is not None:
            after = done.meeting_at + timedelta(minutes=40)
            held = partial(self._hold, key, contact_id, done.meeting_at, after)
            self.agenda.add(Event(at=after, happen=held))

    def _hold(self, key: str, contact_id: int, starts_at: datetime, at: datetime, engine: Engine) -> None:
        report = Report(
            contact_id=contact_id,
            kind=InteractionKind.HELD if comes(key) else InteractionKind.NO_SHOW,
            at=at,
            source=SOURCE,
            external_id=f"{key}:meeting",
            channel=Channel.MEETING,
            meeting_at=starts_at,
        )
        with engine.begin() as connection:
            take(connection, report, now=at)

    def _approve_later(self, connection: Connection, campaign: Campaign, *, now: datetime) -> None:
        if campaign.name in self._asked or not waiting(connection, campaign.name):
            return
        self._asked.add(campaign.name)
        at = now + APPROVAL
        event = partial(self._approve, campaign.name, at)
        self.agenda.add(Event(at=at, happen=event, concerns=(campaign.name,)))

    def _approve(self, campaign: str, at: datetime, engine: Engine) -> None:
        self._asked.discard(campaign)
        with engine.begin() as connection:
            approve(connection, campaign, None, by="dana", now=at)


def _evening(show: Show, number: int) -> datetime:
    """Return the evening of a day of the show, counted from 0; an avenue without dates has no evenings."""
    if show.starts is None:
        return START
    return datetime.combine(show.starts + timedelta(days=number), time(18), ZoneInfo(show.timezone))


def _outcome(desk: Desk, campaigns: Iterable[str]) -> DemoResult:
    outbox, picture = desk.workspace.root / "outbox", desk.workspace.root / PICTURE
    with desk.engine.begin() as connection:
        draw(connection, picture, ZoneInfo(desk.workspace.settings.timezone))
        outcomes = [_campaign_outcome(connection, name) for name in campaigns]
        someone = connection.scalar(
            select(message.c.address).where(
                message.c.channel == Channel.EMAIL, message.c.address.is_not(None)
            )
        )
        came_back = (
            select(interaction.c.kind, func.count())
            .where(interaction.c.source == SOURCE)
            .group_by(interaction.c.kind)
            .order_by(func.count().desc(), interaction.c.kind)
        )
        return DemoResult(
            workspace=str(desk.workspace.root),
            outbox=str(outbox),
            picture=str(picture),
            start=START.isoformat(),
            until=UNTIL.isoformat(),
            campaigns=outcomes,
            files={channel: len(list(outbox.glob(f"{channel}/*"))) for channel in Channel},
            came_back=dict(connection.execute(came_back).tuples().all()),
            waits=sum(row.messages for name in campaigns for row in waiting(connection, name)),
            someone=someone or "",
        )


def _campaign_outcome(connection: Connection, name: str) -> CampaignResult:
    counted = summary(connection, name)
    states = {state: counted.by_state.get(state, 0) for state in State}
    reached = select(func.count()).where(
        interaction.c.source == GOAL, interaction.c.external_id.startswith(f"{name}:", autoescape=True)
    )
    return CampaignResult(
        campaign=name,
        planned=counted.messages,
        accepted=states[State.ACCEPTED],
        rejected=states[State.REJECTED],
        unknown=states[State.UNKNOWN],
        expired=states[State.EXPIRED],
        waiting=states[State.PLANNED],
        held=counted.held,
        goal=connection.scalar(reached) or 0,
    )


def _copy(source: Path, target: Path) -> None:
    if target.exists() and not (target / MARK).exists() and any(target.iterdir()):
        raise UsageError(f"{target} is not an earlier demo. Name another folder with --in.")
    load_workspace(source)
    if target.exists():
        shutil.rmtree(target)
    for folder in ("config", "templates", "leads"):
        shutil.copytree(source / folder, target / folder, ignore=partial(_foreign, source))
    target.chmod(0o700)
    (target / MARK).touch()
    _send_to_the_outbox(target / SETTINGS)


def _foreign(source: Path, folder: str, names: list[str]) -> set[str]:
    """Return what is not copied: links out of the workspace, and what is no file."""
    paths = {name: Path(folder, name) for name in names}
    return {
        name
        for name, path in paths.items()
        if leads_out(source, path) or not (path.is_file() or path.is_dir())
    }


def _send_to_the_outbox(settings: Path) -> None:
    """Whatever the workspace sends with, the demo writes files."""
    yaml = YAML()
    document = yaml.load(settings)
    document["channels"] = {channel.value: {"connector": "outbox"} for channel in Channel}
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


def _nothing(_: Engine) -> None:
    """It is a new day; that is all."""


def _silent(_: str) -> None:
    """Tell nobody."""
