"""What senders that died left behind is freed without a turn of their campaign."""

from datetime import timedelta

from prefect.client.schemas.objects import StateType
from sqlalchemy import update

from aftershow.store.tables import message
from aftershow.words.states import State
from flows.housekeeping import housekeeping
from flows.in_process import run_here
from tests.flows.conftest import Prefect
from tests.flows.test_runs import ANA, BO
from tests.promises.conftest import MORNING, Office
from tests.support.moves import unwatched


def leave(office: Office, state: State) -> None:
    """Leave every message as a sender does that dies."""
    with office.database() as connection, unwatched(connection):
        lease = MORNING + timedelta(minutes=10)
        connection.execute(update(message).values(state=state, claimed_by="gone", lease_until=lease))


def test_claims_are_freed(office: Office, prefect: Prefect) -> None:
    """A claim that ran out waits again, even when the campaign's file is gone; one that lasts stays."""
    office.import_rows(ANA, BO)
    office.run()
    leave(office, State.CLAIMED)
    (office.root / "config/campaigns/follow-up.yaml").unlink()
    early = run_here(housekeeping, workspace=office.root, at=MORNING)
    late = run_here(housekeeping, workspace=office.root, at=MORNING + timedelta(hours=1))
    assert (early["freed"], late["freed"], late["in_doubt"]) == ({}, {"follow-up": 2}, {"follow-up": 0})
    assert set(office.ledger().values()) == {"planned"}


def test_what_is_in_doubt_is_red(office: Office, prefect: Prefect) -> None:
    """Messages that may have been sent are never sent again, and a person is to see it."""
    office.import_rows(ANA)
    office.run()
    leave(office, State.HANDING_OVER)
    run_here(housekeeping, workspace=office.root, at=MORNING + timedelta(hours=1))
    assert office.ledger() == {"Ana": "unknown"}
    state = prefect.last_run().state
    assert state is not None
    assert (state.type, state.message) == (StateType.FAILED, "1 in doubt")
