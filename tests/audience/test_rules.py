"""What conditions mean, rule by rule, on both databases and in Python."""

from datetime import timedelta

import pytest
from sqlalchemy import Connection, literal
from sqlalchemy.dialects import postgresql

from aftershow.audience.expression import parse
from aftershow.audience.loading import load_person
from aftershow.audience.scope import Scope
from aftershow.errors import UsageError
from aftershow.store.tables import enrollment
from aftershow.store.types import Moment
from aftershow.words.answers import Answer
from tests.audience.world import CAMPAIGN, NOW, STEPS, Figure, World, Written, asked_in_sql

DAY = timedelta(days=1)

#: Of Ana much is known, of Bo nothing, of Çelik something. The latest leads are at the shows 1, none and 2.
WORLD = World(
    figures=[
        Figure(
            contact={
                "given_name": "Ana",
                "city": "Åhus",
                "country": "DE",
                "language": "de",
                "email": "ana@example.com",
                "mobile": "+491",
            },
            account={"name": "Acme", "country": "AT", "is_customer": True},
            leads={
                1: {
                    "grade": "A",
                    "owner": "dana",
                    "answers": {"interested_in": "Pumps, Valves", "größe": "5", "note": ""},
                    "last_captured_at": NOW - 2 * DAY,
                }
            },
            latest=1,
            permissions={"email": Answer.YES, "text": Answer.NO},
            interactions=[
                ("sent", NOW - 30 * DAY),
                ("replied", NOW - 3 * DAY + timedelta(microseconds=1)),
                ("bounced", NOW - 12 * DAY),
                ("clicked", NOW - 3 * DAY + timedelta(microseconds=1)),
            ],
            enrolled_at=NOW - 10 * DAY,
            messages=[Written(step="thanks", answered="replied"), Written(step="größe?", state="held")],
        ),
        Figure(),
        Figure(
            contact={
                "given_name": "çelik",
                "city": "",
                "country": "US",
                "is_customer": True,
                "mobile": "+492",
            },
            leads={1: {"grade": "b", "last_captured_at": NOW}, 2: {"grade": "C"}},
            latest=2,
            permissions={"text": Answer.NOT_ASKED},
            messages=[Written(step="thanks", answered="delivered")],
        ),
    ],
    suppressed=frozenset({("email", "ana@example.com"), ("text", "ana@example.com"), ("text", "+492")}),
)
RULES = [
    # a missing value equals nothing but a missing value
    ('grade == "A"', "Ana"),
    ('grade != "A"', "Bo Çelik"),
    ('not grade == "A"', "Bo Çelik"),
    ("grade is none", "Bo"),
    ("grade == none", "Bo"),
    ("none != grade", "Ana Çelik"),
    ("grade is defined", "Ana Çelik"),
    ("grade is undefined", "Bo"),
    ("grade is not none and country is not none", "Ana Çelik"),
    ("owner == account.name", "Bo Çelik"),
    # it is neither less nor more, in no list and in no text
    ('grade < "B"', "Ana"),
    ('not grade < "B"', "Bo Çelik"),
    ('grade >= "A"', "Ana Çelik"),
    ('grade in ["A", "B"]', "Ana"),
    ('grade not in ["A", "B"]', "Bo Çelik"),
    ('grade in ("A", "C")', "Ana Çelik"),
    ("grade in []", ""),
    ("grade not in []", "Ana Bo Çelik"),
    ('"Pumps" in answers.interested_in', "Ana"),
    ('"Pumps" not in answers.interested_in', "Bo Çelik"),
    # texts are compared letter for letter, by code point
    ('"pumps" in answers.interested_in', ""),
    ('grade in "AB"', "Ana"),
    ('"" in grade', "Ana Çelik"),
    ('grade == "a"', ""),
    ('city > "Z"', "Ana"),
    ('given_name < "a"', "Ana"),
    ('"A" <= grade < "C"', "Ana"),
    ('"0" < grade <= "C"', "Ana Çelik"),
    # a value by itself is true as in a template
    ("city", "Ana"),
    ("not city", "Bo Çelik"),
    ("captured_at", "Ana"),
    ('days_since("sent")', "Ana"),
    ("answers.note is not none", "Ana"),
    ("answers.note", ""),
    ("true", "Ana Bo Çelik"),
    ("false or grade", "Ana Çelik"),
    ("is_customer", "Ana Çelik"),
    ("account.is_customer", "Ana"),
    ("is_customer == account.is_customer", "Ana Bo"),
    ("is_customer != true", "Bo"),
    # fields of the contact, the company, the lead and the show
    ('company == "Acme" and account.name == company and account.country == "AT"', "Ana"),
    ('answers["größe"] == "5" and answers.größe == "5"', "Ana"),
    ('owner == "dana" and language == "de"', "Ana"),
    ('show.key == "pack-expo" and show.city == "Chicago"', "Ana"),
    ("show.name and show.starts is none", "Çelik"),
    # moments
    ('captured_at < "2026-10-24"', "Ana"),
    ('captured_at >= "2026-10-23T10:30:00.250000+00:00"', "Ana"),
    ('captured_at == "2026-10-23T05:30:00.25-05:00"', "Ana"),
    ('captured_at > "2026-10-23T10:30:00.25"', ""),
    ("show.starts < captured_at < show.ends", "Ana"),
    # days are whole, and counted to the microsecond
    ('days_since("sent") == 30', "Ana"),
    ('days_since("sent") > 29.5', "Ana"),
    ('days_since("sent") > 30', ""),
    ('30 <= days_since("sent") <= 30', "Ana"),
    ('days_since("sent") != 30', "Bo Çelik"),
    ('days_since("clicked") in [2, 7.5]', "Ana"),
    ('days_since("clicked") not in [3]', "Ana Bo Çelik"),
    ('days_since("clicked") == 2 < days_since("bounced")', "Ana"),
    ('days_since("sent") > days_since("bounced")', "Ana"),
    ('days_since("sent") is none', "Bo Çelik"),
    ("days_since(captured_at) == 2", "Ana"),
    ("days_since(show.ends) == 1", "Ana"),
    ("days_since(show.ends) < 0", ""),
    # what happened
    ("contacted and replied and bounced", "Ana"),
    ("opened or complained or unsubscribed", ""),
    # permission is what was said, suppression is the address of that channel
    ('permission("email")', "Ana"),
    ('refused("text")', "Ana"),
    ('permission("text")', ""),
    ('not permission("letter")', "Ana Bo Çelik"),
    ('suppressed("email")', "Ana"),
    ('suppressed("text")', "Çelik"),
    # and binds before or, not before both
    ('grade == "A" or country == "US" and not is_customer', "Ana"),
    ('(grade == "A" or country == "US") and not account.is_customer', "Çelik"),
    ("not grade or city", "Ana Bo"),
]


@pytest.fixture
def filled(connections: list[Connection]) -> list[Connection]:
    """Both databases, with Ana, Bo and Çelik."""
    for connection in connections:
        WORLD.write(connection)
    return connections


def check(
    databases: list[Connection],
    source: str,
    meant: str,
    *,
    scope: Scope = Scope(now=NOW),  # noqa: B008  it is frozen
    show_id: int | None = None,
    in_step: bool = False,
) -> None:
    """Hold both databases and Python to the people named."""
    expected = {number: name in meant.split() for number, name in enumerate(("Ana", "Bo", "Çelik"), 1)}
    expression = parse(source, steps=STEPS)
    people = [WORLD.person(number, show_id=show_id, scope=scope, in_step=in_step) for number in expected]
    assert [expression.holds(person) for person in people] == list(expected.values())
    for connection in databases:
        found = asked_in_sql(connection, expression, show_id=show_id, scope=scope, in_step=in_step)
        assert found == expected, connection.dialect.name


@pytest.mark.parametrize(("source", "meant"), RULES)
def test_rules(filled: list[Connection], source: str, meant: str) -> None:
    """Each rule holds for someone of whom much is known, someone of whom nothing is, and someone between."""
    check(filled, source, meant)


@pytest.mark.parametrize(
    ("show_id", "source", "meant"),
    [
        (1, 'grade == "b"', "Çelik"),
        (1, 'grade == "C"', ""),
        (2, 'grade == "C"', "Çelik"),
        (2, "grade is none and answers.note is none", "Ana Bo"),
        (1, 'show.key == "pack-expo"', "Ana Bo Çelik"),
        (2, 'show.key == "form" and show.ends is none', "Ana Bo Çelik"),
    ],
)
def test_a_show_says_which_lead_is_meant(
    filled: list[Connection], show_id: int, source: str, meant: str
) -> None:
    """With a show, the lead is the one there, even if another is the latest; everyone has that show."""
    check(filled, source, meant, show_id=show_id)


def test_order_is_the_same_in_a_database_of_any_language() -> None:
    """Where PostgreSQL would put Å beside A, as dictionaries do, a condition still goes by code point."""
    condition = parse('"A" < city <= account.name').sql(Scope(now=NOW))
    assert str(condition.compile(dialect=postgresql.dialect())).count('COLLATE "C"') == 4


IN_STEP = Scope(now=NOW, campaign=CAMPAIGN, since=enrollment.c.enrolled_at)


@pytest.mark.parametrize(
    ("source", "meant"),
    [
        ("contacted or bounced", ""),
        ('days_since("sent") is none', "Ana Bo Çelik"),
        ("replied", "Ana"),
        ('days_since("replied") == 0', "Ana"),
        ('sent("thanks")', "Ana Çelik"),
        ('sent("größe?")', ""),
        ('acknowledged("thanks")', "Ana"),
        ('not acknowledged("thanks") and not sent("quick-question")', "Bo Çelik"),
    ],
)
def test_in_a_step_the_past_begins_with_the_enrolment(
    filled: list[Connection], source: str, meant: str
) -> None:
    """What happened before the enrolment does not count; the campaign's own messages go by their steps."""
    check(filled, source, meant, scope=IN_STEP, in_step=True)


def test_the_steps_of_another_campaign_are_not_meant(filled: list[Connection]) -> None:
    """A step of the same name in another campaign is another step."""
    check(filled, 'sent("thanks") or acknowledged("thanks")', "", scope=Scope(now=NOW, campaign="others"))


def test_steps_need_a_campaign() -> None:
    """A condition about steps can't be asked outside a campaign by mistake."""
    with pytest.raises(ValueError, match="campaign"):
        parse('sent("thanks")', steps=STEPS).sql(Scope(now=NOW))


def test_a_scope_needs_a_zone() -> None:
    """A moment without a zone is refused before it decides anything."""
    with pytest.raises(ValueError, match="zone"):
        Scope(now=NOW.replace(tzinfo=None))


def test_dates_are_meant_in_the_zone_of_the_scope(filled: list[Connection]) -> None:
    """A time without a zone is the workspace's time; one with a zone is the same everywhere."""
    chicago = Scope(now=NOW, zone="America/Chicago")
    check(filled, 'captured_at == "2026-10-23T05:30:00.25"', "Ana", scope=chicago)
    check(filled, 'captured_at == "2026-10-23T05:30:00.25"', "")
    check(filled, 'captured_at == "2026-10-23T10:30:00.25Z"', "Ana", scope=chicago)
    late = Scope(now=NOW, zone="Pacific/Kiritimati")
    check(filled, 'captured_at >= "2026-10-24"', "Ana", scope=late)
    check(filled, 'captured_at >= "2026-10-24"', "")


@pytest.mark.parametrize(
    "source",
    ["contacted", "replied", "opened", "clicked", 'days_since("replied") > 3', 'days_since("sent") > 3'],
)
def test_what_the_contact_repeats_is_not_looked_up(source: str) -> None:
    """Leaving at a reply costs no look at the interactions: the contact's own column is compared."""
    assert "interaction" not in str(parse(source).sql(IN_STEP))
    assert "interaction" in str(parse("bounced").sql(IN_STEP))


def test_a_text_that_came_in_is_a_reply(connections: list[Connection]) -> None:
    """Whoever answers by text has replied, from the moment of the text on."""
    moment = NOW - 2 * DAY
    world = World(figures=[Figure(interactions=[("replied", NOW - 9 * DAY), ("received", moment)])])
    for connection in connections:
        world.write(connection)
        for source in ("replied", 'days_since("replied") == 2'):
            for scope in (Scope(now=NOW), Scope(now=NOW, since=literal(NOW - 5 * DAY, Moment()))):
                assert asked_in_sql(connection, parse(source), show_id=None, scope=scope) == {1: True}


@pytest.mark.parametrize(
    ("meetings", "starts", "status"),
    [
        ({3 * DAY: "accepted", 5 * DAY: "tentative", -DAY: "held"}, 3 * DAY, "accepted"),
        ({3 * DAY: "cancelled", 5 * DAY: "tentative"}, 5 * DAY, "tentative"),
        ({3 * DAY: "declined", -DAY: "held"}, 3 * DAY, "declined"),
        ({-DAY: "no_show", -2 * DAY: "held"}, -DAY, "no_show"),
        ({0 * DAY: "accepted", DAY: "accepted"}, 0 * DAY, "accepted"),
    ],
)
def test_the_meeting_that_counts(
    connections: list[Connection], meetings: dict[timedelta, str], starts: timedelta, status: str
) -> None:
    """A condition speaks of the next meeting that stands, and of the latest when none is to come."""
    world = World(figures=[Figure(meetings={NOW + at: ("Hall 3", said) for at, said in meetings.items()})])
    condition = parse(
        f'meeting.starts == "{NOW + starts:%Y-%m-%dT%H:%M:%S.%f}" and meeting.status == "{status}"'
    )
    for connection in connections:
        world.write(connection)
        assert asked_in_sql(connection, condition, show_id=None, scope=Scope(now=NOW)) == {1: True}
        assert (
            load_person(connection, 1, show_id=None, scope=Scope(now=NOW)).facts["meeting.place"] == "Hall 3"
        )


def test_arms_need_a_campaign() -> None:
    """A condition about arms can't be asked outside a campaign by mistake."""
    with pytest.raises(ValueError, match="campaign"):
        parse('arm("cards")', arms=["cards"]).sql(Scope(now=NOW))


def test_an_arm_is_meant_as_a_whole(connections: list[Connection]) -> None:
    """Of several splits each arm counts, but no part of a name."""
    world = World(figures=[Figure(arm="cards/emails"), Figure(arm="card"), Figure()])
    for connection in connections:
        world.write(connection)
        for arm, meant in (("cards", {1}), ("emails", {1}), ("card", {2}), ("email", set())):
            condition = parse(f'arm("{arm}")', arms=["cards", "emails", "card", "email"])
            answers = asked_in_sql(connection, condition, show_id=None, scope=IN_STEP, in_step=True)
            assert {number for number, answer in answers.items() if answer} == meant


def test_a_moment_may_be_where_the_past_begins(filled: list[Connection]) -> None:
    """`since` may be a moment as well as a column; a person read from the database says the same."""
    scope = Scope(now=NOW, since=literal(NOW - 20 * DAY, Moment()))
    for connection in filled:
        ana = load_person(connection, 1, show_id=None, scope=scope)
        for source, holds in (("contacted", False), ("bounced", True), ('days_since("bounced") == 12', True)):
            answers = asked_in_sql(connection, parse(source), show_id=None, scope=scope)
            assert parse(source).holds(ana) is holds is answers[1]


def test_nobody_can_be_read_who_is_not_there(filled: list[Connection]) -> None:
    """A number that no contact has is said to have none."""
    with pytest.raises(UsageError, match="no contact 99"):
        load_person(filled[0], 99, show_id=None, scope=Scope(now=NOW))
