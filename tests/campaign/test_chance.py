"""Splits and hold-outs: chance that is even, stable, and the same wherever it is asked."""

from datetime import timedelta
from decimal import Decimal

import pytest
from sqlalchemy import literal_column, select

from aftershow.campaign.chance import PRIME, bounds, lot, lot_of
from aftershow.store.tables import contact, enrollment, message

pytestmark = pytest.mark.either_database

DAY, HOUR = timedelta(days=1), timedelta(hours=1)
IDS = range(1, 10_001)
SPLIT = """
- split: way
  arms:
    mails: {share: 50%, steps: [{email: a}]}
    calls: {share: 30%, steps: [{call: b}]}
    nothing: {share: 20%}
- letter: c
"""


def population(stage, count: int) -> None:
    """Add many people whom every channel reaches but that of letters."""
    for number in range(count):
        stage.someone(f"p{number}@example.com", phone=f"+1309555{number:04}", address_1=None)


@pytest.mark.both_databases
def test_the_database_draws_the_same_lots(engine) -> None:
    """SQL and Python agree on the lot of every number, small and large."""
    numbers = [*range(1, 500), PRIME - 1, PRIME, PRIME + 1, 2**40, 2**62]
    with engine.begin() as connection:
        drawn = [
            connection.scalar(select(lot("c:way", literal_column(str(number))))) for number in numbers[-20:]
        ]
        columns = [lot("c:way", literal_column(str(number))) for number in numbers[:-20]]
        drawn = [*connection.execute(select(*columns)).one(), *drawn]
    assert drawn == [lot_of("c:way", number) for number in numbers]


@pytest.mark.parametrize("share", ["50%", "10%", "33.3%", "0.5%"])
def test_shares_are_kept(share: str) -> None:
    """Of ten thousand people so many are in an arm as its share says, within four standard deviations."""
    part = Decimal(share.rstrip("%")) / 100
    (end,) = bounds([part])
    for seed in ("c:way", "d:way", "c:hold_out"):
        inside = sum(lot_of(seed, number) < end for number in IDS)
        expected, spread = float(part) * 10_000, (float(part) * (1 - float(part)) * 10_000) ** 0.5
        assert abs(inside - expected) < 4 * spread


def test_one_seed_says_nothing_of_another() -> None:
    """Who is in the first half of one split is in the first half of another as often as everybody else."""
    half = PRIME // 2
    for other in ("c:ways", "d:way", "c:hold_out"):
        both = sum(lot_of("c:way", number) < half and lot_of(other, number) < half for number in IDS)
        assert abs(both - 2_500) < 4 * (0.25 * 0.75 * 10_000) ** 0.5


def test_neighbours_differ() -> None:
    """People who came in one after the other are spread over the arms."""
    half = PRIME // 2
    changes = sum((lot_of("s", number) < half) != (lot_of("s", number + 1) < half) for number in IDS)
    assert abs(changes - 5_000) < 4 * 50


def test_shares_that_make_a_whole_leave_nobody_out() -> None:
    """Three thirds, as people write them, end at the very last lot."""
    assert bounds([Decimal("0.333"), Decimal("0.333"), Decimal("0.334")])[-1] == PRIME


def test_everybody_goes_one_way(stage) -> None:
    """Each person gets the step of the arm that chance gave, and the arms meet again at the next step."""
    stage.journey(SPLIT)
    population(stage, 40)
    stage.until(stage.now + 3 * HOUR)
    mails, calls, _ = bounds([Decimal("0.5"), Decimal("0.3"), Decimal("0.2")])
    with stage.engine.begin() as connection:
        people = connection.scalars(select(contact.c.id).order_by(contact.c.id)).all()
        rows = connection.execute(select(message.c.contact_id, message.c.step)).all()
    drawn = {number: lot_of("c:way", number) for number in people}
    assert sorted(row.contact_id for row in rows if row.step == "a") == [
        number for number in people if drawn[number] < mails
    ]
    assert sorted(row.contact_id for row in rows if row.step == "b") == [
        number for number in people if mails <= drawn[number] < calls
    ]
    assert sorted(row.contact_id for row in rows if row.step == "c") == people


@pytest.mark.both_databases
def test_an_arm_is_known_to_later_steps(stage) -> None:
    """A condition may ask for the arm."""
    stage.journey(SPLIT.replace("- letter: c", '- email: d\n  if: arm("nothing")'))
    population(stage, 20)
    stage.until(stage.now + 3 * HOUR)
    with stage.engine.begin() as connection:
        got = connection.scalars(select(message.c.contact_id).filter_by(step="d", state="accepted")).all()
        arms = connection.scalars(select(enrollment.c.contact_id).filter_by(arm="nothing")).all()
    assert 0 < len(got) < 20
    assert sorted(got) == sorted(arms)


HELD_OUT = "{where: grade == 'A', hold_out: %s}"


@pytest.mark.both_databases
def test_who_is_held_out_hears_nothing_for_ever(stage) -> None:
    """Some of the audience are enrolled and get nothing, not even after a split."""
    stage.journey(SPLIT, audience=HELD_OUT % "50%")
    population(stage, 20)
    stage.until(stage.now + 20 * DAY, every=12 * HOUR)
    half = bounds([Decimal("0.5")])[0]
    with stage.engine.begin() as connection:
        people = connection.scalars(select(contact.c.id).order_by(contact.c.id)).all()
        out = select(message.c.contact_id).where(message.c.reason == "hold_out").distinct()
        held = connection.scalars(out.order_by(message.c.contact_id)).all()
        going = select(message.c.contact_id).where(message.c.state == "accepted")
        reached = set(connection.scalars(going))
    assert held == [number for number in people if lot_of("c:hold_out", number) < half]
    assert 0 < len(held) < 20
    assert reached.isdisjoint(held)


def test_who_is_held_out_for_a_time_comes_in_after_it(stage) -> None:
    """After two weeks those who were held back begin, with the first step and its wait."""
    stage.journey("- email: a\n  after: 1 day", audience=HELD_OUT % "{share: 50%, for: 2 weeks}")
    population(stage, 12)
    began = stage.now
    half = bounds([Decimal("0.5")])[0]
    stage.until(began + 17 * DAY, every=6 * HOUR)
    with stage.engine.begin() as connection:
        sent = connection.execute(select(message.c.contact_id, message.c.handed_over_at)).all()
    late = {number: lot_of("c:hold_out", number) < half for number, _ in sent}
    assert {at - began for number, at in sent if late[number]} == {15 * DAY}
    assert {at - began for number, at in sent if not late[number]} == {DAY}


@pytest.mark.both_databases
def test_who_is_held_out_for_a_time_misses_the_dates_of_that_time(stage) -> None:
    """A step that counts from the show does not reach them while they are held out."""
    head = HELD_OUT % "{share: 99.9%, for: 2 weeks}"
    steps = "- email: a\n  when: 6 days after show.ends\n- email: b\n  when: 20 days after show.ends"
    stage.journey(steps, audience=head)
    ana = stage.someone()
    assert lot_of("c:hold_out", ana) < bounds([Decimal("0.999")])[0]
    stage.until(stage.now + 20 * DAY, every=6 * HOUR)
    assert stage.steps() == ["b"]
    assert stage.ledger()[0] == ("a", "expired", "late")
