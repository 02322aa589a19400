"""What a run shows in Prefect's pages: its name, its state, its artifacts."""

from datetime import timedelta

import pytest
from prefect.client.schemas.objects import StateType
from sqlalchemy.exc import OperationalError

import flows.opening
from aftershow.desk import open_desk
from flows.in_process import run_here
from flows.lateness import said
from flows.run_campaign import run_campaign
from tests.flows.conftest import Prefect
from tests.promises.conftest import Office
from tests.promises.test_mail import smtp
from tests.servers.smtp_server import Act, Rule, SmtpServer

ANA, BO = "Ana,Lee,ana@example.com,,yes,", "Bo,Lee,bo@example.com,,yes,"


def test_all_is_well(office: Office, prefect: Prefect) -> None:
    """A run is named by campaign and moment on the workspace's clock, and shows plan, progress and result."""
    office.import_rows(ANA, BO)
    office.run()
    run = prefect.last_run()
    assert run.name == "follow-up, Fri 18 Sep 10:00"
    assert run.state is not None
    assert run.state.name == "Completed"
    artifacts = prefect.artifacts(run)
    assert artifacts.keys() == {"plan-follow-up", "progress-follow-up", "result-follow-up"}
    assert artifacts["progress-follow-up"].data == 100.0
    assert "Started" not in str(artifacts["result-follow-up"].data)


def test_some_were_not_sent(office: Office, prefect: Prefect) -> None:
    """A run in which a message was refused and one is in doubt is red and says how many; its figures stay."""
    rules = [
        Rule(at="RCPT", to="ana@example.com", do="550 5.1.1 no such user"),
        Rule(at=".", to="bo@example.com", do=Act.KEEP_AND_DROP),
    ]
    with SmtpServer(rules) as server:
        office.set_up("email", smtp(server))
        office.import_rows(ANA, BO)
        result = office.run()
    assert (result["rejected"], result["unknown"]) == (1, 1)
    state = prefect.last_run().state
    assert state is not None
    assert (state.type, state.name, state.message) == (
        StateType.FAILED,
        "SomeNotSent",
        "1 rejected, 1 in doubt",
    )


def test_nobody_is_named(office: Office, prefect: Prefect) -> None:
    """Artifacts hold counts, never people."""
    office.import_rows(ANA)
    office.run()
    shown = str([one.data for one in prefect.artifacts(prefect.last_run()).values()])
    assert "ana" not in shown.casefold().replace("read", "")


def test_a_late_run(office: Office, prefect: Prefect, monkeypatch: pytest.MonkeyPatch) -> None:
    """A run that begins after its time works at the real moment and says how late it is."""
    office.import_rows(ANA)
    monkeypatch.setattr("flows.run_campaign.lateness", lambda now: timedelta(hours=3, minutes=10))
    run_here(run_campaign, campaign="follow-up", workspace=office.root)
    shown = prefect.artifacts(prefect.last_run())["result-follow-up"].data
    assert "Started 3 h 10 min late" in str(shown)


@pytest.mark.parametrize(
    ("length", "words"),
    [
        (timedelta(seconds=59), "0 min"),
        (timedelta(minutes=70), "1 h 10 min"),
        (timedelta(days=2, minutes=5), "2 d 0 h 5 min"),
    ],
)
def test_lengths_of_time(length: timedelta, words: str) -> None:
    assert said(length) == words


def test_a_database_that_is_away(office: Office, prefect: Prefect, monkeypatch: pytest.MonkeyPatch) -> None:
    """A run waits for its database; nothing else is tried again."""
    office.import_rows(ANA)
    away = [OperationalError("select 1", {}, OSError("away"))] * 2

    def opening(root: object) -> object:
        if away:
            raise away.pop()
        return open_desk(office.root)

    monkeypatch.setattr(flows.opening, "open_desk", opening)
    monkeypatch.setattr("flows.run_campaign.opened", flows.opening.opened.with_options(retry_delay_seconds=0))
    assert office.run()["accepted"] == 1
    assert away == []
