"""What comes back decides what comes next: outcomes, silence, attempts."""

from datetime import UTC, datetime, timedelta

import pytest

pytestmark = pytest.mark.either_database

DAY, HOUR = timedelta(days=1), timedelta(hours=1)


def local(day: int, hour: int = 0, month: int = 9) -> datetime:
    """A moment of the autumn of 2026, by the clocks of Chicago in summer."""
    return datetime(2026, month, day, hour, tzinfo=UTC) + 5 * HOUR


CALL = """
- call: a
  attempts: 3
  on:
    connected: continue
    no_answer: [{email: c}]
- email: b
"""


def test_who_is_reached_goes_on_at_once(stage) -> None:
    """The step after a call comes with the turn after the rep has reached the person."""
    stage.journey(CALL)
    ana = stage.someone()
    stage.turn("c")
    stage.turn("c", after=HOUR)
    assert stage.steps() == ["a"]
    stage.hears(ana, "connected", "call", after=HOUR)
    stage.turn("c")
    stage.turn("c", after=DAY)
    assert stage.steps() == ["a", "b"]


def test_three_calls_and_then_the_other_way(stage) -> None:
    """Who is not reached is called again on the next business day; after the last comes `no_answer`."""
    stage.journey(CALL)
    stage.now = local(17, 15)  # a Thursday
    ana = stage.someone()
    for outcome, next_call in (("no_answer", local(18)), ("busy", local(21)), ("left_voicemail", local(22))):
        stage.turn("c")
        stage.hears(ana, outcome, "call", after=HOUR)
        stage.until(next_call)
    assert stage.sent() == [
        ("a", local(17, 15)),
        ("a", local(18)),
        ("a", local(21)),  # after the weekend
        ("c", local(21, 1)),
        ("b", local(21, 2)),
    ]


@pytest.mark.both_databases
def test_attempts_wait_from_the_answer_whatever_the_first_counted_from(stage) -> None:
    """The first call counts from the show's end, the second from the answer to the first."""
    stage.journey("- call: a\n  when: 10 days after show.ends\n  attempts: 2\n  between: 2 days")
    ana = stage.someone()
    stage.until(local(28, 8))
    stage.hears(ana, "no_answer", "call")
    heard = stage.now
    assert stage.until(heard + 3 * DAY, every=6 * HOUR) == [("a", heard + 2 * DAY)]


def test_silence_comes_after_the_time_to_answer(stage) -> None:
    """Without an answer for as long as the step listens, the way of silence is taken, then the next step."""
    stage.journey("- email: a\n  listen: 4 days\n  on: {silence: [{letter: c}], replied: stop}\n- email: b")
    stage.someone()
    began = stage.now
    assert stage.until(began + 6 * DAY, every=6 * HOUR) == [
        ("a", began),
        ("c", began + 4 * DAY),
        ("b", began + 4 * DAY + 6 * HOUR),
    ]


def test_an_answer_that_stops(stage) -> None:
    """An outcome that says `stop` takes the person out, with the step as the reason."""
    stage.journey("- email: a\n  on: {replied: stop}\n- email: b")
    ana = stage.someone()
    stage.turn("c")
    stage.hears(ana, "replied", "email", after=HOUR)
    stage.until(stage.now + 9 * DAY, every=6 * HOUR)
    assert stage.steps() == ["a"]
    assert (stage.enrolled(ana).exit_reason, stage.enrolled(ana).step) == ("an answer to a", "a")


@pytest.mark.both_databases
@pytest.mark.parametrize("weak", ["opened", "clicked"])
def test_looking_at_a_mail_is_no_answer_unless_the_step_says_so(stage, weak: str) -> None:
    """A mail that is opened, perhaps by a machine, does not end the time to answer it."""
    stage.journey("- email: a\n  on: {replied: stop}\n- email: b")
    ana = stage.someone()
    stage.turn("c")
    stage.hears(ana, weak, "email", after=HOUR)
    stage.until(stage.now + DAY)
    assert stage.steps() == ["a"]
    stage.hears(ana, "replied", "email")
    stage.hears(ana, weak, "email", after=HOUR)
    stage.until(stage.now + 9 * DAY, every=6 * HOUR)
    assert stage.steps() == ["a"]
    assert stage.enrolled(ana).exit_reason == "an answer to a"


def test_a_click_that_the_step_waits_for(stage) -> None:
    """A way that is named for a click is taken as soon as one comes."""
    stage.journey("- email: a\n  on: {clicked: [{call: c}]}\n- email: b\n  after: 10 days")
    ana = stage.someone()
    stage.turn("c")
    stage.hears(ana, "clicked", "email", after=HOUR)
    stage.until(stage.now + DAY)
    assert stage.steps() == ["a", "c"]


def test_a_corrected_outcome_counts_if_it_comes_before_the_turn(stage) -> None:
    """Of two reports on one call the later one counts."""
    stage.journey(CALL)
    ana = stage.someone()
    stage.turn("c")
    stage.hears(ana, "no_answer", "call", after=HOUR)
    stage.hears(ana, "connected", "call", after=timedelta(minutes=1))
    stage.until(stage.now + 3 * DAY)
    assert stage.steps() == ["a", "b"]


def test_an_answer_to_one_step_says_nothing_of_another(stage) -> None:
    """A reply to an earlier mail does not end the wait for an answer to a call."""
    stage.journey("- email: a\n- call: b\n  on: {no_answer: [{email: d}]}\n- email: c")
    ana = stage.someone()
    stage.until(stage.now + 2 * HOUR)
    stage.hears(ana, "replied", "email", step="a")
    stage.until(stage.now + DAY)
    assert stage.steps() == ["a", "b"]


def test_who_was_never_called_does_not_wait_for_an_answer(stage) -> None:
    """Without a number there is no call, so that the next step comes without listening."""
    stage.journey(CALL)
    stage.someone(phone=None, mobile=None)
    stage.until(stage.now + 2 * HOUR)
    assert stage.steps() == ["b"]


def test_what_may_have_been_sent_is_listened_to(stage) -> None:
    """A message that is unknown may be answered as one that was accepted."""
    from aftershow.errors import OutcomeUnknownError

    stage.journey("- email: a\n  on: {replied: [{call: c}]}\n- email: b")
    ana = stage.someone()
    stage.sender.outcomes = {"ana@example.com": OutcomeUnknownError()}
    stage.turn("c")
    stage.hears(ana, "replied", "email", after=HOUR)
    stage.turn("c")
    assert stage.steps() == ["a", "c"]
