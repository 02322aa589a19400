"""A run asks other workers for help, waits for those that came, and tells what became of them."""

from collections.abc import Iterator
from datetime import datetime
from shutil import rmtree
from uuid import UUID

import pytest
from prefect.client.schemas.objects import State as RunState
from prefect.client.schemas.objects import StateType
from prefect.states import Crashed, Failed, Running, Scheduled
from sqlalchemy import update

from aftershow.desk import Desk, open_desk
from aftershow.errors import UsageError
from aftershow.ledger.claims import LEASE
from aftershow.ledger.send_counts import SendCounts
from aftershow.store.tables import message
from aftershow.words.states import State
from flows.helpers import Help, wait_for_helpers
from flows.in_process import run_here
from flows.send_shards import send_shards
from flows.shards import run_mark
from tests.flows.conftest import Prefect
from tests.promises.conftest import MORNING, Office
from tests.support.moves import unwatched

PEOPLE = [f"Ana{n},Lee{n},ana{n}@example.com,,yes," for n in range(5)]


@pytest.fixture
def desk(office: Office, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    """The desk of a run that waits; its looks follow each other at once."""
    monkeypatch.setattr("flows.helpers.PULSE", 0)
    with open_desk(office.root) as desk:
        yield desk


def helper(prefect: Prefect, office: Office, state: "RunState[object]") -> UUID:
    """Make the run of a helper, in some state."""
    prefect.deploy(office)
    deployment = prefect.deployment("send-shards/all-campaigns")
    run = prefect.client.create_flow_run_from_deployment(
        deployment.id, parameters={"campaign": "follow-up"}, state=Scheduled()
    )
    if not state.is_scheduled():
        prefect.client.set_flow_run_state(run.id, state, force=True)
    return run.id


def wait(desk: Desk, *runs: UUID) -> tuple[Help, int]:
    """Wait for helpers; returns what became of them, and how often there was more to send."""
    calls: list[None] = []
    looks = iter(range(100))

    def late() -> datetime:
        # A run that never stops waiting is not to keep the tests as well.
        assert next(looks, None) is not None
        return MORNING + LEASE

    became = wait_for_helpers(desk, "follow-up", list(runs), late, more=lambda: calls.append(None))
    return became, len(calls)


def test_one_that_never_began(office: Office, prefect: Prefect, desk: Desk) -> None:
    """It is sent away, and is no trouble."""
    run = helper(prefect, office, Scheduled())
    became, _ = wait(desk, run)
    assert (became.dead, became.note) == (0, None)
    assert prefect.client.read_flow_run(run).state_type == StateType.CANCELLED


def test_those_that_ended_badly(office: Office, prefect: Prefect, desk: Desk) -> None:
    """One that died and one that is silent are counted, and one that failed is quoted."""
    runs = [
        helper(prefect, office, state)
        for state in (Crashed(message="killed"), Running(), Failed(message="The files differ here."))
    ]
    became, _ = wait(desk, *runs)
    assert became.note == "2 helpers died; a helper failed: The files differ here."


def test_what_one_did(office: Office, prefect: Prefect, desk: Desk) -> None:
    """What it did is read from its page."""
    office.import_rows(*PEOPLE)
    office.run()
    again(office)
    run_here(send_shards, campaign="follow-up", workspace=office.root, at=MORNING)
    became, _ = wait(desk, prefect.last_run().id)
    assert (became.told, became.note) == (SendCounts(accepted=5, interactions=5), None)


def test_one_that_holds_messages(office: Office, prefect: Prefect, desk: Desk) -> None:
    """What a dead helper had claimed waits again after its lease; what it was handing over is in doubt."""
    office.import_rows(*PEOPLE)
    office.run()
    run = helper(prefect, office, Crashed(message="killed"))
    with office.database() as connection, unwatched(connection):
        lost = {"claimed_by": f"vm:1:{run_mark(run)}", "lease_until": MORNING + LEASE}
        connection.execute(update(message).values(state=State.CLAIMED, **lost))
        first = message.c.id == 1
        connection.execute(update(message).where(first).values(state=State.HANDING_OVER))
    became, more = wait(desk, run)
    assert (became.note, more > 0) == ("1 helper died", True)
    assert sorted(office.ledger().values()) == ["planned"] * 4 + ["unknown"]


def test_a_helper_with_other_files(office: Office, prefect: Prefect) -> None:
    """It sends nothing."""
    office.import_rows(*PEOPLE)
    office.run()
    again(office)
    with pytest.raises(UsageError, match="differ here"):
        run_here(send_shards, campaign="follow-up", workspace=office.root, edition="0", at=MORNING)
    assert set(office.ledger().values()) == {"planned"}


@pytest.mark.parametrize(("state", "sent"), [(Running(), 5), (Crashed(), 0)])
def test_a_helper_without_its_run(
    office: Office, prefect: Prefect, monkeypatch: pytest.MonkeyPatch, state: "RunState[object]", sent: int
) -> None:
    """It goes on while the run that asked for it is at work, and begins no shard when that has ended."""
    office.import_rows(*PEOPLE)
    office.run()
    again(office)
    monkeypatch.setattr("flows.shards.SHARD", 2)
    asked_by = helper(prefect, office, state)
    monkeypatch.setenv("PREFECT__RUNTIME__FLOW_RUN__PARENT_FLOW_RUN_ID", str(asked_by))
    result = run_here(send_shards, campaign="follow-up", workspace=office.root, at=MORNING)
    assert result["accepted"] == sent


def again(office: Office) -> None:
    """Let everybody be due again, as if nothing had arrived."""
    rmtree(office.root / "outbox")
    with office.database() as connection, unwatched(connection):
        connection.execute(update(message).values(state=State.PLANNED, claimed_by=None, settled_at=None))
