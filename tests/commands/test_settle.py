"""A person's word settles a message that is in doubt, and only one."""

from pathlib import Path

from tests.commands.conftest import AT, Run


def test_a_word_on_a_message(run: Run, doubtful: Path) -> None:
    """One that was not sent, and is not to be sent again, is over; a second word comes too late."""
    (row,) = run("ledger", "--unknown", "--json", "--at", AT).document["unknown"]
    settled = run("settle", row["message"], "--not-sent", "--at", AT, "--json")
    assert (settled.code, list(settled.document)) == (0, ["message", "state", "reason"])
    assert settled.document["state"] not in ("unknown", "planned", "accepted")
    assert run("settle", row["message"], "--sent", "--at", AT).code == 2
