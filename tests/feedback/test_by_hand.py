"""What a person types is written down once, for the step that it answers."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Connection

from aftershow.errors import UsageError
from aftershow.feedback.by_hand import BY_HAND, exit_by_hand, log_by_hand, pairs, question_name
from aftershow.feedback.report import Report
from aftershow.store.tables import enrollment, interaction, lead
from aftershow.words.channels import Channel
from aftershow.words.kinds import InteractionKind
from tests.feedback.conftest import DAY, NOW, rows

SECOND = timedelta(seconds=1)
NO_ANSWER: dict[str, Any] = {"kind": InteractionKind.NO_ANSWER, "channel": Channel.CALL, "by": "dana"}


def say(connection: Connection, now: datetime = NOW, at: datetime | None = None, **words: Any) -> bool:
    report = Report(**{"contact_id": 1, "at": at or now, "source": BY_HAND} | NO_ANSWER | words)
    return log_by_hand(connection, report, now=now)


def test_a_report_answers_the_step(connection: Connection) -> None:
    """A call is tied to the brief that was sent, its answers to that campaign's lead."""
    assert say(connection, kind=InteractionKind.CONNECTED, campaign="c", answers={"Decision date": "2027-03"})
    (row,) = rows(connection, interaction)
    assert (row["message_id"], row["occurred_at"], row["data"]["by"]) == (4, NOW, "dana")
    assert rows(connection, lead)[0]["answers"] == {"size": "big", "decision_date": "2027-03"}


def test_a_command_typed_twice(connection: Connection) -> None:
    """The same words within a minute are one report; later, of another channel or person, they are new."""
    assert say(connection)
    assert not say(connection, NOW + 59 * SECOND)
    assert say(connection, NOW + 59 * SECOND, note="engaged, it seems")
    assert say(connection, NOW + 59 * SECOND, contact_id=2)
    assert say(connection, NOW + 61 * SECOND)
    assert len(rows(connection, interaction)) == 4


def test_a_moment_that_is_named(connection: Connection) -> None:
    """The same words of the same moment are one report, however late; of another moment they are new."""
    assert say(connection, at=NOW - DAY)
    assert not say(connection, NOW + DAY, at=NOW - DAY)
    assert say(connection, at=NOW - DAY + SECOND)
    assert [row["occurred_at"] for row in rows(connection, interaction)] == [NOW - DAY, NOW - DAY + SECOND]


def test_a_step_that_was_not_sent(connection: Connection) -> None:
    """Whoever names a campaign or a step that sent nothing to the person is told, and nothing is kept."""
    for words, message in (
        ({"campaign": "d"}, "Nothing of campaign `d` was sent to contact 1 by call."),
        (
            {"campaign": "c", "step": "email"},
            "Nothing of campaign `c` step `email` was sent to contact 1 by call.",
        ),
        ({"contact_id": 2, "campaign": "c"}, "Nothing of campaign `c` was sent to contact 2 by call."),
    ):
        with pytest.raises(UsageError) as caught:
            say(connection, **words)
        assert str(caught.value) == message
    assert rows(connection, interaction) == []


def test_a_note_belongs_to_no_message(connection: Connection) -> None:
    """A note is about the person, unless a campaign is named."""
    note = {"kind": InteractionKind.NOTE, "channel": None, "note": "moves in May"}
    say(connection, **note)
    say(connection, **note, step="letter")
    assert [row["message_id"] for row in rows(connection, interaction)] == [None, 3]


def test_answers() -> None:
    """An answer is a name and a value; the name becomes that of a question."""
    assert pairs(["decision_date=2027-03", "Size = a=b "]) == {"decision_date": "2027-03", "Size ": "a=b"}
    assert question_name(" Größe des Teams? ") == "größe_des_teams"
    for text in ("decision_date", "=x", "size=", "?=x"):
        with pytest.raises(UsageError, match="NAME=VALUE"):
            pairs([text])


def test_leaving_by_hand(connection: Connection) -> None:
    """A person leaves all tracks of a campaign, with the reason, and the record says so once."""
    assert exit_by_hand(connection, 1, "c", reason="bought elsewhere", by="dana", now=NOW) == 2
    assert {(row["exited_at"], row["exit_reason"]) for row in rows(connection, enrollment)} == {
        (NOW, "by hand: bought elsewhere")
    }
    (row,) = rows(connection, interaction)
    assert (row["kind"], row["direction"], row["note"]) == ("exited", "none", "by hand: bought elsewhere")
    assert (row["data"]["campaign"], row["data"]["by"]) == ("c", "dana")


def test_a_long_reason_is_cut(connection: Connection) -> None:
    """The reason fits where it is kept; without one it says that it was by hand."""
    exit_by_hand(connection, 1, "c", reason="x" * 300, by="dana", now=NOW)
    assert [len(row["exit_reason"]) for row in rows(connection, enrollment)] == [200, 200]


def test_who_can_not_leave(connection: Connection) -> None:
    """Who is not in a campaign, or has left it, can't leave it; a misspelt name is put right."""
    exit_by_hand(connection, 1, "c", reason=None, by="dana", now=NOW)
    assert rows(connection, enrollment)[0]["exit_reason"] == "by hand"
    for contact_id, campaign, message in (
        (1, "c", "has left the campaign `c` already"),
        (1, "cc", "is not in the campaign `cc`: did you mean `c`?"),
        (2, "c", "is not in the campaign `c`"),
    ):
        with pytest.raises(UsageError, match="Contact") as caught:
            exit_by_hand(connection, contact_id, campaign, reason=None, by="dana", now=NOW)
        assert message in str(caught.value)
    assert len(rows(connection, interaction)) == 1
