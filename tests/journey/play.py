"""Random campaigns, people and events, and a stage on which they are played by a random clock."""

import json
import shutil
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from hypothesis import strategies as st
from sqlalchemy import event, select

from aftershow.campaign.reading import load_campaign
from aftershow.campaign.versions import in_use
from aftershow.errors import OutcomeUnknownError, TemporaryError
from aftershow.feedback.by_hand import exit_by_hand
from aftershow.feedback.report import Report
from aftershow.feedback.taking import latest_message, take
from aftershow.journey.turn import Prepared, committing, send_shard, take_turn
from aftershow.ledger.send_counts import SendCounts
from aftershow.messages.rendering import StepRenderer, renderers
from aftershow.people.consent.permissions import record
from aftershow.ports import DeliveryOutcome, Receipt, Rendered
from aftershow.signing import Signer
from aftershow.store.engine import open_engine
from aftershow.store.tables import contact, enrollment, message, metadata
from aftershow.words.answers import Answer
from aftershow.words.channels import Channel
from aftershow.words.kinds import InteractionKind
from tests.support.stage import ANY, FILES, REACHABLE, Stage

QUARTER, HOUR, DAY = timedelta(minutes=15), timedelta(hours=1), timedelta(days=1)
#: Before clocks go back in Europe and in America, before they go forward in both, and at no such time.
BEGINNINGS = (
    datetime(2026, 10, 23, 9, tzinfo=UTC),
    datetime(2026, 10, 30, 20, tzinfo=UTC),
    datetime(2027, 3, 12, 12, tzinfo=UTC),
    datetime(2027, 3, 26, 6, tzinfo=UTC),
    datetime(2026, 9, 21, 15, tzinfo=UTC),
)
ZONES = ("America/Chicago", "Europe/Berlin", "Asia/Kolkata", "Australia/Lord_Howe", None)
#: What happens to a person between two turns.
EVENTS = ("replied", "opened", "unsubscribed", "no_answer", "connected", "exit", "refuses", "agrees", "moves")


@dataclass(frozen=True, kw_only=True)
class Scene:
    """All that a play needs to be played again."""

    campaign: Mapping[str, Any]
    people: Sequence[Mapping[str, Any]]
    begins: datetime
    #: quarters of an hour from turn to turn
    gaps: Sequence[int]
    #: before which turn, to whom, what
    events: Sequence[tuple[int, int, str]] = ()
    #: what the provider says of a message, one after the other, again and again
    outcomes: Sequence[str] = ("accepted",)


waits = st.sampled_from(["1 hour", "5 hours", "1 day", "2 days", "1 business day", "1 week"])


@st.composite
def steps(
    draw: st.DrawFn, names: Iterator[int], depth: int = 2, *, plain: bool = False
) -> list[dict[str, Any]]:
    """Some steps that stand one after the other, each after a wait."""
    return [draw(step(names, depth, plain=plain)) for _ in range(draw(st.integers(1, 3)))]


@st.composite
def step(draw: st.DrawFn, names: Iterator[int], depth: int, *, plain: bool) -> dict[str, Any]:
    """One step; `plain` ones ask for nobody's word and nobody's answer.

    Each waits, since a step without a wait comes with the next turn, even when that is at the same moment.
    """
    name, wait = f"s{next(names)}", draw(waits)
    kind = draw(st.sampled_from(["email", "text", "call", "letter"] + ["split", "branch"] * (depth > 1)))
    if kind == "split":
        half = {"share": "50%", "steps": draw(steps(names, depth - 1, plain=plain))}
        return {"split": name, "after": wait, "arms": {f"{name}-one": half, f"{name}-two": {"share": "50%"}}}
    if kind == "branch":
        case = {"if": 'city == "Peoria"', "steps": draw(steps(names, depth - 1, plain=plain))}
        return {"branch": name, "after": wait, "cases": [case]}
    made: dict[str, Any] = {kind: "a", "name": name, "after": wait}
    if draw(st.integers(0, 3)) == 0:
        made["if"] = draw(st.sampled_from(['city == "Peoria"', "not replied", 'permission("text")']))
    if draw(st.integers(0, 3)) == 0:
        made["at"] = draw(st.sampled_from(["2:30", "9:00", "18:00"]))
    if depth > 1 and draw(st.integers(0, 2)) == 0:
        made["otherwise"] = draw(steps(names, 0, plain=plain))
    made |= draw(_again(names, kind, depth, plain=plain))
    if not plain and draw(st.integers(0, 4)) == 0:
        made["approval"] = "required"
    if not plain and draw(st.integers(0, 4)) == 0:
        made["expires"] = draw(st.sampled_from(["2 hours", "2 days"]))
    return made


@st.composite
def _again(draw: st.DrawFn, names: Iterator[int], kind: str, depth: int, *, plain: bool) -> dict[str, Any]:
    match draw(st.integers(0, 4)):
        case 0:
            return {
                "every": draw(st.sampled_from(["1 day", "6 hours", "1 week"])),
                "times": draw(st.integers(1, 4)),
            }
        case 1 if kind == "call" and not plain:
            ways = {"no_answer": draw(steps(names, 0))} if depth else {}
            return {
                "attempts": draw(st.integers(1, 3)),
                "between": draw(waits),
                "listen": "2 days",
                "on": ways,
            }
        case 2 if kind == "email":
            return {
                "listen": "1 day",
                "on": {"replied": "stop", "silence": draw(steps(names, 0, plain=plain))},
            }
    return {}


windows = st.fixed_dictionaries(
    {
        "days": st.sampled_from(["daily", "mon-fri", "business days"]),
        "hours": st.sampled_from(["9:00-17:00", "5:00-9:00", "20:00-2:00"]),
        "in": st.sampled_from(["contact", "show"]),
    }
)


@st.composite
def campaigns(draw: st.DrawFn, *, plain: bool = False) -> dict[str, Any]:
    """A campaign for everyone who was at the show."""
    audience: dict[str, Any] = {"from": "leads"}
    audience |= draw(
        st.sampled_from([{}, {}, {"hold_out": "40%"}, {"hold_out": {"share": "40%", "for": "3 days"}}])
    )
    made = {"campaign": "c", "purpose": "p", "show": "expo", "audience": audience}
    window = draw(st.none() | windows)
    if window:
        made["send_window"] = window
    if not plain and draw(st.booleans()):
        made["limits"] = {
            "per_contact": draw(st.sampled_from(["1 per 2 days", "2 per 7 days", "1 per 6 hours"]))
        }
    if not plain and draw(st.booleans()):
        made["stop_on"] = ["replied"]
    return {**made, "steps": draw(steps(iter(range(100)), plain=plain))}


people = st.fixed_dictionaries(
    {
        "zone": st.sampled_from(ZONES),
        "possible": st.sampled_from([None, "America/Chicago America/Los_Angeles"]),
        "country": st.sampled_from(["US", "DE", "US", None]),
        "city": st.sampled_from(["Peoria", "Bonn"]),
        "lacks": st.sets(st.sampled_from(["email", "mobile", "phone", "address_1"]), max_size=2),
        "says": st.fixed_dictionaries(
            {
                channel: st.sampled_from(["yes", "yes", "no", "not_asked"])
                for channel in ("email", "text", "call")
            }
        ),
    }
)


@st.composite
def scenes(draw: st.DrawFn) -> Scene:
    """A campaign that is played by a clock of all kinds, while things happen."""
    population = draw(st.lists(people, min_size=1, max_size=4))
    gaps = draw(st.lists(st.sampled_from([1, 2, 4, 4, 20, 48, 96, 96, 288]), min_size=6, max_size=14))
    happening = st.tuples(
        st.integers(0, len(gaps)), st.integers(0, len(population) - 1), st.sampled_from(EVENTS)
    )
    return Scene(
        campaign=draw(campaigns()),
        people=population,
        begins=draw(st.sampled_from(BEGINNINGS)),
        gaps=gaps,
        events=draw(st.lists(happening, max_size=6)),
        outcomes=draw(st.sampled_from([["accepted"], ["accepted", "refused", "later", "unknown"]])),
    )


@dataclass
class Provider:
    """Takes messages, and says of each what the play says."""

    outcomes: Sequence[str]
    #: what was said of each message, by its key
    said: dict[str, list[str]] = field(default_factory=dict)
    count: int = 0
    channels = frozenset(Channel)

    def send(self, messages: Sequence[Rendered]) -> Iterator[DeliveryOutcome]:
        for rendered in messages:
            word = self.outcomes[self.count % len(self.outcomes)]
            self.count += 1
            self.said.setdefault(rendered.key, []).append(word)
            yield {
                "accepted": Receipt(key=rendered.key, accepted=True),
                "refused": Receipt(key=rendered.key, accepted=False, reason="no"),
                "later": TemporaryError(),
                "unknown": OutcomeUnknownError(),
            }[word]

    def close(self) -> None:
        """Nothing to give back."""


class Play:
    """One scene on a database of its own."""

    def __init__(self, scene: Scene, folder: Path, template: Path) -> None:
        shutil.copy(template, folder / "play.db")
        self.scene = scene
        self.engine = open_engine(f"sqlite:///{folder}/play.db")
        event.listen(self.engine, "connect", lambda raw, _: raw.execute("PRAGMA synchronous=OFF"))
        self.stage = Stage(folder, self.engine)
        for file, text in FILES.items():
            self.stage.write(file, text.lstrip())
        for file, text in ANY.items():
            self.stage.write(f"templates/a/{file}", text)
        self.stage.write("config/campaigns/c.yaml", json.dumps(scene.campaign))
        self.campaign = load_campaign(self.stage.workspace, "c")
        self.provider = Provider(scene.outcomes)
        self.now = scene.begins
        self.numbers = [self._person(number, person) for number, person in enumerate(scene.people)]
        #: when each person left by hand or replied, by number
        self.left: dict[int, datetime] = {}
        self.replied: dict[int, datetime] = {}
        self._renderers: Sequence[StepRenderer] = ()

    def _person(self, number: int, person: Mapping[str, Any]) -> int:
        columns = REACHABLE | {
            "mobile": f"+1309555{number:04}",
            "phone": f"+1309556{number:04}",
            "timezone": person["zone"],
            "possible_zones": None if person["zone"] else person["possible"],
            "country": person["country"],
            "city": person["city"],
        }
        columns |= {column: None for column in person["lacks"] if column != "email"}
        email = None if "email" in person["lacks"] else f"p{number}@example.com"
        return self.stage.person(email, says=person["says"], **columns)

    def turn(self) -> None:
        """Take one turn at this moment."""
        take_turn(committing(self.engine), self.campaign, now=self.now, send=self._send)

    def _send(self, _: Prepared) -> SendCounts:
        if not self._renderers:
            with self.engine.begin() as connection:
                self._renderers = renderers(in_use(connection, self.campaign), Signer(b"0" * 32))
        senders = dict.fromkeys(Channel, self.provider)
        return send_shard(self.engine, self._renderers, senders, worker="w", clock=lambda: self.now)[0]

    def happen(self, number: int, what: str) -> None:
        """Let something happen to a person, just before the turn of this moment."""
        at = self.now - timedelta(minutes=1)
        match what:
            case "exit":
                self._exit(number, at)
            case "refuses" | "agrees":
                self._say(number, Answer.NO if what == "refuses" else Answer.YES, at)
            case "moves":
                self.stage.change(number, timezone="Asia/Tokyo", country="JP", possible_zones=None)
            case _:
                self._hear(number, what, at)

    def _exit(self, number: int, at: datetime) -> None:
        with self.engine.begin() as connection:
            inside = select(enrollment.c.id).where(
                enrollment.c.contact_id == number, enrollment.c.exited_at.is_(None)
            )
            if connection.scalar(inside) is not None:
                exit_by_hand(connection, number, "c", reason=None, by="dana", now=at)
                self.left[number] = at

    def _say(self, number: int, answer: Answer, at: datetime) -> None:
        with self.engine.begin() as connection:
            record(connection, number, Channel.EMAIL, answer, source="test", said_at=at)

    def _hear(self, number: int, what: str, at: datetime) -> None:
        way = Channel.CALL if what in ("no_answer", "connected") else Channel.EMAIL
        with self.engine.begin() as connection:
            report = Report(
                contact_id=number,
                kind=InteractionKind(what),
                at=at,
                source="test",
                external_id=f"{number}:{what}:{at.isoformat()}",
                channel=way,
                message_id=latest_message(connection, number, way),
            )
            take(connection, report, now=at)
        if what == "replied":
            self.replied.setdefault(number, at)

    def rows(self) -> list[Any]:
        """Return every message with its person's columns."""
        where = (contact.c.timezone, contact.c.possible_zones, contact.c.country)
        with self.engine.begin() as connection:
            query = select(message, *where).join_from(message, contact, contact.c.id == message.c.contact_id)
            return list(connection.execute(query.order_by(message.c.id)))

    def went_out(self) -> Counter[tuple[int, str, int]]:
        """Return whose steps went out, which and how often."""
        return Counter(
            (row.contact_id, row.step, row.occurrence) for row in self.rows() if row.handed_over_at
        )

    def whole_database(self) -> dict[str, list[tuple[Any, ...]]]:
        """Return every row of every table."""
        with self.engine.begin() as connection:
            return {
                table.name: sorted((tuple(row) for row in connection.execute(select(table))), key=repr)
                for table in metadata.sorted_tables
            }

    def enrollments(self) -> list[Any]:
        with self.engine.begin() as connection:
            return list(connection.execute(select(enrollment)))


@contextmanager
def played(scene: Scene, template: Path) -> Iterator[Play]:
    """Open a play in a folder of its own; `template` is a database that has the tables."""
    with TemporaryDirectory() as folder:
        play = Play(scene, Path(folder), template)
        yield play
        play.engine.dispose()
