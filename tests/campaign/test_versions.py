"""A campaign that is edited while people are on their way."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from aftershow.campaign.versions import Moved
from aftershow.ledger.versions import REMOVED
from aftershow.store.tables import campaign_version, enrollment, interaction
from tests.journey.test_steps import leave_by_hand

pytestmark = pytest.mark.either_database

DAY, HOUR = timedelta(days=1), timedelta(hours=1)
THREE = "- email: a\n- email: b\n  after: 2 days\n- letter: c\n  after: 2 days"
KEEP = "on_edit: keep"


def versions(stage) -> int:
    with stage.engine.begin() as connection:
        return connection.scalar(select(func.count()).select_from(campaign_version)) or 0


def test_who_began_keeps_the_version_that_they_began(stage) -> None:
    """With `keep`, people on the way go on as it was; who comes in later gets the new one."""
    stage.journey(THREE, KEEP)
    ana = stage.someone()
    stage.turn("c")
    stage.journey(THREE.replace("email: b", "call: d"), KEEP)
    bo = stage.someone("bo@example.com", phone="+13095550198", address_1="2 Pump Road")
    plan = stage.plan("c")
    assert plan.moved == ()
    assert [(m.contact_id, m.step) for m in plan.planned] == [
        (bo, "a"),
        (ana, "b"),
        (bo, "d"),
        (ana, "c"),
        (bo, "c"),
    ]
    stage.until(stage.now + 5 * DAY)
    assert (stage.steps(ana), stage.steps(bo)) == (["a", "b", "c"], ["a", "d", "c"])


def test_a_file_that_is_not_edited_is_one_version(stage) -> None:
    """Each turn finds the version again, also one to which the file went back."""
    stage.journey(THREE)
    stage.someone()
    for steps in (THREE, THREE.replace("email: b", "call: b"), THREE):
        stage.journey(steps)
        stage.turn("c")
        stage.turn("c", after=HOUR)
    assert versions(stage) == 2


@pytest.mark.both_databases
def test_a_step_that_is_removed(stage) -> None:
    """Who waits for it goes on to what follows now on the step before it, and the plan says so before."""
    stage.journey(THREE)
    ana = stage.someone()
    stage.turn("c")
    began = stage.now
    stage.journey("- email: a\n- letter: c\n  after: 3 days")
    moved = (Moved(step="b", to="c", people=1),)
    assert (stage.plan("c").moved, stage.turn("c").moved) == (moved, moved)
    assert stage.until(began + 9 * DAY) == [("c", began + 3 * DAY)]
    assert stage.enrolled(ana).step is None


def test_a_message_of_a_step_that_is_removed_is_taken_back(stage) -> None:
    """What was held for a step that is gone is cancelled, and says why."""
    stage.journey("- email: a\n  approval: required\n- letter: c")
    stage.someone()
    stage.turn("c")
    stage.journey("- letter: c")
    stage.turn("c")
    assert stage.ledger() == [("a", "cancelled", REMOVED), ("c", "accepted", None)]


@pytest.mark.both_databases
def test_a_step_that_is_inserted(stage) -> None:
    """Who is not past its place gets it; who is past it does not."""
    stage.journey(THREE)
    early = stage.someone()
    stage.until(stage.now + 2 * DAY + HOUR)
    late = stage.someone("bo@example.com", address_1="2 Pump Road")
    stage.turn("c")
    stage.journey(THREE.replace("- email: b", "- call: d\n- email: b"))
    stage.until(stage.now + 9 * DAY)
    assert stage.steps(early) == ["a", "b", "c"]
    # Bo waited for `b`, before which the call now stands: the place where Bo waits is kept.
    assert stage.steps(late) == ["a", "b", "c"]


def test_a_wait_that_is_edited(stage) -> None:
    """Who waits waits as long as it says now, from the same moment; what was sent is not sent again."""
    stage.journey(THREE)
    stage.someone()
    stage.turn("c")
    began = stage.now
    stage.journey(THREE.replace("- email: b\n  after: 2 days", "- email: b\n  after: 4 days"))
    stage.turn("c", after=HOUR)
    assert [(step, at - began) for step, at in stage.until(began + 9 * DAY)] == [
        ("b", 4 * DAY),
        ("c", 6 * DAY),
    ]


@pytest.mark.both_databases
def test_times_go_on_where_they_were(stage) -> None:
    """An edit does not begin a recurring step anew, nor the attempts of a call."""
    again = "- email: a\n  every: 1 day\n  times: 4"
    stage.journey(again)
    stage.someone()
    began = stage.now
    stage.until(began + DAY + HOUR)
    stage.journey(again + "\n- letter: c")
    assert stage.until(began + 9 * DAY) == [
        ("a", began + 2 * DAY),
        ("a", began + 3 * DAY),
        ("c", began + 3 * DAY + HOUR),
    ]


def test_who_has_left_is_not_counted_among_those_who_move(stage) -> None:
    """An edit moves people on the way; of those who left it says nothing."""
    stage.journey(THREE)
    ana = stage.someone()
    stage.turn("c")
    leave_by_hand(stage, ana)
    stage.journey(THREE.replace("email: b", "call: d"))
    assert (stage.plan("c").moved, stage.turn("c").moved) == ((), ())
    stage.until(stage.now + 9 * DAY)
    assert stage.steps() == ["a"]


def test_the_goal_of_the_new_version_counts_for_all_who_were_in_it(stage) -> None:
    """A goal that is written later is reached by people who are through, too."""
    stage.journey("- email: a")
    ana = stage.someone(answers={"budget": "20,000"})
    stage.turn("c")
    stage.journey("- email: a", "goal: answers.budget is not none")
    stage.turn("c", after=HOUR)
    with stage.engine.begin() as connection:
        reached = select(interaction.c.contact_id).where(interaction.c.kind == "goal_reached")
        assert connection.scalars(reached).all() == [ana]


def test_a_track_that_is_removed(stage) -> None:
    """Who is on a track that is gone is through; the other track goes on."""
    tracks = "tracks:\n  one: {steps: [{email: a}, {email: b, after: 1 day}]}\n"
    stage.journey(tracks + "  two: {steps: [{call: c}, {call: d, after: 1 day}]}")
    stage.someone()
    stage.turn("c")
    stage.journey(tracks)
    assert stage.turn("c").moved == (
        Moved(step="b", to="b", people=1),
        Moved(step="d", to=None, people=1),
    )
    stage.until(stage.now + 3 * DAY)
    assert sorted(stage.steps()) == ["a", "b", "c"]
    with stage.engine.begin() as connection:
        assert connection.scalars(select(enrollment.c.step)).all() == [None, None]
