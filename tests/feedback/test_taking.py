"""A report of what happened is one interaction, and what follows from it stands in the record."""

from datetime import datetime
from typing import Any

import pytest
from sqlalchemy import Connection, insert, select, update

from aftershow.errors import UsageError
from aftershow.feedback.report import Report
from aftershow.feedback.taking import latest_message, take
from aftershow.people.consent.suppressions import suppress
from aftershow.store.tables import (
    contact,
    interaction,
    lead,
    meeting,
    merged_contact,
    message,
    permission,
    suppression,
)
from aftershow.words.channels import Channel
from aftershow.words.kinds import InteractionKind
from tests.feedback.conftest import DAY, NOW, SENT, rows
from tests.support.moves import unwatched

_Kind = InteractionKind


def tell(connection: Connection, kind: InteractionKind, at: datetime = NOW, **words: Any) -> bool:
    """Report something of Ana, each time under a name of its own."""
    number = len(rows(connection, interaction))
    said = {"contact_id": 1, "source": "test", "external_id": str(number)} | words
    return take(connection, Report(kind=kind, at=at, **said), now=NOW + DAY)


def blocked(connection: Connection) -> set[tuple[str, str, str]]:
    return {(row["channel"], row["address"], row["reason"]) for row in rows(connection, suppression)}


def test_a_report_is_written_down(connection: Connection) -> None:
    """An interaction says who moved, when, by which channel, of which message, and what was said."""
    said = {"note": "call in March", "by": "dana", "channel": Channel.CALL, "message_id": 4}
    assert tell(connection, _Kind.CALLBACK_ASKED, NOW - DAY, **said)
    (row,) = rows(connection, interaction)
    assert (row["contact_id"], row["channel"], row["direction"], row["kind"]) == (
        1,
        "call",
        "in",
        "callback_asked",
    )
    assert (row["occurred_at"], row["recorded_at"], row["message_id"]) == (NOW - DAY, NOW + DAY, 4)
    assert (row["note"], row["data"]) == ("call in March", {"note": "call in March", "by": "dana"})


def test_a_report_that_is_known_changes_nothing(connection: Connection) -> None:
    """A provider that reports twice is heard once, whatever happened in between."""
    first = {"external_id": "x", "channel": Channel.MEETING, "meeting_at": NOW + DAY}
    assert tell(connection, _Kind.ACCEPTED, **first)
    assert tell(connection, _Kind.CANCELLED, channel=Channel.MEETING)
    assert not tell(connection, _Kind.ACCEPTED, **first)
    assert tell(connection, _Kind.ACCEPTED, source="another", external_id="x")
    assert [row["kind"] for row in rows(connection, interaction)] == ["accepted", "cancelled", "accepted"]


def test_a_source_without_names(connection: Connection) -> None:
    """Whoever has no names for reports is heard once too: the same words of a moment are one report."""
    busy = {"external_id": None, "channel": Channel.CALL}
    assert tell(connection, _Kind.BUSY, **busy)
    assert not tell(connection, _Kind.BUSY, **busy)
    assert tell(connection, _Kind.BUSY, NOW + DAY, **busy)


def test_a_step_may_stand_for_its_message(connection: Connection) -> None:
    """Whoever knows the campaign and the step, and not the message, is understood; a message counts more."""
    tell(connection, _Kind.CONNECTED, channel=Channel.CALL, campaign="c", step="call")
    tell(connection, _Kind.CONNECTED, channel=Channel.CALL, campaign="c", step="call", message_id=2)
    assert [row["message_id"] for row in rows(connection, interaction)] == [4, 2]


@pytest.mark.parametrize(
    ("kind", "column"),
    [
        (_Kind.OPENED, "last_opened_at"),
        (_Kind.CLICKED, "last_clicked_at"),
        (_Kind.REPLIED, "last_replied_at"),
        (_Kind.RECEIVED, "last_replied_at"),
        (_Kind.SENT, "last_sent_at"),
    ],
)
def test_the_contact_knows_the_latest(connection: Connection, kind: InteractionKind, column: str) -> None:
    """The column of a kind only moves forward, and nobody else's moves."""
    for at in (NOW - DAY, NOW, NOW - 2 * DAY):
        tell(connection, kind, at)
    ana, bo = rows(connection, contact)
    assert ana[column] == NOW
    assert {name for name in ana if name.startswith("last_") and ana[name]} == {column}
    assert bo[column] is None


def test_answers_stand_in_the_lead_of_the_campaign(connection: Connection) -> None:
    """An answer to a message is kept of the lead whom the campaign wrote to, beside what was known."""
    tell(
        connection, _Kind.CONNECTED, channel=Channel.CALL, message_id=4, answers={"decision_date": "2027-03"}
    )
    tell(connection, _Kind.CONNECTED, channel=Channel.CALL, answers={"size": "small"})
    first, latest = rows(connection, lead)
    assert first["answers"] == {"size": "big", "decision_date": "2027-03"}
    assert latest["answers"] == {"size": "small"}
    assert rows(connection, interaction)[0]["data"] == {"answers": {"decision_date": "2027-03"}}


def test_answers_need_a_lead(connection: Connection) -> None:
    """Answers of someone who is no lead are refused, not lost."""
    with pytest.raises(UsageError, match="no lead"):
        tell(connection, _Kind.CONNECTED, contact_id=2, channel=Channel.CALL, answers={"size": "big"})


def test_a_meeting_is_kept(connection: Connection) -> None:
    """A meeting is made by its acceptance, and changed by what is said of it at its time."""
    tell(connection, _Kind.TENTATIVE, meeting_at=NOW + DAY, place="Hall 3")
    tell(connection, _Kind.ACCEPTED, meeting_at=NOW + DAY)
    tell(connection, _Kind.ACCEPTED, meeting_at=NOW + 2 * DAY, place="Booth 12")
    tell(connection, _Kind.DECLINED, meeting_at=NOW + 2 * DAY)
    found = [(row["starts_at"], row["place"], row["status"]) for row in rows(connection, meeting)]
    assert found == [(NOW + DAY, "Hall 3", "accepted"), (NOW + 2 * DAY, "Booth 12", "declined")]


def test_late_reports_do_not_turn_a_meeting_back(connection: Connection) -> None:
    """What happened last counts, in whatever order reports come in."""
    tell(connection, _Kind.CANCELLED, NOW, meeting_at=NOW + DAY)
    tell(connection, _Kind.ACCEPTED, NOW - DAY, meeting_at=NOW + DAY)
    assert [(row["status"], row["updated_at"]) for row in rows(connection, meeting)] == [("cancelled", NOW)]


@pytest.mark.parametrize(
    ("kind", "changed"),
    [
        (_Kind.ACCEPTED, 1),
        (_Kind.DECLINED, 1),
        (_Kind.CANCELLED, 1),
        (_Kind.HELD, -1),
        (_Kind.NO_SHOW, -1),
    ],
)
def test_a_meeting_that_is_not_named(connection: Connection, kind: InteractionKind, changed: int) -> None:
    """Without a time, the next meeting that stands is meant, or, of what is said afterwards, the last one."""
    for days, status in ((-2, "tentative"), (-1, "tentative"), (1, "tentative"), (2, "tentative")):
        row = {"contact_id": 1, "starts_at": NOW + days * DAY, "status": status, "updated_at": NOW - 3 * DAY}
        connection.execute(insert(meeting).values(row))
    off = {"contact_id": 1, "starts_at": NOW + DAY / 2, "status": "cancelled", "updated_at": NOW - 3 * DAY}
    connection.execute(insert(meeting).values(off))
    tell(connection, kind)
    told = [row["starts_at"] for row in rows(connection, meeting) if row["updated_at"] == NOW]
    assert told == [NOW + changed * DAY]
    assert kind in {row["status"] for row in rows(connection, meeting)}


def test_a_meeting_that_is_not_there(connection: Connection) -> None:
    """What is said of a meeting that nobody knows is an interaction alone."""
    assert tell(connection, _Kind.NO_SHOW)
    assert tell(connection, _Kind.ACCEPTED)
    assert rows(connection, meeting) == []


@pytest.mark.parametrize(
    ("kind", "channel", "hard", "reason"),
    [
        (_Kind.UNSUBSCRIBED, Channel.EMAIL, False, "unsubscribed"),
        (_Kind.UNSUBSCRIBED, Channel.TEXT, False, "unsubscribed"),
        (_Kind.COMPLAINED, Channel.EMAIL, False, "complaint"),
        (_Kind.BOUNCED, Channel.EMAIL, True, "hard bounce"),
        (_Kind.RETURNED, Channel.LETTER, False, "returned"),
        (_Kind.WRONG_NUMBER, Channel.CALL, False, "wrong number"),
    ],
)
def test_an_address_is_blocked(
    connection: Connection, kind: InteractionKind, channel: Channel, hard: bool, reason: str
) -> None:
    """A dead or refused address is blocked on its channel, with or without the message that went there."""
    number, address = SENT[channel]
    tell(connection, kind, channel=channel, hard=hard)
    assert blocked(connection) == {(channel, address, reason)}
    connection.execute(suppression.delete())
    tell(connection, kind, channel=channel, hard=hard, message_id=number)
    assert blocked(connection) == {(channel, address, reason)}


@pytest.mark.parametrize("kind", [_Kind.BOUNCED, _Kind.WRONG_NUMBER])
def test_the_address_that_a_message_went_to_is_blocked(connection: Connection, kind: InteractionKind) -> None:
    """A report about an address that the contact no longer has does not block the new one."""
    connection.execute(
        update(contact).where(contact.c.id == 1).values(email="new@example.com", phone="+13095550199")
    )
    channel = Channel.EMAIL if kind == _Kind.BOUNCED else Channel.CALL
    tell(connection, kind, channel=channel, message_id=SENT[channel][0], hard=True)
    assert {address for _, address, _ in blocked(connection)} == {SENT[channel][1]}


def test_who_wants_no_more_gets_no_more(connection: Connection) -> None:
    """An unsubscription blocks the address that was written to and the one that the contact has now."""
    connection.execute(update(contact).where(contact.c.id == 1).values(email="new@example.com"))
    tell(connection, _Kind.UNSUBSCRIBED, channel=Channel.EMAIL, message_id=1)
    assert {address for _, address, _ in blocked(connection)} == {"ana@example.com", "new@example.com"}


def test_do_not_call(connection: Connection) -> None:
    """Who wants no calls is called on none of their numbers; they may still be written to."""
    tell(connection, _Kind.DO_NOT_CALL, channel=Channel.CALL)
    assert blocked(connection) == {
        ("call", "+13095550100", "do not call"),
        ("call", "+15085550114", "do not call"),
    }
    (word,) = rows(connection, permission)
    assert (word["channel"], word["answer"], word["said_at"]) == ("call", "no", NOW)


@pytest.mark.parametrize("kind", [_Kind.UNSUBSCRIBED, _Kind.COMPLAINED])
def test_a_wish_is_a_no(connection: Connection, kind: InteractionKind) -> None:
    """Who unsubscribes or complains says no, with where it was said as evidence."""
    tell(connection, kind, channel=Channel.EMAIL)
    assert [(row["channel"], row["answer"]) for row in rows(connection, permission)] == [("email", "no")]


@pytest.mark.parametrize(
    ("kind", "channel"),
    [
        (_Kind.BOUNCED, Channel.EMAIL),
        (_Kind.DELIVERED, Channel.LETTER),
        (_Kind.NO_ANSWER, Channel.CALL),
        (_Kind.REPLIED, Channel.EMAIL),
    ],
)
def test_nothing_else_blocks(connection: Connection, kind: InteractionKind, channel: Channel) -> None:
    """A full mailbox, a letter that arrived, a call nobody took and a reply block nothing."""
    tell(connection, kind, channel=channel)
    assert (rows(connection, suppression), rows(connection, permission)) == ([], [])


def test_a_contact_without_the_address(connection: Connection) -> None:
    """A wish of someone who has no address for the channel is kept as a permission alone."""
    connection.execute(update(contact).where(contact.c.id == 1).values(mobile=None))
    tell(connection, _Kind.UNSUBSCRIBED, channel=Channel.TEXT)
    assert rows(connection, suppression) == []
    assert len(rows(connection, permission)) == 1


def test_who_was_merged_leads_on(connection: Connection) -> None:
    """A report of a contact who was merged away is of the one who took them in; of nobody, an error."""
    row = {"id": 9, "into_id": 2, "fields": {}, "merged_by": "dana", "merged_at": NOW}
    connection.execute(insert(merged_contact).values(row))
    assert tell(connection, _Kind.REPLIED, contact_id=9, channel=Channel.EMAIL)
    assert [row["contact_id"] for row in rows(connection, interaction)] == [2]
    with pytest.raises(UsageError, match="no contact 7"):
        tell(connection, _Kind.REPLIED, contact_id=7, channel=Channel.EMAIL)


def test_a_returned_letter_blocks_that_very_address(connection: Connection) -> None:
    """A postal address is blocked as it is written, so that whoever moves can be written to again."""
    suppress(connection, Channel.EMAIL, "ANA@example.com", reason="x", source="t", now=NOW)
    tell(connection, _Kind.RETURNED, channel=Channel.LETTER)
    assert blocked(connection) == {
        ("email", "ana@example.com", "x"),
        ("letter", "1 Pump Road, Peoria 61602, US", "returned"),
    }


def test_the_latest_message(connection: Connection) -> None:
    """A report is about what was handed over last, on its channel, of its campaign and step."""
    sooner = update(message).where(message.c.id == 1).values(handed_over_at=NOW - DAY)
    connection.execute(sooner)
    assert latest_message(connection, 1, None) == 1
    assert latest_message(connection, 1, Channel.CALL) == 4
    assert latest_message(connection, 1, Channel.CALL, campaign="c", step="call") == 4
    assert latest_message(connection, 1, None, campaign="c", step="letter") == 3
    assert latest_message(connection, 1, Channel.CALL, campaign="c", step="letter") is None
    assert latest_message(connection, 1, None, campaign="d") is None
    assert latest_message(connection, 2, None) is None
    with unwatched(connection):
        connection.execute(update(message).where(message.c.id == 4).values(state="planned"))
    assert latest_message(connection, 1, Channel.CALL) is None
    assert connection.scalar(select(message.c.state).where(message.c.id == 4)) == "planned"
