"""What is in doubt is listed with all that a person needs, and a person's word settles it, once."""

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import RowMapping, select, update

from aftershow.doubts.doubts import Doubt, doubts, message_named, remedy, settle_by_hand
from aftershow.errors import OutcomeUnknownError, UsageError
from aftershow.ledger.doubts import Settled
from aftershow.signing import Signer
from aftershow.store.tables import contact, enrollment, interaction, message
from aftershow.words.channels import Channel
from tests.support.moves import unwatched
from tests.support.stage import NOW, Stage

pytestmark = pytest.mark.either_database

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
SIGNER = Signer(b"a secret of the tests")
ANA = "ana@example.com"
STEPS = "- email: a\n- text: b\n  after: 2 days"


@pytest.fixture
def ana(stage: Stage) -> int:
    """Ana, of whose first message nobody knows whether it went out."""
    stage.journey(STEPS)
    ana = stage.someone(ANA)
    stage.sender.outcomes[ANA] = OutcomeUnknownError("The mail server had the message and did not answer.")
    stage.turn("c")
    del stage.sender.outcomes[ANA]
    assert stage.ledger() == [("a", "unknown", "The mail server had the message and did not answer.")]
    return ana


def listed(stage: Stage, campaign: str | None = None) -> list[Doubt]:
    with stage.engine.begin() as connection:
        return doubts(connection, SIGNER, campaign=campaign, now=stage.now)


def settle(stage: Stage, number: int = 1, *, by: str = "dana", **word: Any) -> Settled:
    with stage.engine.begin() as connection:
        return settle_by_hand(connection, stage.workspace, number, by=by, now=stage.now, **word)


def happened(stage: Stage) -> list[RowMapping]:
    with stage.engine.begin() as connection:
        return list(connection.execute(select(interaction).order_by(interaction.c.id)).mappings())


def last_sent(stage: Stage) -> datetime | None:
    with stage.engine.begin() as connection:
        return connection.scalar(select(contact.c.last_sent_at))


def received(stage: Stage) -> list[str]:
    return [rendered.to for rendered in stage.sender.received]


def test_what_is_in_doubt(stage: Stage, ana: int) -> None:
    """The list says who, what, where, when, why, until when, and the key that stands in the Message-ID."""
    (doubt,) = listed(stage)
    assert doubt == Doubt(
        message=1,
        key=SIGNER.message_key(1),
        contact_id=ana,
        contact=ANA,
        address=ANA,
        campaign="c",
        step="a",
        channel=Channel.EMAIL,
        handed_over_at=NOW,
        reason="The mail server had the message and did not answer.",
        expires_at=doubt.expires_at,
    )
    assert doubt.expires_at > NOW + DAY
    assert listed(stage, "c") == [doubt]
    assert listed(stage, "follow-up") == []


def test_a_sender_that_died(stage: Stage, ana: int) -> None:
    """What a dead sender left behind is in doubt from the end of its lease, before any turn has seen it."""
    left = {"state": "handing_over", "reason": None, "claimed_by": "w", "lease_until": stage.now + HOUR}
    with stage.engine.begin() as connection, unwatched(connection):
        connection.execute(update(message).values(**left))
    assert listed(stage) == []
    with pytest.raises(UsageError, match="Message 1 is not in doubt: it is handing_over"):
        settle(stage, sent=True)
    stage.now += HOUR
    assert [doubt.reason for doubt in listed(stage)] == ["the sender stopped while handing over"]
    assert settle(stage, sent=True).state == "accepted"


def test_what_can_be_done(stage: Stage, ana: int) -> None:
    """Where the provider keeps a list it is asked; else the key is what to look for."""
    (doubt,) = listed(stage)
    assert "--reconcile asks twilio" in remedy(doubt, "twilio", has_list=True)
    assert f"look for {doubt.key} in the mail server's log" in remedy(doubt, "smtp", has_list=False)


@pytest.mark.both_databases
def test_it_was_sent(stage: Stage, ana: int) -> None:
    """The message is accepted, as of when it was handed over, and the interaction has the person's name."""
    stage.now += DAY
    assert settle(stage, sent=True) == Settled(message=1, state="accepted", reason=None)  # type: ignore[arg-type]
    assert listed(stage) == []
    (row,) = happened(stage)
    assert (row["kind"], row["direction"], row["source"]) == ("sent", "out", "by hand")
    assert (row["occurred_at"], row["recorded_at"], row["message_id"]) == (NOW, NOW + DAY, 1)
    assert (row["data"]["by"], row["data"]["campaign"]) == ("dana", "c")
    assert last_sent(stage) == NOW
    stage.turn("c")
    assert received(stage) == [ANA]


def test_it_was_not_sent(stage: Stage, ana: int) -> None:
    """Without a word that it shall go after all it is over, and does not count as heard."""
    stage.now += HOUR
    assert settle(stage, sent=False) == Settled(message=1, state="cancelled", reason="not sent")  # type: ignore[arg-type]
    (row,) = happened(stage)
    assert (row["kind"], row["direction"], row["note"]) == ("not_sent", "none", "not sent")
    assert (row["occurred_at"], row["data"]["by"]) == (NOW + HOUR, "dana")
    assert last_sent(stage) is None
    assert stage.sent() == []
    stage.turn("c")
    assert received(stage) == [ANA]


def test_it_goes_after_all(stage: Stage, ana: int) -> None:
    """With a person's word it goes out with the next turn, and what comes next counts from there."""
    stage.now += DAY
    assert settle(stage, sent=False, again=True).state == "planned"
    assert stage.sent() == []
    stage.turn("c")
    assert stage.ledger() == [("a", "accepted", None)]
    assert received(stage) == [ANA, ANA]
    assert [row["kind"] for row in happened(stage)] == ["not_sent", "sent"]
    assert [step for step, _ in stage.until(NOW + 2 * DAY + HOUR)] == []
    assert [step for step, _ in stage.until(NOW + 3 * DAY + HOUR)] == ["b"]


def test_the_other_reasons_to_hold_still_count(stage: Stage, ana: int) -> None:
    """Who has left the campaign meanwhile gets nothing, whoever says that it shall go."""
    with stage.engine.begin() as connection:
        connection.execute(update(enrollment).values(exited_at=stage.now, exit_reason="test"))
    assert settle(stage, sent=False, again=True).state == "planned"
    stage.turn("c")
    assert stage.ledger() == [("a", "held", "exited")]
    assert received(stage) == [ANA]


@pytest.mark.parametrize("again", [True, False])
def test_it_is_too_late(stage: Stage, ana: int, again: bool) -> None:
    """What no longer makes sense does not go, and is expired."""
    stage.now = listed(stage)[0].expires_at
    settled = settle(stage, sent=False, again=again)
    assert (settled.state, settled.reason) == ("expired", "late: in doubt")


def test_something_later_has_come(stage: Stage, ana: int) -> None:
    """A message that another one of its campaign has overtaken does not go after it."""
    assert [step for step, _ in stage.until(NOW + 2 * DAY + HOUR)] == ["b"]
    settled = settle(stage, sent=False, again=True)
    assert (settled.state, settled.reason) == (
        "cancelled",
        "not sent, and something later has come for the person",
    )


@pytest.mark.parametrize("steps", [None, "- text: b"])
def test_its_step_is_gone(stage: Stage, ana: int, steps: str | None) -> None:
    """Without its campaign's file, or its step, a message can't go; it is listed and settled all the same."""
    if steps is None:
        (stage.root / "config/campaigns/c.yaml").unlink()
    else:
        stage.journey(steps, "on_edit: move")
        stage.now += HOUR
        stage.turn("c")
    assert [doubt.message for doubt in listed(stage)] == [1]
    settled = settle(stage, sent=False, again=True)
    assert (settled.state, settled.reason) == ("cancelled", "not sent, and its step is gone")


def test_an_edited_campaign_sends_it(stage: Stage, ana: int) -> None:
    """People who went on to an edited campaign get it under that one."""
    stage.journey(STEPS, "on_edit: move")
    stage.now += HOUR
    stage.turn("c")
    assert settle(stage, sent=False, again=True).state == "planned"
    stage.turn("c")
    assert stage.ledger() == [("a", "accepted", None)]


def test_each_goes_by_their_own_version(stage: Stage, ana: int) -> None:
    """Of a campaign that was edited, a message goes under the version by which its person goes."""
    stage.journey(STEPS + "\n- email: c\n  after: 9 days", "on_edit: keep")
    bo = stage.someone("bo@example.com", mobile="+13095550101")
    stage.sender.outcomes["bo@example.com"] = OutcomeUnknownError()
    stage.now += HOUR
    stage.turn("c")
    for doubt in listed(stage):
        settle(stage, doubt.message, sent=False, again=True)
    with stage.engine.begin() as connection:
        versions = dict(connection.execute(select(message.c.contact_id, message.c.version_id)).tuples().all())
    assert versions == {ana: 1, bo: 2}


def test_a_person_who_became_another(stage: Stage, ana: int) -> None:
    """A message that was set aside, its person having it already under another name, does not go."""
    with stage.engine.begin() as connection:
        connection.execute(update(message).values(occurrence=-1))
    assert settle(stage, sent=False, again=True).state == "cancelled"


def test_two_people_answer(stage: Stage, ana: int) -> None:
    """Of two who answer, one is believed, and the other is told how it stands."""
    settle(stage, sent=False, again=True)
    with pytest.raises(UsageError, match="Message 1 is not in doubt: it is planned"):
        settle(stage, sent=True, by="tom")
    assert [row["data"]["by"] for row in happened(stage)] == ["dana"]
    with pytest.raises(UsageError, match="There is no message 99"):
        settle(stage, 99, sent=True)


@pytest.mark.both_databases
def test_two_people_answer_at_once(stage: Stage, ana: int) -> None:
    """However close together, one word counts, and one interaction is written."""

    def answer(number: int) -> str:
        try:
            return settle(stage, sent=number % 2 == 0, again=number % 2 == 1, by=str(number)).state
        except UsageError:
            return "refused"

    with ThreadPoolExecutor(4) as people:
        answers = list(people.map(answer, range(4)))
    assert sorted(answers)[-3:] == ["refused"] * 3
    assert len(happened(stage)) == 1


@pytest.mark.both_databases
def test_a_sender_that_wakes_up(stage: Stage, ana: int) -> None:
    """A sender that answers after all, when a person has spoken, changes nothing any more."""
    settle(stage, sent=False, again=True)
    with stage.engine.begin() as connection:
        row = connection.execute(select(message.c.claimed_by, message.c.lease_until)).one()
    assert tuple(row) == (None, None)


def test_names_of_messages() -> None:
    """A message is named by its number, or by its key in any case; anything else is refused."""
    assert message_named(SIGNER, "17") == message_named(SIGNER, SIGNER.message_key(17).upper()) == 17
    for text in ("", "1x", "-1", "h-aaaaaaaaaaaaaaaa", "9" * 30):
        with pytest.raises(UsageError, match="That is no message"):
            message_named(SIGNER, text)
