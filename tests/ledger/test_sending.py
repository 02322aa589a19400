"""At most once, and every message ends somewhere."""

from datetime import timedelta, timezone

import pytest
from sqlalchemy import func, select, update

from aftershow.errors import OutcomeUnknownError, PermanentError, TemporaryError
from aftershow.ledger.claims import LEASE, claim, hand_over, recover
from aftershow.ledger.planning import expire
from aftershow.ports import Receipt
from aftershow.store.tables import contact, interaction, message, suppression


def interactions(world) -> list[tuple[str, str]]:
    query = (
        select(contact.c.email, interaction.c.kind).join_from(interaction, contact).order_by(interaction.c.id)
    )
    with world.engine.begin() as connection:
        return [tuple(row) for row in connection.execute(query)]


def test_accepted(world) -> None:
    """What the provider took is accepted, is an interaction, and the person's last contact is known."""
    world.person("ana@example.com")
    world.plan()
    totals = world.send()
    assert (totals.accepted, totals.interactions) == (1, 1)
    assert world.states() == {"ana@example.com": ("accepted", None)}
    assert interactions(world) == [("ana@example.com", "sent")]
    with world.engine.begin() as connection:
        assert connection.scalar(select(contact.c.last_sent_at)) == world.now
        row = connection.execute(select(message.c.address, message.c.provider_id, message.c.settled_at)).one()
    assert (row.address, row.settled_at) == ("ana@example.com", world.now)
    assert row.provider_id.startswith("id-m")


def test_again_sends_nothing(world) -> None:
    """A turn repeated sends nothing twice."""
    world.person("ana@example.com")
    for _ in range(3):
        world.plan()
        world.send()
    assert world.sender.received == ["ana@example.com"]
    assert len(interactions(world)) == 1


def test_mixed_outcomes_in_one_window(world) -> None:
    """Refused is rejected, 'later' is planned again, 'perhaps' is unknown; the others go out."""
    world.sender.script = {
        "refused@example.com": Receipt(key="", accepted=False, reason="550 5.1.1", suppress="bounced"),
        "later@example.com": TemporaryError("451 4.3.0"),
        "perhaps@example.com": OutcomeUnknownError("the line went down after the data"),
    }
    for name in ("refused", "later", "perhaps", "fine"):
        world.person(f"{name}@example.com")
    world.plan()
    totals = world.send()
    assert (totals.accepted, totals.rejected, totals.unknown, totals.deferred) == (1, 1, 1, 1)
    assert world.states() == {
        "refused@example.com": ("rejected", "550 5.1.1"),
        "later@example.com": ("planned", None),
        "perhaps@example.com": ("unknown", "the line went down after the data"),
        "fine@example.com": ("accepted", None),
    }
    with world.engine.begin() as connection:
        assert connection.scalars(select(suppression.c.address)).all() == ["refused@example.com"]


def test_later_is_retried_and_unknown_never(world) -> None:
    """After the wait, what was not sent is tried again; what may have been sent is not."""
    world.sender.script = {
        "later@example.com": TemporaryError(),
        "perhaps@example.com": OutcomeUnknownError(),
    }
    world.person("later@example.com")
    world.person("perhaps@example.com")
    world.plan()
    world.send()
    world.sender.script = {}
    assert world.send().accepted == 0
    world.now += timedelta(minutes=6)
    world.plan()
    world.send()
    assert world.sender.received == ["later@example.com", "perhaps@example.com", "later@example.com"]
    assert world.states()["perhaps@example.com"][0] == "unknown"


def test_retry_after_is_obeyed(world) -> None:
    """When the provider says how long to wait, that is how long we wait."""
    world.sender.script = {"a@example.com": TemporaryError(retry_after=3600)}
    world.person("a@example.com")
    world.plan()
    world.send()
    with world.engine.begin() as connection:
        assert connection.scalar(select(message.c.due_at)) == world.now + timedelta(hours=1)


def test_waits_grow(world) -> None:
    """Each attempt that sent nothing waits twice as long as the one before."""
    world.sender.script = {"a@example.com": TemporaryError()}
    world.person("a@example.com")
    world.plan()
    waits = []
    for _ in range(4):
        world.send()
        with world.engine.begin() as connection:
            due = connection.scalars(select(message.c.due_at)).one()
        waits.append((due - world.now).total_seconds() / 60)
        world.now = due
    assert waits == [5, 10, 20, 40]


def test_a_provider_that_refuses_us_stops_the_campaign(world) -> None:
    """Nobody is lost when our settings are wrong: all wait, and nothing more is sent."""
    world.people(120)
    world.sender.script = {"p060@example.com": PermanentError("535 5.7.8 the password is wrong")}
    world.plan()
    totals = world.send()
    assert totals.stopped == "535 5.7.8 the password is wrong"
    assert totals.accepted == 60
    with world.engine.begin() as connection:
        states = dict(
            connection.execute(select(message.c.state, func.count()).group_by(message.c.state)).all()
        )
    assert states == {"accepted": 60, "planned": 60}
    assert len(world.sender.received) == 61


def test_a_connector_that_breaks_leaves_doubt_not_doubles(world) -> None:
    """When a connector fails in its own code, what it had not answered for is unknown."""

    def broken():
        raise RuntimeError("a mistake in the connector")

    world.person("a@example.com")
    world.person("b@example.com")
    world.person("c@example.com")
    world.sender.script = {"b@example.com": broken}
    world.plan()
    totals = world.send()
    assert (totals.accepted, totals.unknown) == (1, 2)


def test_a_connector_that_ends_early(world) -> None:
    """Messages that the connector did not come to wait for another turn."""

    class Short(type(world.sender)):
        def send(self, messages):
            yield from super().send(messages[:1])

    world.sender = Short()
    world.person("a@example.com")
    world.person("b@example.com")
    world.plan()
    assert world.send().accepted == 1
    assert world.states()["b@example.com"] == ("planned", None)


def test_content_that_fails_holds_one_person(world) -> None:
    """Whoever can't be rendered is held; the others go out."""
    world.broken = {world.person("odd@example.com")}
    world.person("ana@example.com")
    world.plan()
    assert world.send().accepted == 1
    assert world.states()["odd@example.com"] == ("held", "content")


def test_killed_before_handing_over(world) -> None:
    """A claim whose worker died is free again after the lease, and goes out once."""
    world.person("ana@example.com")
    world.plan()
    with world.engine.begin() as connection:
        claim(connection, world.rules(), worker="dead", now=world.now, limit=10)
    assert world.send().accepted == 0
    world.now += LEASE
    with world.engine.begin() as connection:
        assert recover(connection, "c", now=world.now) == (1, 0)
    assert world.send().accepted == 1


def test_killed_while_handing_over(world) -> None:
    """A message whose worker died while handing over is unknown and never sent again."""
    world.person("ana@example.com")
    world.plan()
    with world.engine.begin() as connection:
        ids = claim(connection, world.rules(), worker="dead", now=world.now, limit=10)
    with world.engine.begin() as connection:
        hand_over(connection, world.rules(), ids, worker="dead", now=world.now)
    world.now += LEASE
    with world.engine.begin() as connection:
        assert recover(connection, "c", now=world.now) == (0, 1)
    world.plan()
    assert world.send().accepted == 0
    assert world.states()["ana@example.com"][0] == "unknown"


def test_a_lost_claim_is_not_handed_over(world) -> None:
    """A worker that was away longer than its lease hands nothing over that another took."""
    world.person("ana@example.com")
    world.plan()
    with world.engine.begin() as connection:
        ids = claim(connection, world.rules(), worker="slow", now=world.now, limit=10)
    world.now += LEASE
    with world.engine.begin() as connection:
        recover(connection, "c", now=world.now)
        claim(connection, world.rules(), worker="other", now=world.now, limit=10)
    with world.engine.begin() as connection:
        assert hand_over(connection, world.rules(), ids, worker="slow", now=world.now) == []


def test_two_workers_share(world) -> None:
    """Two claims get different messages."""
    for number in range(4):
        world.person(f"p{number}@example.com")
    world.plan()
    with world.engine.begin() as connection:
        first = claim(connection, world.rules(), worker="one", now=world.now, limit=2)
    with world.engine.begin() as connection:
        second = claim(connection, world.rules(), worker="two", now=world.now, limit=10)
    assert len(first) == len(second) == 2
    assert not set(first) & set(second)


def test_too_late_expires(world) -> None:
    """What could not be sent in its time is given up, on record."""
    world.person("ana@example.com")
    world.plan()
    world.now += timedelta(days=7)
    with world.engine.begin() as connection:
        assert expire(connection, world.rules(), now=world.now) == 1
    assert world.send().accepted == 0
    assert world.states() == {"ana@example.com": ("expired", "late")}


def test_an_address_that_changes_while_rendering(world) -> None:
    """What was rendered for one address never goes to another."""
    number = world.person("old@example.com")
    world.plan()
    render = world.render

    def render_then_change(connection, ids):
        rendered = render(connection, ids)
        connection.execute(update(contact).where(contact.c.id == number).values(email="new@example.com"))
        return rendered

    world.render = render_then_change
    assert world.send().accepted == 0
    world.render = render
    world.now += timedelta(minutes=6)
    assert world.send().accepted == 1
    assert world.sender.received == ["new@example.com"]


@pytest.mark.parametrize("people", [1, 49, 50, 51, 501])
def test_windows_and_batches_lose_nobody(world, people: int) -> None:
    """However the numbers fall, each person is sent to once."""
    world.people(people)
    world.plan()
    assert world.send().accepted == people
    assert len(set(world.sender.received)) == len(world.sender.received) == people


def test_times_are_kept_in_utc(world) -> None:
    """A run that is told its moment with another zone's offset writes the same moment down."""
    world.person("ana@example.com")
    world.now = world.now.astimezone(timezone(timedelta(hours=9)))
    world.plan()
    world.send()
    with world.engine.begin() as connection:
        assert connection.scalar(select(message.c.handed_over_at)) == world.now


def test_what_became_late_while_others_were_sent_is_not_sent(world) -> None:
    """A run that goes on for very long takes no message whose time is over."""
    world.person("ana@example.com")
    world.plan()
    world.now += timedelta(days=7)
    assert world.send().accepted == 0
    assert world.sender.received == []
