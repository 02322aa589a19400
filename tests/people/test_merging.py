"""Two contacts who are one person, and the list of those who may be."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Connection, insert, select, update

from aftershow.errors import UsageError
from aftershow.ledger.merging import answer_review, merge
from aftershow.people.consent.permissions import record
from aftershow.people.consent.suppressions import suppress
from aftershow.people.identity.finding import find_contact
from aftershow.people.identity.reviews import open_reviews
from aftershow.people.record.profile import profile
from aftershow.store.tables import (
    campaign_version,
    capture,
    contact,
    contact_key,
    enrollment,
    interaction,
    lead,
    meeting,
    merged_contact,
    message,
    permission,
    review,
)
from aftershow.words.answers import Answer
from aftershow.words.channels import Channel
from aftershow.words.states import State
from tests.leads.desk import NOW, Desk, show
from tests.support.moves import unwatched

HEAD = "First name,Last name,Company,Email,Phone,Grade,Size,Created at\n"
ANN = "Ann,Lee,Lee Water Dist,ann@example.com,,B,,2026-09-16\n"
ANNE = "ANNE,LEE,LEE WATER DISTRICT,a.lee@example.com,309-555-0100,A,big,2026-09-15\n"


@pytest.fixture
def pair(desk: Desk) -> Desk:
    """Two contacts, 1 and 2, who may be one."""
    desk.put(HEAD + ANN)
    desk.put(HEAD + ANNE, name="b.csv")
    desk.put(HEAD + "Anne,Lee,,a.lee@example.com,,,,\n", name="c.csv", show=show(show="other"))
    return desk


def _merge(desk: Desk, keep: int = 1, gone: int = 2) -> None:
    with desk.engine.begin() as connection:
        merge(connection, keep, gone, by="dana", now=NOW)


def test_everything_moves(pair: Desk) -> None:
    """Captures, keys and leads of both belong to one; one lead for each show, made of all captures."""
    _merge(pair)
    (ann,) = pair.rows(contact)
    assert {row["contact_id"] for row in pair.rows(capture) + pair.rows(contact_key)} == {1}
    assert (ann["given_name"], ann["email"], ann["phone"]) == ("Anne", "a.lee@example.com", "+13095550100")
    leads = {row["show_id"]: row for row in pair.rows(lead)}
    assert (leads[1]["grade"], leads[1]["answers"]) == ("B", {"size": "big"})
    assert len(leads) == 2
    assert ann["latest_lead_id"] == leads[2]["id"]
    (gone,) = pair.rows(merged_contact)
    assert (gone["id"], gone["into_id"], gone["merged_by"]) == (2, 1, "dana")
    assert gone["fields"]["email"] == "a.lee@example.com"


def test_the_next_file_finds_the_one(pair: Desk) -> None:
    """A later row with the address of either belongs to the one who stayed."""
    _merge(pair)
    found = pair.put(HEAD + ANN.replace("B", "A") + ANNE.replace("big", "small"), name="later.csv")
    assert (found.contacts_new, found.contacts_matched, found.review) == (0, 1, 0)


def test_old_numbers_and_addresses_lead_on(pair: Desk) -> None:
    """The number and the address of who was merged still find the person, also after another merge."""
    pair.put(HEAD + "Bo,Ray,,b@example.com,,,,\n", name="d.csv")
    _merge(pair)
    _merge(pair, keep=3, gone=1)
    with pair.engine.begin() as connection:
        for text in ("1", "2", "3", "ANN@example.com", "a.lee@example.com", "(309) 555-0100", "+13095550100"):
            assert find_contact(connection, text) == 3


def test_the_stricter_permission_counts(pair: Desk) -> None:
    """Of two answers the stricter counts, whosever it is; both stay on record."""
    with pair.engine.begin() as connection:
        for number, channel, answer, days in (
            (1, Channel.EMAIL, Answer.YES, 2),
            (2, Channel.EMAIL, Answer.NO, 1),
            (1, Channel.TEXT, Answer.NO, 1),
            (2, Channel.TEXT, Answer.YES, 2),
            (2, Channel.CALL, Answer.YES, 1),
        ):
            said_at = NOW + timedelta(days=days)
            record(connection, number, channel, answer, source="test", said_at=said_at)
    _merge(pair)
    assert [(row["contact_id"], row["channel"], row["answer"]) for row in pair.rows(permission)] == [
        (1, "call", "yes"),
        (1, "email", "no"),
        (1, "text", "no"),
    ]
    with pair.engine.begin() as connection:
        assert len(profile(connection, 1).permissions) == 5


def _enroll(connection: Connection, contact_id: int, *steps: tuple[str, State], **changes: Any) -> None:
    version = (
        connection.scalar(select(campaign_version.c.id))
        or connection.execute(
            insert(campaign_version).values(campaign="c", sha256="0", source="", created_at=NOW)
        ).inserted_primary_key[0]
    )
    values = {"campaign": "c", "version_id": version, "contact_id": contact_id, "enrolled_at": NOW}
    number = connection.execute(insert(enrollment).values(**values, **changes)).inserted_primary_key[0]
    for step, state in steps:
        added = insert(message).values(
            campaign="c",
            step=step,
            contact_id=contact_id,
            enrollment_id=number,
            channel="email",
            template="t",
            state=state,
            reason="permission" if state == State.HELD else None,
            planned_at=NOW,
            due_at=NOW,
            expires_at=NOW,
            attempts=0,
            occurrence=0,
        )
        with unwatched(connection):
            connection.execute(added)


def _messages(desk: Desk) -> dict[tuple[str, str], int]:
    """Return how many messages each step has in each state, and check that only one of a step may count."""
    counts: dict[tuple[str, str], int] = {}
    for row in desk.rows(message):
        assert row["contact_id"] == 1
        counts[row["step"], row["state"]] = counts.get((row["step"], row["state"]), 0) + 1
    return counts


def test_nobody_gets_a_step_twice(pair: Desk) -> None:
    """Of two messages of a step that have not left one is cancelled; who left as one of them has left."""
    with pair.engine.begin() as connection:
        _enroll(connection, 1, ("one", State.PLANNED), ("two", State.HELD))
        _enroll(
            connection, 2, ("one", State.PLANNED), ("three", State.PLANNED), exited_at=NOW, exit_reason="x"
        )
    _merge(pair)
    assert _messages(pair) == {
        ("one", "planned"): 1,
        ("one", "cancelled"): 1,
        ("two", "held"): 1,
        ("three", "planned"): 1,
    }
    (enrolled,) = pair.rows(enrollment)
    assert (enrolled["contact_id"], enrolled["exit_reason"]) == (1, "x")
    assert {row["enrollment_id"] for row in pair.rows(message)} == {enrolled["id"]}


@pytest.mark.parametrize("sent", [State.ACCEPTED, State.UNKNOWN, State.HANDING_OVER])
def test_what_has_left_is_not_sent_again(pair: Desk, sent: State) -> None:
    """What one of the two got cancels what waits for the other; what both got stays on record."""
    with pair.engine.begin() as connection:
        _enroll(connection, 1, ("one", State.PLANNED), ("two", State.ACCEPTED))
        _enroll(connection, 2, ("one", sent), ("two", sent))
    _merge(pair)
    found = _messages(pair)
    assert (found["one", "cancelled"], found["one", sent]) == (1, 1)
    assert found.get(("one", "planned")) is None
    assert sum(count for (step, _), count in found.items() if step == "two") == 2
    in_the_plan = [row for row in pair.rows(message) if row["occurrence"] == 0]
    assert {(row["step"], row["state"]) for row in in_the_plan} == {("one", sent), ("two", "accepted")}


def test_an_enrollment_of_its_own_moves(pair: Desk) -> None:
    """Who was enrolled as one of them alone stays enrolled, with the lead that is left."""
    with pair.engine.begin() as connection:
        gone_lead = connection.scalar(select(lead.c.id).where(lead.c.contact_id == 2, lead.c.show_id == 1))
        _enroll(connection, 2, ("one", State.PLANNED), lead_id=gone_lead)
    _merge(pair)
    (enrolled,) = pair.rows(enrollment)
    assert enrolled["contact_id"] == 1
    assert enrolled["lead_id"] in {row["id"] for row in pair.rows(lead)} - {gone_lead}


def test_tracks_stay_apart(pair: Desk) -> None:
    """Enrollments in different tracks, or about different meetings, are not one; the same one is."""
    with pair.engine.begin() as connection:
        _enroll(connection, 1, track="news")
        _enroll(connection, 1, track="cards", occurrence=7)
        _enroll(connection, 2, track="news", exited_at=NOW, exit_reason="x")
        _enroll(connection, 2, track="cards", occurrence=8)
    _merge(pair)
    assert [(row["contact_id"], row["track"], row["occurrence"]) for row in pair.rows(enrollment)] == [
        (1, "news", 0),
        (1, "cards", 7),
        (1, "cards", 8),
    ]
    assert [row["exit_reason"] for row in pair.rows(enrollment)] == ["x", None, None]


def test_meetings_move(pair: Desk) -> None:
    """Meetings of both are meetings of one; of two at one time, what was said last stays."""
    day = timedelta(days=1)
    with pair.engine.begin() as connection:
        for number, starts_at, status, updated_at in (
            (1, NOW, "accepted", NOW),
            (2, NOW, "cancelled", NOW + day),
            (1, NOW + day, "held", NOW + day),
            (2, NOW + day, "accepted", NOW),
            (2, NOW + 2 * day, "tentative", NOW),
        ):
            row = {"contact_id": number, "starts_at": starts_at, "status": status, "updated_at": updated_at}
            connection.execute(insert(meeting).values(row))
    _merge(pair)
    assert sorted((row["contact_id"], row["starts_at"], row["status"]) for row in pair.rows(meeting)) == [
        (1, NOW, "cancelled"),
        (1, NOW + day, "held"),
        (1, NOW + 2 * day, "tentative"),
    ]


def test_nobody_becomes_a_rep(pair: Desk) -> None:
    """A merge never makes a lead one of ours."""
    with pair.engine.begin() as connection:
        connection.execute(update(contact).where(contact.c.id == 2).values(rep="dana"))
    _merge(pair)
    assert [row["rep"] for row in pair.rows(contact)] == [None]


def test_what_was_typed_by_hand_stays(pair: Desk) -> None:
    """A field that was typed by hand survives a merge, for the one who stays and for the one who goes."""
    with pair.engine.begin() as connection:
        connection.execute(
            update(contact).where(contact.c.id == 1).values(given_name="Anneliese", locked=["given_name"])
        )
        connection.execute(update(contact).where(contact.c.id == 2).values(title="Boss", locked=["title"]))
    _merge(pair)
    ann = pair.contact()
    assert (ann["given_name"], ann["title"], set(ann["locked"])) == (
        "Anneliese",
        "Boss",
        {"given_name", "title"},
    )


def test_merging_nobody(pair: Desk) -> None:
    """A contact that is not there, or the same one, can't be merged."""
    for keep, gone in ((1, 1), (1, 9), (9, 1)):
        with pytest.raises(UsageError):
            _merge(pair, keep, gone)
    assert pair.count(contact) == 2


def test_answering_reviews(pair: Desk) -> None:
    """`same` makes one of two, `different` keeps both; neither is asked again."""
    pair.put(HEAD + "Ann,Lee,Lee Water,,,,,\n", name="d.csv")
    with pair.engine.begin() as connection:
        pairs = {(found.one.id, found.other.id): found.id for found in open_reviews(connection)}
        assert set(pairs) == {(1, 2), (1, 3)}
        assert answer_review(connection, pairs[1, 3], "different", by="dana", now=NOW) is None
        assert answer_review(connection, pairs[1, 2], "same", by="dana", now=NOW) == 1
        assert open_reviews(connection) == []
        with pytest.raises(UsageError, match="No open pair"):
            answer_review(connection, pairs[1, 3], "same", by="dana", now=NOW)
    (answered,) = pair.rows(review)
    assert (answered["answer"], answered["answered_by"]) == ("different", "dana")
    assert pair.count(contact) == 2


def test_questions_follow_a_merge(pair: Desk) -> None:
    """What was asked of the one who went is asked of the one who stays, once."""
    pair.put(HEAD + "Ann,Lee,Lee Water,,,,,\n", name="d.csv")
    with pair.engine.begin() as connection:
        connection.execute(insert(review).values(contact_id=2, other_id=3, reason="r", created_at=NOW))
    _merge(pair)
    assert [(row["contact_id"], row["other_id"]) for row in pair.rows(review)] == [(1, 3)]


def test_finding(pair: Desk) -> None:
    """Nobody, and more than one, is an error that does not repeat what was asked for."""
    pair.put(HEAD + "Bo,Ray,Ray,info@example.com,,,,\nCy,Fox,Ray,info@example.com,,,,\n", name="d.csv")
    with pair.engine.begin() as connection:
        assert find_contact(connection, " Ann@Example.COM ") == 1
        assert find_contact(connection, "3095550100") == find_contact(connection, "0013095550100") == 2
        for text in ("secret@example.com", "555-0199", "99", "", "Ann Lee", "+4930123456"):
            with pytest.raises(UsageError) as caught:
                find_contact(connection, text)
            assert not text or text not in str(caught.value)
        with pytest.raises(UsageError, match="one of the ids 3, 4"):
            find_contact(connection, "info@example.com")


def test_profile_of_someone_in_campaigns(pair: Desk) -> None:
    """A profile says what is planned, held or not known, and why, and whose message an event answers."""
    with pair.engine.begin() as connection:
        steps = (
            ("one", State.ACCEPTED),
            ("two", State.HELD),
            ("three", State.UNKNOWN),
            ("four", State.PLANNED),
        )
        _enroll(connection, 1, *steps)
        sent = connection.scalar(select(message.c.id).where(message.c.step == "one"))
        event = {
            "contact_id": 1,
            "direction": "in",
            "kind": "replied",
            "occurred_at": NOW,
            "recorded_at": NOW,
        }
        connection.execute(insert(interaction).values(**event, source="t", external_id="1", message_id=sent))
        ann = profile(connection, 1)
    assert [(waits.campaign, waits.step, waits.state, waits.reason) for waits in ann.messages] == [
        ("c", "two", "held", "permission"),
        ("c", "three", "unknown", None),
        ("c", "four", "planned", None),
    ]
    assert ("replied", "c", "one") in [(event.kind, event.campaign, event.step) for event in ann.timeline]


def test_a_profile_shows_every_kind_of_blocked_address(pair: Desk) -> None:
    """A postal address and a number that must not be called are shown as well as email addresses."""
    street = {"address_1": "1 Pump Road", "city": "Peoria", "postal_code": "61602", "country": "US"}
    with pair.engine.begin() as connection:
        connection.execute(update(contact).where(contact.c.id == 2).values(street))
        for channel, address in (
            (Channel.LETTER, "1 Pump Road, Peoria 61602, US"),
            (Channel.CALL, "+13095550100"),
        ):
            suppress(connection, channel, address, reason="x", source="test", now=NOW)
        assert [one.channel for one in profile(connection, 2).suppressions] == ["call", "letter"]


def test_profile(pair: Desk) -> None:
    """A profile has facts with their rows, leads, permissions, suppressions, and the newest event first."""
    with pair.engine.begin() as connection:
        suppress(connection, Channel.EMAIL, "a.lee@example.com", reason="left", source="test", now=NOW)
        suppress(connection, Channel.EMAIL, "ann@example.com", reason="bounced", source="test", now=NOW)
        connection.execute(update(contact).where(contact.c.id == 2).values(title="Boss", locked=["title"]))
        anne = profile(connection, 2)
        with pytest.raises(UsageError):
            profile(connection, 9)
    facts = {fact.field: fact for fact in anne.facts}
    assert facts["given_name"].value == "Anne"
    assert facts["phone"].source is not None
    assert (facts["phone"].source.file, facts["phone"].source.line) == ("b.csv", 2)
    assert (facts["title"].source, facts["title"].locked) == (None, True)
    assert facts["company"].value == "Lee Water District"
    assert [(found.address, found.reason) for found in anne.suppressions] == [("a.lee@example.com", "left")]
    assert [found.occurred_at for found in anne.timeline] == sorted(
        (found.occurred_at for found in anne.timeline), reverse=True
    )
    assert [found.show for found in anne.leads] == ["other", "expo"]
