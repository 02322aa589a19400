"""Texts through Twilio's own client, against answers as Twilio gives them."""

import json
import sys
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs

import pytest
import requests
import responses
from sqlalchemy import select

from aftershow.cli import main
from aftershow.store.tables import suppression
from tests.promises.conftest import MORNING, Office
from tests.servers.twilio_server import Act, TwilioServer

pytestmark = pytest.mark.either_database

MESSAGES = "https://api.twilio.com/2010-04-01/Accounts/AC123/Messages.json"
TWILIO = {"connector": "twilio", "account_sid": "AC123", "from": "+15005550006"}

FINE, STOPPED, BUSY, SILENT = "+13095550100", "+13095550101", "+13095550102", "+13095550103"


@pytest.fixture
def twilio(office: Office, monkeypatch: pytest.MonkeyPatch) -> Office:
    monkeypatch.setenv("AFTERSHOW_TWILIO_AUTH_TOKEN", "secret")
    office.set_up("text", TWILIO)
    people = {"Fine": FINE, "Stopped": STOPPED, "Busy": BUSY, "Silent": SILENT}
    office.import_rows(*(f"{name},Lee,{name.lower()}@example.com,{to},,yes" for name, to in people.items()))
    return office


def answer(request: requests.PreparedRequest) -> tuple[int, dict[str, str], str]:
    """Answer as Twilio does, by the number that is written to."""
    to = parse_qs(str(request.body))["To"][0]
    if to == SILENT:
        raise requests.exceptions.ReadTimeout
    if to == STOPPED:
        return 400, {}, json.dumps({"code": 21610, "message": "unsubscribed", "status": 400})
    if to == BUSY:
        return 429, {"Retry-After": "30"}, json.dumps({"code": 20429, "message": "too many", "status": 429})
    return 201, {}, json.dumps({"sid": f"SM{to[-4:]}", "status": "queued"})


@pytest.mark.both_databases
@responses.activate
def test_every_answer_ends_where_it_should(twilio: Office) -> None:
    """Accepted; stopped is suppressed; busy is tried again; silence is unknown. Nobody gets it twice."""
    responses.add_callback(responses.POST, MESSAGES, callback=answer)
    responses.add_passthru("http://127.0.0.1")
    twilio.run()
    twilio.run(MORNING + timedelta(minutes=2))
    states = twilio.ledger()
    assert states == {"Fine": "accepted", "Stopped": "rejected", "Busy": "planned", "Silent": "unknown"}
    with twilio.database() as connection:
        assert connection.scalars(select(suppression.c.address)).all() == [STOPPED]
    responses.remove(responses.POST, MESSAGES)
    responses.add(responses.POST, MESSAGES, json={"sid": "SM2", "status": "queued"}, status=201)
    twilio.run(MORNING + timedelta(hours=1))
    assert twilio.ledger() == {
        "Fine": "accepted",
        "Stopped": "rejected",
        "Busy": "accepted",
        "Silent": "unknown",
    }
    written_to = [parse_qs(str(call.request.body))["To"][0] for call in responses.calls]
    assert written_to.count(FINE) == written_to.count(STOPPED) == written_to.count(SILENT) == 1


def reconcile(office: Office, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Any:
    """Ask the providers about what is in doubt, as a person does an hour later; returns the document."""
    at = (MORNING + timedelta(hours=1)).isoformat()
    words = ["ledger", "--unknown", "--reconcile", "--json", "--by", "dana", "--at", at]
    monkeypatch.setattr(sys, "argv", ["aftershow", "--workspace", str(office.root), *words])
    capsys.readouterr()
    with pytest.raises(SystemExit) as end:
        main()
    assert end.value.code == 0
    return json.loads(capsys.readouterr().out)


def test_twilio_settles_what_is_in_doubt(
    twilio: Office, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """What Twilio took without answering is accepted; what it never had goes out. Nobody gets it twice."""
    with TwilioServer({SILENT: Act.DROP, BUSY: Act.LOSE}, at=MORNING) as server:
        twilio.set_up("text", {**TWILIO, "base_url": server.url})
        for minutes in (0, 2, 4):
            # Silence ends a turn: whom it did not come to waits for the next one.
            twilio.run(MORNING + timedelta(minutes=minutes))
        assert twilio.ledger() == {
            "Fine": "accepted", "Stopped": "accepted", "Busy": "unknown", "Silent": "unknown",
        }  # fmt: skip
        server.rules.clear()
        found = reconcile(twilio, monkeypatch, capsys)
        assert sorted(settled["state"] for settled in found["settled"]) == ["accepted", "planned"]
        assert found["unknown"] == []
        twilio.run(MORNING + timedelta(hours=1))
    assert set(twilio.ledger().values()) == {"accepted"}
    assert sorted(fields["To"] for fields in server.received) == [FINE, STOPPED, BUSY, SILENT]
