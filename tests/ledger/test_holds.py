"""Nobody is written to who should not be, and the reason stands beside the name."""

from datetime import timedelta

from sqlalchemy import insert, update

from aftershow.audience.expression import parse
from aftershow.audience.scope import Scope
from aftershow.store.tables import contact, enrollment, permission, suppression
from aftershow.workspace.times.durations import Cap
from tests.ledger.conftest import open_in


def suppress(world, address: str) -> None:
    row = {
        "channel": "email",
        "address": address,
        "reason": "bounced",
        "source": "test",
        "created_at": world.now,
    }
    with world.engine.begin() as connection:
        connection.execute(insert(suppression).values(**row))


def test_nothing_holds(world) -> None:
    """Who said yes and has an address is planned."""
    world.person("ana@example.com")
    world.plan()
    assert world.states() == {"ana@example.com": ("planned", None)}


def test_no_address(world) -> None:
    """Without an address a message is held, and still on record."""
    world.person(None)
    world.plan()
    assert world.states() == {None: ("held", "no_address")}


def test_blank_is_never_yes(world) -> None:
    """Who was not asked and who said no are both held where a yes is needed."""
    world.person("blank@example.com", answer=None)
    world.person("no@example.com", answer="no")
    world.person("unasked@example.com", answer="not_asked")
    world.plan()
    assert set(world.states().values()) == {("held", "permission")}


def test_unless_no(world) -> None:
    """Where the workspace says so, who did not say no may be written to, and who said no never."""
    world.person("blank@example.com", answer=None)
    world.person("no@example.com", answer="no")
    world.plan(needs_yes=False)
    assert world.states() == {
        "blank@example.com": ("planned", None),
        "no@example.com": ("held", "permission"),
    }


def test_suppressed(world) -> None:
    """A suppressed address is not written to, whatever permission there is."""
    suppress(world, "gone@example.com")
    world.person("gone@example.com")
    world.plan()
    assert world.states() == {"gone@example.com": ("held", "suppressed")}


def test_suppressed_on_another_channel_is_free(world) -> None:
    """A suppression speaks of its own channel."""
    row = {
        "channel": "text",
        "address": "ana@example.com",
        "reason": "r",
        "source": "s",
        "created_at": world.now,
    }
    with world.engine.begin() as connection:
        connection.execute(insert(suppression).values(**row))
    world.person("ana@example.com")
    world.plan()
    assert world.states() == {"ana@example.com": ("planned", None)}


def test_condition(world) -> None:
    """The step's `if` holds back whom it does not mean, and a missing value is not a yes."""
    condition = parse('city == "Kewanee"').sql(Scope(now=world.now))
    world.person("here@example.com", city="Kewanee")
    world.person("there@example.com", city="Ottawa")
    world.person("nowhere@example.com")
    world.plan(condition=condition)
    assert world.states() == {
        "here@example.com": ("planned", None),
        "there@example.com": ("held", "condition"),
        "nowhere@example.com": ("held", "condition"),
    }


def test_exited(world) -> None:
    """Who left the campaign gets nothing more from it."""
    number = world.person("left@example.com")
    with world.engine.begin() as connection:
        connection.execute(
            update(enrollment).where(enrollment.c.contact_id == number).values(exited_at=world.now)
        )
    world.plan()
    assert world.states() == {"left@example.com": ("held", "exited")}


def test_one_mailbox_one_message(world) -> None:
    """Two people behind one address get the step once; the second is held, not forgotten."""
    world.person("info@example.com", family_name="First")
    world.person("info@example.com", family_name="Second")
    world.plan()
    world.send()
    with world.engine.begin() as connection:
        from aftershow.ledger.counts import summary

        counted = summary(connection, "c")
    assert (counted.by_state, counted.held) == ({"accepted": 1, "held": 1}, {"duplicate_address": 1})
    assert world.sender.received == ["info@example.com"]


def test_the_cap_counts_all_campaigns(world) -> None:
    """Who has heard enough within the time waits, even when another campaign wrote."""
    number = world.person("ana@example.com", campaign="other")
    world.plan(campaign="other")
    world.send(campaign="other")
    world.enrol(number, "c")
    cap = Cap.parse("1 per 7 days")
    world.plan(cap=cap)
    assert world.send(cap=cap).accepted == 0
    assert ("held", "frequency_cap") in world.states().values()


def test_the_cap_lets_go_in_time(world) -> None:
    """Once the time is over, the held message goes out."""
    number = world.person("ana@example.com", campaign="other")
    world.plan(campaign="other")
    world.send(campaign="other")
    world.enrol(number, "c")
    cap = Cap.parse("1 per 2 days")
    world.plan(cap=cap)
    world.now += timedelta(days=2, seconds=1)
    world.plan(cap=cap)
    assert world.send(cap=cap).accepted == 1


def test_quiet_hours(world) -> None:
    """People whose clock shows night wait; people of unknown zone wait unless it is day where we are."""
    world.person("day@example.com", timezone="America/Chicago")
    world.person("night@example.com", timezone="Asia/Tokyo")
    world.person("somewhere@example.com")
    world.plan(open_to=open_in("America/Chicago"))
    assert world.states() == {
        "day@example.com": ("planned", None),
        "night@example.com": ("held", "quiet_hours"),
        "somewhere@example.com": ("held", "quiet_hours"),
    }


def test_the_morning_lets_go(world) -> None:
    """What the night held goes out in the morning."""
    world.person("night@example.com", timezone="Asia/Tokyo")
    world.plan(open_to=open_in("America/Chicago", elsewhere=True))
    world.plan(open_to=open_in("Asia/Tokyo", elsewhere=True))
    assert world.states() == {"night@example.com": ("planned", None)}


def test_permission_taken_back_before_sending(world) -> None:
    """Permission is asked again at the moment of handing over."""
    number = world.person("ana@example.com")
    world.plan()
    with world.engine.begin() as connection:
        connection.execute(update(permission).where(permission.c.contact_id == number).values(answer="no"))
    assert world.send().accepted == 0
    assert world.states() == {"ana@example.com": ("held", "permission")}
    assert world.sender.received == []


def test_suppressed_between_claim_and_hand_over(world) -> None:
    """An address suppressed while the message is being rendered is not written to."""
    world.person("ana@example.com")
    world.plan()
    render = world.render

    def suppress_then_render(connection, ids):
        row = {
            "channel": "email",
            "address": "ana@example.com",
            "reason": "r",
            "source": "s",
            "created_at": world.now,
        }
        connection.execute(insert(suppression).values(**row))
        return render(connection, ids)

    world.render = suppress_then_render
    assert world.send().accepted == 0
    assert world.states() == {"ana@example.com": ("held", "suppressed")}


def test_a_corrected_address_is_released(world) -> None:
    """A held message goes out once its reason is gone."""
    number = world.person(None)
    world.plan()
    with world.engine.begin() as connection:
        connection.execute(update(contact).where(contact.c.id == number).values(email="ana@example.com"))
    world.plan()
    assert world.send().accepted == 1
