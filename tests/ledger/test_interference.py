"""What others do while messages are being sent changes nothing of the promise."""

import threading
from datetime import timedelta

from sqlalchemy import Engine, select, text, update

from aftershow.errors import TemporaryError
from aftershow.ledger.claims import claim, recover
from aftershow.ledger.merging import merge
from aftershow.ledger.planning import update_holds
from aftershow.store.tables import contact, interaction
from aftershow.workspace.times.durations import Cap
from tests.ledger.conftest import World, open_in


def test_a_merge_while_the_provider_is_called(world: World) -> None:
    """Whoever is merged meanwhile: the window is settled, and the interaction is the other contact's."""
    keep = world.person(None, campaign="another")
    people = [world.person(f"p{number}@example.com") for number in range(3)]
    world.plan()
    send = world.sender.send

    def merging(messages):
        for number, outcome in enumerate(send(messages)):
            if number == 0:
                with world.engine.begin() as connection:
                    merge(connection, keep, people[0], by="test", now=world.now)
            yield outcome

    world.sender.send = merging
    assert world.send().accepted == 3
    with world.engine.begin() as connection:
        sent = connection.scalars(select(interaction.c.contact_id).where(interaction.c.kind == "sent"))
        assert sorted(sent) == sorted([keep, *people[1:]])


def test_an_address_corrected_after_sending(world: World) -> None:
    """A mailbox that got the step for one person does not get it again for another."""
    first = world.person("info@example.com")
    world.person("info@example.com")
    world.plan()
    world.send()
    with world.engine.begin() as connection:
        connection.execute(update(contact).where(contact.c.id == first).values(email="ana@example.com"))
    world.plan()
    world.send()
    assert world.sender.received == ["info@example.com"]


def test_a_dead_claim_does_not_count_for_the_cap(world: World) -> None:
    """A claim that ran out in a campaign that is over keeps nobody from hearing from another."""
    number = world.person("ana@example.com", campaign="over")
    world.plan(campaign="over")
    with world.engine.begin() as connection:
        claim(connection, world.rules(campaign="over"), worker="dead", now=world.now, limit=9)
    world.enrol(number, "c")
    world.now += timedelta(hours=1)
    with world.engine.begin() as connection:
        recover(connection, "c", now=world.now)
    cap = Cap.parse("1 per 7 days")
    world.plan(cap=cap)
    assert world.send(cap=cap).accepted == 1


def test_a_provider_that_says_at_once(world: World) -> None:
    """Whatever wait a provider names, a person is tried once in a turn."""
    world.person("a@example.com")
    world.sender.script = {"a@example.com": TemporaryError(retry_after=0)}
    world.plan()
    assert world.send().deferred == 1
    assert len(world.sender.received) == 1


def test_a_review_that_waits_for_a_row(engine: Engine) -> None:
    """A turn that looks at a message while another sends it does not take it back: it would go out twice."""
    if engine.dialect.name != "postgresql":
        return  # SQLite has one writer, so that nothing waits inside a statement
    world = World(engine)
    world.person("first@example.com", timezone="America/Chicago")
    world.person("ana@example.com", timezone="America/Chicago")
    world.plan()
    closed = world.rules(open_to=open_in("Asia/Tokyo", elsewhere=True))

    def look() -> None:
        with engine.begin() as connection:
            update_holds(connection, closed, now=world.now, due_by=world.now)

    with engine.connect() as blocker, blocker.begin():
        blocker.execute(text("SELECT id FROM message WHERE id = 1 FOR UPDATE"))
        waiting = threading.Thread(target=look)
        waiting.start()
        while not _waits(engine):
            pass
        world.send(worker="A")
    waiting.join()
    assert world.states()["ana@example.com"] == ("accepted", None)
    world.plan()
    world.send(worker="B")
    assert world.sender.received.count("ana@example.com") == 1


def _waits(engine: Engine) -> bool:
    with engine.connect() as connection:
        query = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'"
        return bool(connection.scalar(text(query)))
