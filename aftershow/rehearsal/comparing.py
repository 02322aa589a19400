"""Compare what became of people with what a marketer's test expects, and say the difference in words."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, Engine, select

from aftershow.campaign.campaign import Campaign
from aftershow.errors import Problem
from aftershow.rehearsal.trial_file import Expected, Gets, TrialModel
from aftershow.store.tables import enrollment, message
from aftershow.words.states import State
from aftershow.workspace.yaml.yaml_file import YamlFile

#: Of what became of a person, so much is told when it is not what was expected.
_TOLD = 12
_INDENT = "\n              "
_WHEN = "%a %d %b %Y %H:%M %Z"


@dataclass(frozen=True, kw_only=True, slots=True)
class Observed:
    """Something that became of a person in a test."""

    what: str
    step: str | None
    channel: str | None
    #: aware; None for what is held
    at: datetime | None
    reason: str | None = None

    def in_words(self, zone: ZoneInfo) -> str:
        """Return it in words."""
        when = f" on {self.at.astimezone(zone).strftime(_WHEN)}" if self.at else ""
        match self.what:
            case "gets":
                return f"gets {self.channel} {self.step}{when}"
            case "leaves":
                return f"leaves ({self.reason}){when}"
            case _:
                return f"{self.channel} {self.step} is {self.what}: {self.reason}"


def compare(
    engine: Engine, campaign: Campaign, source: YamlFile, model: TrialModel, people: Mapping[str, int]
) -> list[Problem]:
    """Return each expectation that did not come true, at its line, with what came instead.

    `people` are the ids of the contacts by the names that the test has for them.
    """
    zone = ZoneInfo(campaign.settings.timezone)
    problems = []
    with engine.begin() as connection:
        became = {name: list(_became(connection, campaign, number)) for name, number in people.items()}
    for number, wish in enumerate(model.expect):
        facts = became[wish.contact]
        if not _came_true(wish, facts, zone):
            problems.append(source.problem(("expect", number), _difference(wish, facts, zone)))
    return problems


def _difference(wish: Expected, facts: list[Observed], zone: ZoneInfo) -> str:
    told = [fact.in_words(zone) for fact in facts[:_TOLD]] or ["gets nothing, and is in no step"]
    return f"expected: {wish.contact} {_wished(wish, zone)}\n    but:      {_INDENT.join(told)}"


def _became(connection: Connection, campaign: Campaign, number: int) -> Iterator[Observed]:
    """Return what became of a person, in the order of time; what is held comes last."""
    its = message.c
    rows = connection.execute(
        select(its.step, its.channel, its.state, its.reason, its.handed_over_at)
        .where(its.campaign == campaign.name, its.contact_id == number)
        .order_by(its.handed_over_at.is_(None), its.handed_over_at, its.id)
    ).all()
    for row in rows:
        if row.state == State.ACCEPTED:
            yield Observed(what="gets", step=row.step, channel=row.channel, at=row.handed_over_at)
        elif row.state not in (State.PLANNED, State.CLAIMED):
            yield Observed(what=row.state, step=row.step, channel=row.channel, at=None, reason=row.reason)
    left = select(enrollment.c.exited_at, enrollment.c.exit_reason).where(
        enrollment.c.campaign == campaign.name,
        enrollment.c.contact_id == number,
        enrollment.c.exited_at.is_not(None),
    )
    for row in connection.execute(left.order_by(enrollment.c.exited_at)):
        yield Observed(what="leaves", step=None, channel=None, at=row.exited_at, reason=row.exit_reason)


def _came_true(wish: Expected, facts: list[Observed], zone: ZoneInfo) -> bool:
    if wish.gets == "nothing":
        return not any(fact.what == "gets" for fact in facts)
    if wish.misses is not None:
        return not any(_is_step(wish.misses, fact) for fact in facts)
    return any(_is_it(wish, fact) and _then(wish, fact.at, zone) for fact in facts)


def _is_it(wish: Expected, fact: Observed) -> bool:
    if isinstance(wish.gets, Gets):
        return _is_step(wish.gets, fact)
    if wish.held is not None:
        return fact.reason == wish.held and fact.what == State.HELD and wish.step in (None, fact.step)
    return fact.what == "leaves" and fact.reason == wish.leaves


def _is_step(gets: Gets, fact: Observed) -> bool:
    return (fact.what, fact.step, fact.channel) == ("gets", gets.step, gets.channel)


def _then(wish: Expected, at: datetime | None, zone: ZoneInfo) -> bool:
    if wish.at is not None:
        return at is not None and at.replace(second=0, microsecond=0) == wish.at.replace(
            second=0, microsecond=0
        )
    if wish.on is not None:
        return at is not None and at.astimezone(zone).date() == wish.on
    return True


def _wished(wish: Expected, zone: ZoneInfo) -> str:
    when = ""
    if wish.at is not None:
        when = f" on {wish.at.astimezone(zone).strftime(_WHEN)}"
    elif wish.on is not None:
        when = f" on {wish.on:%a %d %b %Y}"
    if isinstance(wish.gets, Gets):
        return f"gets {wish.gets.channel} {wish.gets.step}{when}"
    if wish.gets is not None:
        return "gets nothing"
    if wish.misses is not None:
        return f"does not get {wish.misses.channel} {wish.misses.step}"
    if wish.held is not None:
        return f"is held: {wish.held}{f', at {wish.step}' if wish.step else ''}"
    return f"leaves ({wish.leaves}){when}"
