"""A campaign takes everyone it is for through its steps, once, at the right time."""

from datetime import timedelta

import pytest
from sqlalchemy import select, update

from aftershow.campaign.versions import Moved
from aftershow.errors import OutcomeUnknownError, TemporaryError
from aftershow.journey.turn import Prepared, committing, take_turn, within
from aftershow.ledger.send_counts import SendCounts
from aftershow.ports import Receipt
from aftershow.store.tables import contact, enrollment, lead, message

DAY = timedelta(days=1)


def sent(stage) -> list[str]:
    return [message.to for message in stage.sender.received]


def test_who_meets_the_audience_is_enrolled_and_written_to(stage) -> None:
    """An A lead gets the first step; a C lead is not in the campaign."""
    stage.person("ana@example.com", grade="A")
    stage.person("cy@example.com", grade="C")
    result = stage.turn()
    assert (result.enrolled, result.planned, result.accepted, result.interactions) == (1, 1, 1, 1)
    assert sent(stage) == ["ana@example.com"]


def test_a_turn_again_sends_nothing_again(stage) -> None:
    """The same turn once more finds nothing to do."""
    stage.person("ana@example.com")
    stage.turn()
    result = stage.turn()
    assert (result.enrolled, result.planned, result.accepted) == (0, 0, 0)
    assert sent(stage) == ["ana@example.com"]


def test_steps_follow_each_other(stage) -> None:
    """Each step goes out its time after the one before it, not earlier."""
    stage.person(
        "ana@example.com",
        mobile="+13095550100",
        says={"email": "yes", "text": "yes"},
        timezone="America/Chicago",
    )
    stage.turn()
    stage.turn(after=DAY)
    assert sent(stage) == ["ana@example.com"]
    stage.turn(after=DAY)
    assert sent(stage) == ["ana@example.com", "+13095550100"]
    stage.turn(after=4 * DAY)
    assert len(sent(stage)) == 2
    stage.turn(after=DAY)
    assert sent(stage) == ["ana@example.com", "+13095550100", "ana@example.com"]


def test_a_step_whose_condition_fails_is_passed_over(stage) -> None:
    """Without permission for texts the text is held, and the next email counts from its due time."""
    stage.person("ana@example.com", mobile="+13095550100")
    stage.turn()
    result = stage.turn(after=2 * DAY)
    assert result.held == {"permission": 1}
    stage.turn(after=5 * DAY)
    assert sent(stage) == ["ana@example.com", "ana@example.com"]


def test_an_outage_sends_one_step_not_all(stage) -> None:
    """After days without a turn, the next step goes out and the one after it still waits its time."""
    stage.person(
        "ana@example.com",
        mobile="+13095550100",
        says={"email": "yes", "text": "yes"},
        timezone="America/Chicago",
    )
    stage.turn()
    stage.turn(after=6 * DAY)
    assert sent(stage) == ["ana@example.com", "+13095550100"]
    stage.turn(after=4 * DAY)
    assert len(sent(stage)) == 2
    stage.turn(after=DAY)
    assert len(sent(stage)) == 3


def test_too_late_is_not_sent(stage) -> None:
    """A step that is a week overdue is given up, and the journey goes on."""
    stage.person(
        "ana@example.com",
        mobile="+13095550100",
        says={"email": "yes", "text": "yes"},
        timezone="America/Chicago",
    )
    stage.turn()
    stage.turn(after=10 * DAY)
    assert sent(stage) == ["ana@example.com", "ana@example.com"]
    with stage.engine.begin() as connection:
        states = connection.execute(select(message.c.step, message.c.state).order_by(message.c.id)).all()
    assert [tuple(row) for row in states] == [
        ("thanks", "accepted"),
        ("question", "expired"),
        ("visit", "accepted"),
    ]


def test_quiet_hours_hold_a_text_until_the_morning(stage) -> None:
    """A text due at night goes out in the morning, where the person lives."""
    stage.now = stage.now.replace(hour=4)  # eleven at night in Chicago
    stage.person(
        "ana@example.com",
        mobile="+13095550100",
        says={"email": "yes", "text": "yes"},
        timezone="America/Chicago",
    )
    stage.turn()
    assert stage.turn(after=2 * DAY).held == {}
    stage.turn(after=timedelta(hours=8))
    assert sent(stage) == ["ana@example.com"]
    stage.turn(after=timedelta(hours=2))
    assert sent(stage) == ["ana@example.com", "+13095550100"]


def test_a_late_text_waits_for_the_morning(stage) -> None:
    """A text that was due by day, and whose turn comes at night, is held until the morning."""
    stage.person(
        "ana@example.com",
        mobile="+13095550100",
        says={"email": "yes", "text": "yes"},
        timezone="America/Chicago",
    )
    stage.turn()
    stage.now = stage.now.replace(hour=4)
    assert stage.turn(after=3 * DAY).held == {"quiet_hours": 1}
    stage.turn(after=timedelta(hours=10))
    assert sent(stage) == ["ana@example.com", "+13095550100"]


def test_held_and_then_allowed(stage) -> None:
    """Someone held for want of an address is written to once there is one, and later steps move with it."""
    number = stage.person(None)
    assert stage.turn().held == {"no_address": 1}
    with stage.engine.begin() as connection:
        connection.execute(update(contact).where(contact.c.id == number).values(email="ana@example.com"))
    assert stage.turn(after=DAY).accepted == 1
    with stage.engine.begin() as connection:
        assert connection.scalar(select(enrollment.c.due_at)) == stage.now + 2 * DAY


def test_late_leads_come_in_later(stage) -> None:
    """Who meets the audience only tomorrow is enrolled tomorrow."""
    number = stage.person("ana@example.com", grade="C")
    assert stage.turn().enrolled == 0
    with stage.engine.begin() as connection:
        connection.execute(update(lead).where(lead.c.contact_id == number).values(grade="A"))
    assert stage.turn(after=DAY).accepted == 1


def test_who_left_the_audience_stays_enrolled_once(stage) -> None:
    """A grade that changes does not enrol anyone twice."""
    number = stage.person("ana@example.com")
    stage.turn()
    for grade in ("C", "A"):
        with stage.engine.begin() as connection:
            connection.execute(update(lead).where(lead.c.contact_id == number).values(grade=grade))
        stage.turn(after=timedelta(hours=1))
    assert sent(stage) == ["ana@example.com"]


def test_outcomes_are_told_apart(stage) -> None:
    """Refused, later and perhaps are counted as what they are, and only later is tried again."""
    for name in ("ana", "bo", "cy", "di"):
        stage.person(f"{name}@example.com")
    stage.sender.outcomes = {
        "bo@example.com": Receipt(key="", accepted=False, reason="550 5.1.1", suppress="hard_bounce"),
        "cy@example.com": TemporaryError(),
        "di@example.com": OutcomeUnknownError(),
    }
    result = stage.turn()
    assert (result.accepted, result.rejected, result.deferred, result.unknown) == (1, 1, 1, 1)
    stage.sender.outcomes = {}
    result = stage.turn(after=timedelta(minutes=15))
    assert (result.accepted, result.rejected, result.deferred, result.unknown) == (1, 0, 0, 0)
    assert sorted(sent(stage)) == [
        "ana@example.com",
        "bo@example.com",
        "cy@example.com",
        "cy@example.com",
        "di@example.com",
    ]


def test_a_hard_bounce_ends_later_mail(stage) -> None:
    """An address that was refused for good gets no later step."""
    stage.person("bo@example.com")
    stage.sender.outcomes = {
        "bo@example.com": Receipt(key="", accepted=False, reason="x", suppress="hard_bounce")
    }
    stage.turn()
    stage.turn(after=2 * DAY)
    assert stage.turn(after=5 * DAY).held["suppressed"] == 1


def test_the_rep_writes(stage) -> None:
    """With `from: owner`, the mail comes from the rep; without an owner it comes from the company."""
    stage.person("ana@example.com", owner="dana")
    stage.person("bo@example.com")
    stage.turn()
    mails = {message.to: message.mime for message in stage.sender.received}
    assert b"From: Dana Cole <dana@example.com>" in mails["ana@example.com"]
    assert b"From: Example Pumps <hello@example.com>" in mails["bo@example.com"]
    assert stage.sender.received[0].return_path.startswith("bounces+")


def test_a_template_that_fails_for_one_person_holds_that_one(stage) -> None:
    """What can't be said to a person is not said half."""
    stage.write("templates/thanks/email.html", "<p>Hello {{ given_name }}</p>")
    stage.person("ana@example.com", given_name="Ana")
    stage.person("nobody@example.com")
    result = stage.turn()
    assert (result.accepted, result.held) == (1, {"content": 1})
    assert sent(stage) == ["ana@example.com"]


def test_people_at_a_step_that_was_renamed_are_not_forgotten(stage) -> None:
    """Who waits for a step that loses its name gets what stands there now; turn and plan say so."""
    stage.person("ana@example.com", mobile="+13095550100", says={"email": "yes", "text": "yes"})
    stage.turn()
    campaign = stage.root / "config/campaigns/follow-up.yaml"
    before = campaign.read_text()
    stage.write(
        "config/campaigns/follow-up.yaml", before.replace("text: question", "text: question\n    name: ask")
    )
    stage.now += 3 * DAY
    planned, turn = stage.plan(), stage.turn()
    assert planned.moved == turn.moved == (Moved(step="question", to="ask", people=1),)
    assert [message.step for message in planned.planned] == ["ask", "visit"]
    assert sent(stage) == ["ana@example.com", "+13095550100"]
    assert stage.turn().moved == ()


def test_a_condition_is_decided_once(stage) -> None:
    """Whoever did not meet a step's `if` when it was due does not get it when that changes an hour later."""
    campaign = (stage.root / "config/campaigns/follow-up.yaml").read_text()
    stage.write(
        "config/campaigns/follow-up.yaml", campaign.replace("thanks\n", "thanks\n    if: city == 'Peoria'\n")
    )
    number = stage.person("ana@example.com", city="Kewanee")
    assert stage.turn().held == {"condition": 1}
    with stage.engine.begin() as connection:
        connection.execute(update(contact).where(contact.c.id == number).values(city="Peoria"))
    assert stage.turn(after=timedelta(hours=1)).accepted == 0


def test_what_was_held_is_not_sent_after_the_next_step(stage) -> None:
    """Once the next step has come up, an earlier one that was held stays held: nobody gets two at once."""
    number = stage.person(
        None, mobile="+13095550100", says={"email": "yes", "text": "yes"}, timezone="America/Chicago"
    )
    stage.turn()
    stage.turn(after=2 * DAY)
    with stage.engine.begin() as connection:
        connection.execute(update(contact).where(contact.c.id == number).values(email="ana@example.com"))
    stage.turn(after=DAY)
    assert sent(stage) == ["+13095550100"]


def test_a_night_does_not_put_two_steps_into_one_turn(stage) -> None:
    """A text that the night held goes first; the step after it moves back by its own time."""
    campaign = stage.root / "config/campaigns/follow-up.yaml"
    stage.write(
        "config/campaigns/follow-up.yaml", campaign.read_text().replace("after: 5 days", "after: 1 day")
    )
    stage.now = stage.now.replace(hour=4)  # eleven at night in Chicago
    stage.person(
        "ana@example.com",
        mobile="+13095550100",
        says={"email": "yes", "text": "yes"},
        timezone="America/Chicago",
    )
    stage.turn()
    stage.turn(after=2 * DAY)
    stage.turn(after=timedelta(hours=35))
    assert sent(stage) == ["ana@example.com", "+13095550100"]
    stage.turn(after=DAY)
    assert sent(stage) == ["ana@example.com", "+13095550100", "ana@example.com"]


def test_what_is_planned_stands_before_anybody_is_written_to(stage) -> None:
    """A turn whose sending fails has planned what the next one sends."""
    stage.person("ana@example.com")

    def fail(_: Prepared) -> SendCounts:
        raise RuntimeError

    with pytest.raises(RuntimeError):
        take_turn(committing(stage.engine), stage.campaign(), now=stage.now, send=fail)
    assert stage.ledger() == [("thanks", "planned", None)]
    assert stage.turn().accepted == 1


def test_a_turn_within_a_transaction_goes_with_it(stage) -> None:
    """Its figures are told, and nothing is left when the transaction is rolled back."""
    stage.person("ana@example.com")
    with stage.engine.connect() as connection, connection.begin() as transaction:
        result = take_turn(
            within(connection), stage.campaign(), now=stage.now, send=lambda _: SendCounts(accepted=1)
        )
        transaction.rollback()
    assert (result.enrolled, result.planned, result.accepted) == (1, 1, 1)
    assert stage.ledger() == []
