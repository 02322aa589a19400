"""What a campaign does with each person at a step: other ways, caps, approvals, goals, exits, tracks."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import func, select

from aftershow.feedback.by_hand import exit_by_hand
from aftershow.ledger.approvals import waiting
from aftershow.ports import Receipt
from aftershow.store.tables import contact, enrollment, interaction, lead, message
from tests.support.stage import YES

pytestmark = pytest.mark.either_database

DAY, HOUR = timedelta(days=1), timedelta(hours=1)


def utc(month: int, day: int, hour: int = 0) -> datetime:
    return datetime(2026, month, day, hour, tzinfo=UTC)


@pytest.mark.both_databases
def test_every_kind_of_step_is_a_message(stage) -> None:
    """Each kind goes out by its channel, with its cost, and leaves an interaction."""
    stage.journey("- email: a\n- text: b\n- letter: c\n  cost: 2.40\n- call: d\n- meeting: a\n  name: visit")
    stage.someone()
    stage.until(stage.now + 6 * HOUR)
    with stage.engine.begin() as connection:
        rows = connection.execute(select(message.c.channel, message.c.state, message.c.cost))
        assert [tuple(row) for row in rows] == [
            ("email", "accepted", None),
            ("text", "accepted", None),
            ("letter", "accepted", Decimal("2.40")),
            ("call", "accepted", None),
            ("meeting", "accepted", None),
        ]
        said = select(interaction.c.channel, interaction.c.kind).order_by(interaction.c.id)
        assert [row.channel for row in connection.execute(said) if row.kind == "sent"] == [
            "email",
            "text",
            "letter",
            "call",
            "meeting",
        ]


@pytest.mark.both_databases
@pytest.mark.parametrize(
    ("condition", "person", "reason"),
    [
        ("", {"mobile": None}, "no_address"),
        ("", {"says": YES | {"text": "no"}}, "permission"),
        ("\n  if: city == 'Bonn'", {}, "condition"),
    ],
)
def test_otherwise_comes_instead(stage, condition: str, person: dict, reason: str) -> None:
    """Who can't get a step gets what stands for it, in the same turn, and then the step after both."""
    stage.journey(
        f"- text: a{condition}\n  otherwise: [{{call: b}}, {{letter: c}}]\n- email: d\n  after: 1 day"
    )
    stage.someone(**person)
    stage.turn("c")
    assert stage.ledger()[:2] == [("a", "held", reason), ("b", "accepted", None)]
    stage.until(stage.now + 2 * DAY)
    assert stage.steps() == ["b", "c", "d"]


def test_otherwise_also_comes_when_the_provider_refuses(stage) -> None:
    """A refused address is as good as none."""
    stage.journey("- email: a\n  otherwise: {call: b}\n- letter: c")
    stage.someone()
    stage.sender.outcomes = {"ana@example.com": Receipt(key="", accepted=False, reason="550")}
    stage.turn("c")
    stage.until(stage.now + 3 * HOUR)
    assert stage.steps() == ["a", "b", "c"]
    assert stage.ledger()[0][1] == "rejected"


def test_what_came_instead_is_not_joined_by_the_step_itself(stage) -> None:
    """A number that becomes known after the call came instead of the text brings no text."""
    stage.journey("- text: a\n  otherwise: {call: b}\n- email: c\n  after: 5 days")
    ana = stage.someone(mobile=None)
    stage.turn("c")
    stage.change(ana, mobile="+13095550100")
    stage.until(stage.now + 6 * DAY)
    assert stage.steps() == ["b", "c"]


def test_who_waits_for_what_comes_instead_is_on_that_way_for_good(stage) -> None:
    """A number that becomes known while the call is still to come brings no text either."""
    stage.journey("- text: a\n  otherwise: {call: b, after: 1 day}")
    ana = stage.someone(mobile=None)
    stage.turn("c")
    stage.change(ana, mobile="+13095550100")
    stage.until(stage.now + 2 * DAY)
    assert stage.steps() == ["b"]


def test_what_is_released_goes_before_the_next_step(stage) -> None:
    """An address that comes with the next step's time brings the earlier step, and the next one after it."""
    stage.journey("- email: a\n- letter: b\n  after: 2 days")
    ana = stage.someone(None)
    began = stage.now
    stage.turn("c")
    stage.change(ana, email="ana@example.com")
    stage.now = began + 2 * DAY
    assert stage.until(began + 6 * DAY) == [("a", began + 2 * DAY), ("b", began + 4 * DAY)]


def test_who_got_the_step_does_not_get_what_stands_for_it(stage) -> None:
    """`otherwise` is for those alone who could not be reached."""
    stage.journey("- text: a\n  otherwise: {call: b}\n- email: c")
    stage.someone()
    stage.until(stage.now + 3 * HOUR)
    assert stage.steps() == ["a", "c"]


BRANCH = """
- branch: timing
  after: 1 day
  cases:
    - {if: answers.timing == "now", steps: [{call: a}]}
    - {if: answers.timing == "this year" or answers.timing == "now", steps: [{email: b}]}
    - {if: answers.timing == "no"}
  otherwise: [{letter: c}]
- email: d
"""


@pytest.mark.parametrize(
    ("timing", "steps"),
    [("now", ["a", "d"]), ("this year", ["b", "d"]), ("no", ["d"]), (None, ["c", "d"])],
)
def test_a_branch_takes_the_first_case_that_holds(stage, timing: str | None, steps: list[str]) -> None:
    """Cases are asked in their order, when the branch is due; one without steps leads on."""
    stage.journey(BRANCH)
    ana = stage.someone(answers={"timing": "no"})
    stage.turn("c")
    stage.change(ana, answers={"timing": timing} if timing else {})
    stage.until(stage.now + DAY + 3 * HOUR)
    assert stage.steps() == steps


def test_a_branch_at_the_end(stage) -> None:
    """A way without steps and without anything after it is the end."""
    stage.journey("- branch: x\n  cases:\n    - {if: city == 'Bonn', steps: [{email: a}]}")
    ana = stage.someone()
    stage.turn("c")
    assert (stage.enrolled(ana).step, stage.ledger()) == (None, [])


@pytest.mark.both_databases
def test_approval(stage) -> None:
    """What needs approval is held; approved, it goes out with the next turn; who comes later waits anew."""
    stage.journey("- email: a\n  approval: required\n- email: b\n  after: 1 day")
    stage.someone()
    assert stage.turn("c").held == {"approval": 1}
    with stage.engine.begin() as connection:
        (what,) = waiting(connection, "c")
    assert (what.step, what.messages, what.since, what.until - what.since) == ("a", 1, stage.now, 7 * DAY)
    stage.now += 2 * DAY
    assert stage.approve() == 1
    stage.someone("bo@example.com", address_1="2 Pump Road", phone=None)
    result = stage.turn("c")
    assert (result.accepted, result.held) == (1, {"approval": 1})
    approved = stage.now
    assert stage.until(approved + 2 * DAY) == [("b", approved + DAY)]


def test_approval_of_one_step_is_not_that_of_another(stage) -> None:
    """Steps are approved by name."""
    stage.journey("- email: a\n  approval: required")
    stage.someone()
    stage.turn("c")
    assert (stage.approve(["b"]), stage.approve(["a"])) == (0, 1)


def test_nobody_approves(stage) -> None:
    """What nobody approves in time is given up; the next step has waited for it, and then comes."""
    stage.journey("- email: a\n  approval: required\n  expires: 3 days\n- email: b\n  after: 4 days")
    stage.someone()
    began = stage.now
    stage.until(began + 2 * DAY, every=6 * HOUR)
    assert stage.ledger() == [("a", "held", "approval")]
    assert stage.until(began + 6 * DAY, every=6 * HOUR) == [("b", began + 4 * DAY)]
    assert stage.ledger()[0] == ("a", "expired", "late: approval")
    assert stage.approve() == 0


def test_what_is_too_late_is_approved_by_nobody(stage) -> None:
    """After its time, a message is not let go, even before the turn that gives it up."""
    stage.journey("- email: a\n  approval: required")
    stage.someone()
    stage.turn("c")
    stage.now += 7 * DAY
    assert stage.approve() == 0


def test_nothing_of_people_who_left_waits_for_approval(stage) -> None:
    """Who is taken out by hand disappears from the list of what waits, even as the last of the campaign."""
    stage.journey("- email: a\n  approval: required")
    ana = stage.someone()
    stage.turn("c")
    leave_by_hand(stage, ana)
    stage.turn("c")
    with stage.engine.begin() as connection:
        assert waiting(connection, "c") == []
    assert stage.ledger() == [("a", "held", "exited")]


def leave_by_hand(stage, person: int) -> None:
    with stage.engine.begin() as connection:
        exit_by_hand(connection, person, "c", reason="asked us", by="dana", now=stage.now)


def test_the_cap_over_all_campaigns(stage) -> None:
    """With two in seven days, the third message of two campaigns waits until the first is a week old."""
    stage.journey("- email: a\n- email: b\n  after: 1 day", "limits: {per_contact: 2 per 7 days}")
    stage.someone()
    began = stage.now
    stage.turn("follow-up")
    stage.now += HOUR
    sent = stage.until(began + 9 * DAY, every=12 * HOUR)
    assert sent == [("a", began + HOUR), ("b", began + 7 * DAY + HOUR)]


def test_a_cap_of_the_workspace_counts_for_campaigns_without_one(stage) -> None:
    """The limit in the settings holds back a campaign that has none, until its message is too late."""
    settings = stage.root / "config/aftershow.yaml"
    stage.write("config/aftershow.yaml", settings.read_text() + "limits: {per_contact: 1 per 30 days}\n")
    stage.journey("- email: a\n- email: b\n  after: 1 day")
    stage.someone()
    stage.until(stage.now + 9 * DAY, every=12 * HOUR)
    assert stage.ledger() == [("a", "accepted", None), ("b", "expired", "late: frequency_cap")]


GOAL = "goal: answers.decides is not none\nstop_on: [replied, goal]"


def test_the_goal_is_reached_once_and_ends_the_way(stage) -> None:
    """Who reaches the goal leaves, and it is on record once, however often a turn looks."""
    stage.journey("- email: a\n- email: b\n  after: 1 day", GOAL)
    ana = stage.someone()
    stage.turn("c")
    stage.change(ana, answers={"decides": "2027"})
    assert stage.turn("c", after=HOUR).left == 1
    left = stage.now
    stage.until(stage.now + 3 * DAY)
    assert stage.turn("c").left == 0
    assert stage.steps() == ["a"]
    assert (stage.enrolled(ana).exit_reason, stage.enrolled(ana).exited_at) == ("goal", left)
    assert goals(stage) == [ana]


def test_the_goal_counts_after_the_last_step_too(stage) -> None:
    """Who reaches the goal when all steps are behind has reached it, even when nobody is on the way."""
    stage.journey("- email: a", GOAL)
    ana = stage.someone()
    stage.turn("c")
    stage.change(ana, answers={"decides": "2027"})
    stage.turn("c", after=5 * DAY)
    assert goals(stage) == [ana]


def test_the_goal_counts_for_people_who_hear_nothing(stage) -> None:
    """What the hold-out does by itself is what the campaign is compared with."""
    stage.journey("- email: a", GOAL, audience="{where: grade == 'A', hold_out: 99.99%}")
    ana = stage.someone()
    stage.turn("c")
    stage.change(ana, answers={"decides": "2027"})
    stage.turn("c", after=5 * DAY)
    assert (stage.ledger(), goals(stage)) == ([("a", "held", "hold_out")], [ana])


def goals(stage) -> list[int]:
    with stage.engine.begin() as connection:
        kinds = select(interaction.c.contact_id).where(interaction.c.kind == "goal_reached")
        return list(connection.scalars(kinds))


def test_what_happened_before_the_enrolment_stops_nobody(stage) -> None:
    """A reply of last year is no reason to leave; one of today is."""
    stage.journey("- email: a\n- email: b\n  after: 1 day\n- email: d\n  after: 1 day", GOAL)
    ana = stage.someone()
    stage.hears(ana, "replied", "email")
    stage.now += HOUR
    stage.until(stage.now + DAY + HOUR)
    stage.hears(ana, "replied", "email")
    stage.until(stage.now + 3 * DAY)
    assert stage.steps() == ["a", "b"]
    assert stage.enrolled(ana).exit_reason == "replied"


def test_exit_by_hand_takes_back_what_waits(stage) -> None:
    """What was held or planned for a person is not sent once they are out, and nothing more comes."""
    stage.journey("- text: a\n- email: b\n  after: 1 day")
    stage.now = utc(9, 22, 4)  # night in Chicago
    ana = stage.someone()
    stage.someone("bo@example.com", mobile="+13095550101")
    stage.turn("c")
    leave_by_hand(stage, ana)
    stage.until(stage.now + 3 * DAY)
    assert stage.steps(ana) == []
    assert len(stage.sent()) == 2


@pytest.mark.both_databases
def test_a_track_for_each_meeting(stage) -> None:
    """Each meeting has its own reminder, before it as it stands, and none of them twice."""
    stage.journey(
        """tracks:
  remind:
    audience: {where: meeting.status == "accepted"}
    each: meeting
    steps:
      - text: a
        when: 1 day before meeting.starts
        at: "18:00"
        if: meeting.status == "accepted"
"""
    )
    ana = stage.someone()
    for start in (utc(9, 24, 15), utc(9, 29, 15), utc(9, 27, 15)):
        stage.hears(ana, "accepted", "meeting", meeting_at=start, after=HOUR)
    stage.turn("c")
    stage.hears(ana, "cancelled", "meeting", meeting_at=utc(9, 27, 15), after=HOUR)
    assert stage.until(utc(10, 3)) == [("a", utc(9, 23, 23)), ("a", utc(9, 28, 23))]
    assert ("a", "held", "condition") in stage.ledger()


EACH_DATE = """tracks:
  thanks:
    audience: {from: leads}
    each: answers.delivered
    steps:
      - letter: a
        when: 10 days after answers.delivered
"""


def test_a_track_for_each_date(stage) -> None:
    """Each delivery gets its card once; the same date written in another way is the same."""
    stage.journey(EACH_DATE)
    ana = stage.someone(answers={"delivered": "2026-09-14"})
    stage.until(utc(9, 25))
    stage.change(ana, answers={"delivered": "2026-09-14T00:00"})
    stage.until(utc(10, 1))
    stage.change(ana, answers={"delivered": "2026-10-05"})
    stage.until(utc(10, 20))
    assert [at.date().isoformat() for _, at in stage.sent()] == ["2026-09-24", "2026-10-15"]


@pytest.mark.both_databases
def test_a_date_that_is_corrected_brings_one_card(stage) -> None:
    """Who waits for a card after a date that is then corrected gets one, after the right date."""
    stage.journey(EACH_DATE)
    ana = stage.someone(answers={"delivered": "2026-09-14"})
    stage.turn("c")
    stage.change(ana, answers={"delivered": "2026-09-17"})
    assert [at.date().isoformat() for _, at in stage.until(utc(10, 20))] == ["2026-09-27"]


def test_tracks_run_beside_each_other(stage) -> None:
    """Each track has its own audience, and ends by itself."""
    stage.journey(
        """tracks:
  all: {steps: [{email: a}]}
  key: {audience: {where: city == "Peoria"}, steps: [{call: b}, {letter: c, after: 1 day}]}
"""
    )
    stage.someone()
    stage.someone("bo@example.com", city="Bonn", mobile=None, phone=None)
    stage.until(stage.now + 2 * DAY)
    assert sorted(stage.steps()) == ["a", "a", "b", "c"]


@pytest.mark.both_databases
def test_our_own_team(stage) -> None:
    """A campaign for the team reaches each rep, without permission and without a cap, and nobody else."""
    settings = stage.root / "config/aftershow.yaml"
    stage.write("config/aftershow.yaml", settings.read_text() + "limits: {per_contact: 1 per 30 days}\n")
    stage.journey("- email: a\n  every: 1 day\n  at: '21:00'", audience="{from: team}")
    stage.someone()
    stage.until(stage.now + 3 * DAY)
    with stage.engine.begin() as connection:
        assert connection.scalars(select(contact.c.rep).join(enrollment)).all() == ["dana"]
    assert [at for _, at in stage.sent()] == [utc(9, 22, 2), utc(9, 23, 2), utc(9, 24, 2)]


@pytest.mark.both_databases
def test_the_plan_knows_what_it_costs(stage) -> None:
    """The plan adds up what all planned messages cost."""
    stage.journey("- letter: a\n  cost: 2.40\n- text: b\n  cost: 0.0075\n- email: d")
    stage.someone()
    stage.someone("bo@example.com", mobile=None, address_1="2 Pump Road")
    plan = stage.plan("c")
    assert plan.cost == Decimal("4.8075")


def test_whole_numbers_of_people(stage) -> None:
    """Everyone in the audience is enrolled once, each with the lead of this show."""
    stage.journey("- email: a\n  after: 1 day")
    people = [stage.someone(f"p{number}@example.com") for number in range(5)]
    for _ in range(3):
        stage.turn("c")
    with stage.engine.begin() as connection:
        rows = connection.execute(select(enrollment.c.contact_id, enrollment.c.lead_id)).all()
        leads = dict(connection.execute(select(lead.c.contact_id, lead.c.id)).tuples().all())
        assert connection.scalar(select(func.count()).select_from(message)) == 0
    assert sorted(row.contact_id for row in rows) == people
    assert all(row.lead_id == leads[row.contact_id] for row in rows)
