"""Who is meant is a set in SQL that fits into any statement."""

import pytest
from sqlalchemy import Connection, case, func, insert, literal, not_, select, update

from aftershow.audience.expression import parse
from aftershow.audience.loading import load_person
from aftershow.audience.query import audience
from aftershow.audience.scope import Scope, people_from
from aftershow.store.tables import (
    account,
    contact,
    enrollment,
    interaction,
    lead,
    message,
    permission,
    show,
    suppression,
)
from aftershow.words.populations import Population
from aftershow.words.states import State
from tests.audience.world import CAMPAIGN, NOW, STEPS, Figure, World, Written

WORLD = World(
    figures=[
        Figure(leads={1: {"grade": "A"}, 2: {"grade": "B"}}, latest=2, messages=[Written(step="thanks")]),
        Figure(leads={1: {"grade": "B"}}, latest=1, messages=[Written(step="thanks", answered="replied")]),
        Figure(
            messages=[Written(step="thanks", state="held"), Written(step="quick-question", state="planned")]
        ),
    ],
    suppressed=frozenset({("email", "nobody@example.com")}),
)
SCOPE = Scope(now=NOW)


@pytest.fixture
def filled(connections: list[Connection]) -> list[Connection]:
    """Both databases, with three people."""
    for connection in connections:
        WORLD.write(connection)
    return connections


@pytest.mark.parametrize(
    ("source", "show_id", "meant"),
    [
        ("true", None, {(1, 12), (2, 21), (3, None)}),
        ("true", 1, {(1, 11), (2, 21)}),
        ("true", 2, {(1, 12)}),
        ('grade == "A"', None, set()),
        ('grade == "A"', 1, {(1, 11)}),
        ('grade != "A"', 1, {(2, 21)}),
        ('grade != "A"', None, {(1, 12), (2, 21), (3, None)}),
        ("true", 99, set()),
    ],
)
def test_audience(
    filled: list[Connection], source: str, show_id: int | None, meant: set[tuple[int, int | None]]
) -> None:
    """With a show its leads are meant, without one everyone beside their latest lead; each person once."""
    query = audience(parse(source), show_id=show_id, scope=SCOPE)
    for connection in filled:
        rows = [tuple(row) for row in connection.execute(query)]
        assert len(rows) == len(set(rows))
        assert set(rows) == meant


@pytest.fixture
def with_reps(filled: list[Connection]) -> list[Connection]:
    """Three people, two reps of ours, one of whom has left, and a lead with the address of a rep."""
    made = {"created_at": NOW, "updated_at": NOW}
    for connection in filled:
        for number, rep, email in ((4, "dana", "dana@example.com"), (5, "gone", None)):
            connection.execute(insert(contact).values(id=number, rep=rep, email=email, **made))
        connection.execute(insert(contact).values(id=6, email="dana@example.com", **made))
        connection.execute(insert(lead).values(id=61, contact_id=6, show_id=1, grade="A", created_at=NOW))
    return filled


@pytest.mark.parametrize(
    ("of", "show_id", "meant"),
    [
        (Population.LEADS, 1, {(1, 11), (2, 21)}),
        (Population.LEADS, None, {(1, 12), (2, 21), (3, None)}),
        (Population.EVERYONE, None, {(1, 12), (2, 21), (3, None)}),
        (Population.EVERYONE, 1, {(1, 12), (2, 21), (3, None)}),
        (Population.TEAM, None, {(4, None)}),
        (Population.TEAM, 1, {(4, None)}),
    ],
)
def test_crowds(
    with_reps: list[Connection], of: Population, show_id: int | None, meant: set[tuple[int, int | None]]
) -> None:
    """Our reps are in no crowd but the team, and the team is who is in it now."""
    query = audience(parse("true"), show_id=show_id, scope=SCOPE, of=of, team=["dana", "lee"])
    for connection in with_reps:
        rows = connection.execute(query).all()
        assert len(rows) == len(set(rows))
        assert {tuple(row) for row in rows} == meant


def test_everyone_at_a_show(filled: list[Connection]) -> None:
    """Among everyone, the show is the campaign's, for those too who were never there."""
    query = audience(parse('show.key == "pack-expo"'), show_id=1, scope=SCOPE, of=Population.EVERYONE)
    for connection in filled:
        assert {row.contact_id for row in connection.execute(query)} == {1, 2, 3}
        person = load_person(connection, 3, show_id=1, scope=SCOPE, of=Population.EVERYONE)
        assert person.facts["show.key"] == "pack-expo"
        assert (
            load_person(connection, 1, show_id=1, scope=SCOPE, of=Population.EVERYONE).facts["grade"] == "B"
        )


def test_a_condition_fits_into_a_statement_about_messages(filled: list[Connection]) -> None:
    """Inside a statement that reads or changes messages itself, a condition still looks at all of them."""
    scope = Scope(now=NOW, campaign=CAMPAIGN, since=enrollment.c.enrolled_at)
    condition = parse('sent("thanks") and not acknowledged("thanks")', steps=STEPS).sql(scope)
    mine = (enrollment.c.contact_id == contact.c.id) & (enrollment.c.campaign == CAMPAIGN)
    rows = people_from(None).join(enrollment, mine).join(message, message.c.enrollment_id == enrollment.c.id)
    answers = select(message.c.id, case((not_(condition), 0), else_=1)).select_from(rows)
    change = update(message).where(message.c.id.in_(select(message.c.id).select_from(rows).where(condition)))
    for connection in filled:
        assert dict(connection.execute(answers).tuples().all()) == {10: 1, 20: 0, 30: 0, 31: 0}
        assert connection.execute(change.values(state=State.CANCELLED)).rowcount == 1


def test_a_condition_fits_into_a_statement_about_everything(filled: list[Connection]) -> None:
    """The tables that a condition looks into are its own, even where the statement has them too."""
    source = 'replied and not bounced and permission("email") == false and not suppressed("email")'
    others = (interaction, permission, suppression, account, show, lead)
    counts = [select(func.count()).select_from(table).scalar_subquery().label(table.name) for table in others]
    beside = people_from(1).join(interaction, interaction.c.contact_id == contact.c.id)
    beside = beside.join(suppression, literal(1) == 1)
    query = select(contact.c.id, *counts).select_from(beside).where(parse(source).sql(SCOPE))
    for connection in filled:
        assert [row.id for row in connection.execute(query)] == [2]
