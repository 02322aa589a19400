"""What is in doubt is listed, with what can be done, and providers can be asked."""

import json
from pathlib import Path

import pytest
from sqlalchemy import update

from aftershow.desk import open_desk
from aftershow.store.tables import message
from tests.commands.conftest import AT, Run
from tests.servers.twilio_server import TwilioServer


def test_what_is_in_doubt(run: Run, doubtful: Path) -> None:
    """The list names the message, its person and its key; a word settles it, once, with a name to it."""
    listed = run("ledger", "--unknown", "--json", "--at", AT)
    (row,) = listed.document["unknown"]
    assert (listed.code, row["contact"], row["campaign"], row["step"], row["channel"]) == (
        0,
        "ann.lee@example.com",
        "midwest-leads",
        "thanks",
        "email",
    )
    assert row["handed_over_at"] == "2026-09-18T15:00:00+00:00"
    assert row["key"] in row["remedy"]
    printed = run("ledger", "midwest-leads", "--unknown", "--at", AT).out
    assert "Fri 2026-09-18 10:00 CDT" in printed
    assert row["key"] in printed
    assert "aftershow settle MESSAGE" in printed

    word = ("settle", row["key"], "--not-sent", "--again", "--by", "dana", "--at", AT)
    settled = run(*word, "--json")
    assert (settled.code, settled.document) == (
        0,
        {"message": row["message"], "state": "planned", "reason": None},
    )
    twice = run(*word)
    assert (twice.code, twice.out) == (2, "")
    assert "is not in doubt: it is planned" in twice.err
    assert run("ledger", "--unknown").out == "Nothing is in doubt.\n"
    (event,) = [
        event
        for event in run("contact", "ann.lee@example.com", "--json").document["timeline"]
        if event["kind"] == "not_sent"
    ]
    assert (event["step"], event["data"]["by"]) == ("thanks", "dana")


def test_nobody_to_ask(run: Run, doubtful: Path) -> None:
    """Where no provider keeps a list, asking changes nothing, and the list is shown."""
    asked = run("ledger", "--unknown", "--reconcile", "--json", "--at", AT)
    assert (asked.code, asked.document["settled"], len(asked.document["unknown"])) == (0, [], 1)


def test_a_provider_that_does_not_answer(run: Run, doubtful: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """When a list can't be asked, the trouble is told beside what is in doubt, and the exit code is 1."""
    with TwilioServer() as server:
        twilio = {"connector": "twilio", "account_sid": "AC1", "from": "+15005550006", "base_url": server.url}
    settings = doubtful / "config" / "aftershow.yaml"
    other = [line for line in settings.read_text().splitlines() if not line.startswith("  text: {connector")]
    settings.write_text("\n".join(other).replace("channels:\n", f"channels:\n  text: {json.dumps(twilio)}\n"))
    monkeypatch.setenv("AFTERSHOW_TWILIO_AUTH_TOKEN", "secret")
    with open_desk(doubtful) as desk, desk.engine.begin() as connection:
        by_text = {"channel": "text", "address": "+13095550100"}
        connection.execute(update(message).where(message.c.state == "unknown").values(**by_text))
    words = ("ledger", "--unknown", "--reconcile", "--at", "2026-09-18T12:00-05:00")
    asked = run(*words, "--json")
    assert (asked.code, len(asked.document["unknown"])) == (1, 1)
    assert "list can't be read" in asked.document["trouble"]
    assert "--reconcile asks twilio" in asked.document["unknown"][0]["remedy"]
    assert asked.document["trouble"] in run(*words).out


def test_the_ledger_of_a_campaign_that_is_gone(run: Run, doubtful: Path) -> None:
    """Without the campaign's file its messages are still counted and listed, and can be settled."""
    (doubtful / "config" / "campaigns" / "midwest-leads.yaml").unlink()
    (doubtful / "config" / "campaigns" / "midwest-leads.test.yaml").unlink()
    assert run("ledger", "midwest-leads", "--json").document["by_state"]["unknown"] == 1
    (row,) = run("ledger", "midwest-leads", "--unknown", "--json").document["unknown"]
    sent = run("settle", row["message"], "--sent", "--at", AT)
    assert sent.out == f"Message {row['message']}: it was sent, and counts as accepted.\n"
    assert run("ledger", "midwest-leads", "--json").document["by_state"]["accepted"] == 1
