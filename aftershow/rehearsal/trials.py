"""Run the tests that marketers write: play a campaign for a few people in virtual time, and compare."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from pathlib import PurePosixPath
from typing import Any

from sqlalchemy import Connection, Engine, update

from aftershow.campaign.campaign import Campaign
from aftershow.errors import Problem, WorkspaceError
from aftershow.feedback.kinds import channel_of
from aftershow.feedback.report import Report
from aftershow.feedback.taking import latest_message, take
from aftershow.people.consent.permissions import record
from aftershow.rehearsal.comparing import compare
from aftershow.rehearsal.trial_file import Happens, TrialModel
from aftershow.rehearsal.trial_people import add_people
from aftershow.rehearsal.virtual_time import Agenda, Event, play
from aftershow.store.copying import scratch_engine
from aftershow.store.tables import contact, lead
from aftershow.words.answers import Answer
from aftershow.words.channels import Channel
from aftershow.words.kinds import InteractionKind
from aftershow.workspace.workspace import TESTS
from aftershow.workspace.yaml.wording import Place
from aftershow.workspace.yaml.yaml_file import YamlFile

#: How long a test plays whose last moment nobody names.
USUAL = timedelta(days=60)
_DAY = timedelta(days=1)


def campaign_of(file: str) -> str:
    """Return the name of the campaign that a test file is for."""
    return PurePosixPath(file).name.removesuffix(TESTS)


def run_trial(campaign: Campaign, source: YamlFile) -> list[Problem]:
    """Run one test file; returns what did not come out as it says, each at its line.

    Raises WorkspaceError with every mistake in the file itself.
    """
    model = source.read(TrialModel)
    problems = _unknown_people(source, model)
    if problems:
        raise WorkspaceError(problems)
    engine = scratch_engine()
    try:
        people = add_people(engine, campaign, model)
        agenda = Agenda(_event(campaign, people, happens) for happens in model.happens)
        play(engine, [campaign], start=model.start, until=_until(model), agenda=agenda)
        return compare(engine, campaign, source, model, people)
    finally:
        engine.dispose()


def _unknown_people(source: YamlFile, model: TrialModel) -> list[Problem]:
    known = {name for given in model.given for name in (given.email, given.phone, given.rep) if name}
    named: list[tuple[Place, str]] = [
        (("happens", number, "contact"), event.contact) for number, event in enumerate(model.happens)
    ]
    named += [(("expect", number, "contact"), wish.contact) for number, wish in enumerate(model.expect)]
    return [
        source.problem(place, f"nobody in `given` is {name}") for place, name in named if name not in known
    ]


def _until(model: TrialModel) -> datetime:
    if model.until is not None:
        return model.until
    moments = [wish.at for wish in model.expect if wish.at] + [event.at for event in model.happens]
    named_all = all(wish.at or wish.held for wish in model.expect)
    return max(moments) + _DAY if moments and named_all else max([model.start + USUAL, *moments]) + _DAY


def _event(campaign: Campaign, people: Mapping[str, int], happens: Happens) -> Event:
    number = people[happens.contact]

    def happen(engine: Engine) -> None:
        with engine.begin() as connection:
            if happens.becomes:
                _become(connection, number, happens)
            if happens.outcome is not None or happens.answers:
                _come_back(connection, campaign, number, happens)

    return Event(at=happens.at, happen=happen)


def _become(connection: Connection, number: int, happens: Happens) -> None:
    for name, value in happens.becomes.items():
        if name == "grade":
            connection.execute(update(lead).where(lead.c.contact_id == number).values(grade=value))
        elif name.startswith("permission."):
            channel = Channel(name.removeprefix("permission."))
            record(connection, number, channel, Answer(value), source="test", said_at=happens.at)
        else:
            columns = ("phone", "mobile") if name == "phone" else (name,)
            change: dict[str, Any] = dict.fromkeys(columns, value)
            connection.execute(update(contact).where(contact.c.id == number).values(**change))


def _come_back(connection: Connection, campaign: Campaign, number: int, happens: Happens) -> None:
    kind = happens.outcome or InteractionKind.NOTE
    channel = channel_of(kind, happens.channel)
    answered = None
    if channel is not None:
        answered = latest_message(connection, number, channel, campaign=campaign.name, step=happens.step)
    report = Report(
        contact_id=number,
        kind=kind,
        at=happens.at,
        source="test",
        external_id=f"{number}:{happens.at.isoformat()}:{kind}",
        channel=channel,
        message_id=answered,
        answers=happens.answers,
        meeting_at=happens.meeting,
        place=happens.place,
    )
    take(connection, report, now=happens.at)
