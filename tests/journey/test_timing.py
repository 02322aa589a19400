"""Each step comes at its time: by dates, clocks, holidays, windows and schedules."""

from datetime import UTC, datetime, timedelta

import pytest

pytestmark = pytest.mark.either_database

DAY, HOUR = timedelta(days=1), timedelta(hours=1)
LIVES = {"Chicago": "America/Chicago", "Berlin": "Europe/Berlin", "Tokyo": "Asia/Tokyo"}


def utc(month: int, day: int, hour: int = 0, minute: int = 0) -> datetime:
    return datetime(2026, month, day, hour, minute, tzinfo=UTC)


@pytest.mark.both_databases
@pytest.mark.parametrize(
    ("when", "comes"),
    [
        ("2 days after enrolled", utc(9, 23, 15)),
        ("1 week after show.starts", utc(9, 22, 5)),
        ("5 days after show.ends", utc(9, 23, 5)),
        ("3 weeks after captured_at", utc(10, 1, 20)),
        ("1 business day before answers.decides", utc(9, 25, 5)),
        ("2 hours after answers.decides", utc(9, 28, 7)),
        ("6 hours before meeting.starts", utc(9, 24, 8)),
    ],
)
def test_a_step_counts_from_a_date(stage, when: str, comes: datetime) -> None:
    """Before and after, from the show, the capture, an answer or a meeting, by the person's clock."""
    stage.journey(f"- email: a\n  when: {when}")
    ana = stage.someone(answers={"decides": "2026-09-28"})
    stage.change(ana, last_captured_at=utc(9, 10, 20))
    stage.hears(ana, "accepted", "meeting", meeting_at=utc(9, 24, 14))
    assert stage.until(utc(10, 5)) == [("a", comes)]


def test_the_show_in_its_zone(stage) -> None:
    """The day of the show begins at its place, and the time of day is the reader's."""
    stage.journey("- email: a\n  when: 7 days after show.ends\n  at: '18:00'")
    stage.someone(timezone="Europe/Berlin", country="DE")
    assert stage.until(utc(9, 30)) == [("a", utc(9, 25, 16))]


@pytest.mark.both_databases
def test_a_meeting_that_is_moved(stage) -> None:
    """Whoever waits for a reminder is reminded before the meeting as it stands when it is due."""
    stage.journey("- text: a\n  when: 1 day before meeting.starts\n  at: '18:00'")
    ana = stage.someone()
    stage.hears(ana, "accepted", "meeting", meeting_at=utc(9, 25, 14))
    stage.turn("c")
    stage.hears(ana, "cancelled", "meeting", after=HOUR, meeting_at=utc(9, 25, 14))
    stage.hears(ana, "accepted", "meeting", after=HOUR, meeting_at=utc(9, 30, 14))
    assert stage.until(utc(10, 2)) == [("a", utc(9, 29, 23))]


def test_an_answer_that_changes(stage) -> None:
    """A date that is corrected while somebody waits for it is the one that counts; afterwards it is not."""
    stage.journey("- email: a\n  when: 3 days before answers.decides")
    ana = stage.someone(answers={"decides": "2026-09-28"})
    stage.until(utc(9, 23))
    stage.change(ana, answers={"decides": "2026-10-10"})
    assert stage.until(utc(10, 8)) == [("a", utc(10, 7, 5))]
    stage.change(ana, answers={"decides": "2026-10-20"})
    assert stage.until(utc(10, 20)) == []


def test_a_date_that_changes_afterwards_delays_nobody(stage) -> None:
    """Who got a step that counts from a date, and waits for an answer, goes on although the date is moved."""
    stage.journey("- call: a\n  when: answers.decides\n  on: {connected: stop}\n- email: b")
    ana = stage.someone(answers={"decides": "2026-09-22"})
    stage.until(utc(9, 23))
    stage.change(ana, answers={"decides": "2026-12-01"})
    assert [step for step, _ in stage.until(utc(9, 28), every=12 * HOUR)] == ["b"]


@pytest.mark.parametrize("answers", [{}, {"decides": "soon"}, {"decides": "2026-02-30"}])
def test_no_date_to_count_from(stage, answers: dict[str, str]) -> None:
    """Without a date the step is held, and what comes instead comes; a later date changes nothing."""
    stage.journey(
        "- email: a\n  when: 3 days before answers.decides\n  otherwise: {call: b}\n"
        "- email: c\n  after: 1 day"
    )
    ana = stage.someone(answers=answers)
    stage.until(stage.now + HOUR)
    assert stage.ledger()[0] == ("a", "held", "no_date")
    stage.change(ana, answers={"decides": "2026-09-30"})
    stage.until(utc(9, 30))
    assert stage.steps() == ["b", "c"]


def test_business_days_go_by_the_holidays_of_the_country(stage) -> None:
    """1 business day after a Friday is Monday; Columbus Day counts in the US, and not in Germany."""
    stage.journey("- email: a\n  after: 1 business day")
    stage.now = utc(10, 9, 15)  # the Friday before
    people = {
        country: stage.someone(f"{country}@example.com", country=country, timezone="America/Chicago")
        for country in ("US", "DE")
    }
    unknown = stage.someone("nobody@example.com", country=None)
    stage.until(utc(10, 14))
    assert stage.sent(people["US"]) == [("a", utc(10, 13, 5))]
    assert stage.sent(people["DE"]) == [("a", utc(10, 12, 5))]
    assert stage.sent(unknown) == [("a", utc(10, 13, 5))], "the show's country counts for them"


@pytest.mark.both_databases
def test_a_window_in_the_contacts_own_zone(stage) -> None:
    """Everyone is written to from nine on a working day, where they live."""
    head = 'send_window: {days: mon-fri, hours: "9:00-17:00", in: contact}'
    stage.journey("- email: a", head)
    stage.now = utc(9, 19, 0)  # a Saturday
    people = {name: stage.someone(f"{name}@example.com", timezone=zone) for name, zone in LIVES.items()}
    stage.until(utc(9, 22))
    assert {name: stage.sent(person) for name, person in people.items()} == {
        "Chicago": [("a", utc(9, 21, 14))],
        "Berlin": [("a", utc(9, 21, 7))],
        "Tokyo": [("a", utc(9, 21, 0))],
    }


def test_a_window_in_the_shows_zone(stage) -> None:
    """With `in: show`, everyone hears when it is nine at the show."""
    stage.journey("- email: a", 'send_window: {days: mon-fri, hours: "9:00-17:00", in: show}')
    stage.now = utc(9, 19, 0)
    for name, zone in LIVES.items():
        stage.someone(f"{name}@example.com", timezone=zone)
    assert {at for _, at in stage.until(utc(9, 22))} == {utc(9, 21, 14)}


@pytest.mark.both_databases
def test_a_holiday_holds_what_is_late(stage) -> None:
    """What was due on Friday waits on a holiday too; without a country, for that of the show."""
    stage.journey("- email: a\n  after: 1 day", "send_window: {days: business days}")
    stage.now = utc(10, 8, 15)
    stage.someone()
    stage.someone("unknown@example.com", country=None)
    stage.someone("de@example.com", country="DE", timezone="America/Chicago")
    stage.turn("c")
    stage.now = utc(10, 12, 15)  # Columbus Day
    result = stage.turn("c")
    assert (result.accepted, result.held) == (1, {"quiet_hours": 2})
    assert stage.turn("c", after=DAY).accepted == 2


@pytest.mark.both_databases
def test_a_text_keeps_quiet_at_night_whatever_the_window_says(stage) -> None:
    """The hours of the channel and those of the window must both be open, in all zones that may be theirs."""
    stage.journey("- text: a", 'send_window: {hours: "6:00-12:00", in: show}')
    stage.now = utc(9, 21, 6)
    stage.someone(timezone=None, possible_zones="America/Chicago America/Los_Angeles")
    assert stage.until(utc(9, 23)) == [("a", utc(9, 21, 15))]


def test_the_night_in_which_clocks_change(stage) -> None:
    """An hour that comes twice brings the step once, and the day after it is the same time on the clock."""
    stage.journey(
        "- text: a\n  after: 1 day\n- text: b\n  after: 1 day", 'send_window: {hours: "1:00-23:00"}'
    )
    settings = stage.root / "config/aftershow.yaml"
    stage.write("config/aftershow.yaml", settings.read_text() + 'hours: {text: "0:00-24:00"}\n')
    stage.now = utc(10, 31, 6, 30)  # half past one in Chicago
    stage.someone()
    sent = stage.until(utc(11, 4), every=timedelta(minutes=30))
    assert sent == [("a", utc(11, 1, 6, 30)), ("b", utc(11, 2, 7, 30))]


def test_nobody_comes_in_before_the_schedule(stage) -> None:
    """Before `from` nobody is enrolled; then those are who are in the audience then."""
    stage.journey("- email: a", 'schedule: {every: "0 * * * *", from: 6 days after show.ends}')
    stage.someone()
    assert stage.until(utc(9, 26)) == [("a", utc(9, 24, 5))]


@pytest.mark.parametrize("until", ["8 days after show.ends", "2 days"])
def test_after_the_schedule_everybody_leaves(stage, until: str) -> None:
    """After `until` nobody comes in, and who is on the way gets no further step."""
    head = f'schedule: {{every: "0 * * * *", from: 6 days after show.ends, until: {until}}}'
    stage.journey("- email: a\n- email: b\n  after: 36 hours\n- email: d\n  after: 1 day", head)
    ana = stage.someone()
    stage.until(utc(9, 26, 12))
    stage.someone("bo@example.com")
    assert stage.turn("c").enrolled == 0
    stage.until(utc(9, 30))
    assert stage.steps() == ["a", "b"]
    assert stage.enrolled(ana).exit_reason == "the campaign is over"


AGAIN = "- email: a\n  every: month\n"


def test_a_month_does_not_drift(stage) -> None:
    """From the 31st on, a month is its last day where it is shorter, and the 31st again after that."""
    stage.journey(AGAIN + "  times: 5\n- email: b\n  after: 1 day")
    stage.now = utc(8, 31, 15)
    stage.someone()
    sent = stage.until(datetime(2027, 1, 2, tzinfo=UTC), every=3 * HOUR)
    assert [(step, at.month, at.day) for step, at in sent] == [
        ("a", 8, 31),
        ("a", 9, 30),
        ("a", 10, 31),
        ("a", 11, 30),
        ("a", 12, 31),
        ("b", 1, 1),
    ]


@pytest.mark.both_databases
def test_again_only_while(stage) -> None:
    """Once `while` no longer holds, the step after the recurring one comes instead of its next time."""
    stage.journey("- email: a\n  every: 1 week\n  while: not clicked\n- letter: b")
    ana = stage.someone()
    stage.until(stage.now + 10 * DAY)
    stage.hears(ana, "clicked", "email", step="a")
    assert [step for step, _ in stage.until(stage.now + 30 * DAY)] == ["b"]


def test_what_an_outage_missed_is_written_down_and_sent_once(stage) -> None:
    """After five weeks without a turn, the weeks that were missed are expired and the last one goes out."""
    stage.journey("- email: a\n  every: 1 week")
    stage.someone()
    stage.turn("c")
    result = stage.turn("c", after=5 * 7 * DAY + DAY)
    assert (result.accepted, result.expired) == (1, 4)
    assert [row[1:] for row in stage.ledger()] == [
        ("accepted", None),
        *[("expired", "late")] * 4,
        ("accepted", None),
    ]
    # On its own day: the clocks were changed on 1 November.
    assert stage.until(utc(11, 4)) == [("a", utc(11, 2, 16))]


def test_an_outage_of_days_brings_one_daily_message_not_several(stage) -> None:
    """A time that is past when the next one comes is given up, however late a message may be otherwise."""
    stage.journey("- email: a\n  every: 1 day")
    stage.someone()
    stage.turn("c")
    assert stage.turn("c", after=3 * DAY + HOUR).accepted == 1
    assert stage.turn("c", after=HOUR).accepted == 0


def test_times_that_were_held_are_written_down_in_one_turn(stage) -> None:
    """After an outage, who can't be reached is not behind the others: a second turn finds nothing to do."""
    stage.journey("- text: a\n  every: 1 day")
    stage.someone(mobile=None)
    stage.turn("c")
    stage.turn("c", after=3 * DAY)
    ledger = stage.ledger()
    assert ledger == [("a", "held", "no_address")] * 4
    stage.turn("c")
    assert stage.ledger() == ledger


def test_times_that_wait_for_one_opening_are_one(stage) -> None:
    """A daily message that may go on working days comes once on Monday, not three times."""
    stage.journey("- email: a\n  every: 1 day", "send_window: {days: mon-fri}")
    stage.now = utc(9, 25, 15)  # a Friday
    stage.someone()
    assert [at for _, at in stage.until(utc(9, 30))] == [
        utc(9, 25, 15),
        utc(9, 28, 5),
        utc(9, 28, 15),
        utc(9, 29, 15),
    ]


def test_a_daily_turn_that_takes_long_finds_the_next_step_due_a_day_later(stage) -> None:
    """What went out some minutes after the turn began counts from its beginning."""
    stage.journey("- email: a\n- email: b\n  after: 1 day")
    stage.someone()
    stage.sending_takes = timedelta(minutes=20)
    stage.turn("c")
    assert stage.turn("c", after=DAY).accepted == 1


def test_a_late_step_says_so_and_the_next_counts_from_its_due_time(stage) -> None:
    """A step that is later than it may be is given up, and the one after it is not delayed by it."""
    stage.journey("- email: a\n  after: 1 day\n  expires: 2 hours\n- email: b\n  after: 3 days")
    stage.someone()
    began = stage.now
    stage.turn("c")
    stage.turn("c", after=DAY + 3 * HOUR)
    assert stage.ledger() == [("a", "expired", "late")]
    assert stage.until(began + 6 * DAY) == [("b", began + 4 * DAY)]
