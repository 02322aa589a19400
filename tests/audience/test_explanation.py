"""An explanation names the first clause that fails, with the value found."""

import pytest

from aftershow.audience.expression import parse
from aftershow.audience.person import PersonFacts
from aftershow.words.answers import Answer
from tests.audience.world import NOW

BO = PersonFacts(
    now=NOW,
    facts={"grade": "B", "country": "DE", "captured_at": NOW, "is_customer": False},
    answers={"interested_in": 'Pumps "XL"'},
    last={"sent": NOW},
    permissions={"text": Answer.NO},
    suppressed=frozenset({"email"}),
    sent=frozenset({"thanks"}),
)


@pytest.mark.parametrize(
    ("source", "explained"),
    [
        ('grade == "A"', 'no: grade is "B"'),
        ('grade in ["A", "B"]', 'yes: grade is "B"'),
        ("city", "no: city is missing"),
        ("not is_customer", "yes: is_customer is false"),
        ('days_since("sent") > 7', 'no: days_since("sent") is 0'),
        ('days_since("opened") > 7', 'no: days_since("opened") is missing'),
        ('captured_at < "2026-01-01"', "no: captured_at is 2026-10-25T10:30:00.250000+00:00"),
        ('"Valves" in answers.interested_in', 'no: answers.interested_in is "Pumps \\"XL\\""'),
        ('answers["what else"] is none', 'yes: answers["what else"] is missing'),
        ('permission("text")', 'no: permission("text") is false'),
        (
            'suppressed("email") and sent("thanks")',
            'yes: suppressed("email") is true, sent("thanks") is true',
        ),
        ("true", "yes"),
    ],
)
def test_a_clause_shows_what_it_found(source: str, explained: str) -> None:
    """Each clause says yes or no, and the person's value for each name that it asks about."""
    assert str(parse(source, steps=["thanks"]).explain(BO)) == explained


@pytest.mark.parametrize(
    ("source", "failing"),
    [
        ('grade == "A" and not is_customer', 'grade == "A"'),
        ('country == "DE" and (city or grade == "A") and replied', 'city or grade == "A"'),
        ('country == "DE" and not (contacted or replied)', "not (contacted or replied)"),
        ('not (country == "DE" and grade == "B")', 'not (country == "DE" and grade == "B")'),
        ('"A" < grade < "B"', 'grade < "B"'),
        ('city or (country == "DE" and replied)', 'city or (country == "DE" and replied)'),
    ],
)
def test_the_first_clause_that_fails_is_named(source: str, failing: str) -> None:
    """Of clauses that must all hold the first that fails is the reason; alternatives fail together."""
    first = parse(source).explain(BO).first_failing
    assert first is not None
    assert first.text == failing


def test_who_is_meant_has_no_failing_clause() -> None:
    """For someone who is meant there is nothing to name, though an alternative failed."""
    assert parse('grade == "B" and (replied or contacted)').explain(BO).first_failing is None


def test_the_tree_can_be_printed() -> None:
    """The lines show the whole condition, then its clauses below it, a level for each bracket."""
    explanation = parse('grade=="A" and (city or not is_customer)').explain(BO)
    assert list(explanation.lines()) == [
        'no   grade == "A" and (city or not is_customer)',
        '     no   grade == "A": grade is "B"',
        "     yes  city or not is_customer",
        "          no   city: city is missing",
        "          yes  not is_customer: is_customer is false",
    ]


@pytest.mark.parametrize(
    ("written", "understood"),
    [
        ("not grade=='A'", 'grade != "A"'),
        ("not grade in ('A', 'B')", 'grade not in ["A", "B"]'),
        ("grade!=none", "grade is not none"),
        ("not not replied", "replied"),
        ("not (replied or opened)", "not (replied or opened)"),
        ('1 < days_since("sent") <= 2.50', '1 < days_since("sent") and days_since("sent") <= 2.5'),
        ("(replied and opened) and clicked or city", "(replied and opened and clicked) or city"),
        ("answers['größe'] == '\\'\"\\n'", 'answers.größe == "\'\\"\\n"'),
        ("account['name'] == company", "account.name == company"),
    ],
)
def test_a_condition_says_how_it_was_understood(written: str, understood: str) -> None:
    """Brackets and signs are written out so that nobody has to know which word binds closer."""
    assert parse(written).text == understood
    assert parse(understood).text == understood


def test_a_condition_knows_the_fields_that_it_asks_about() -> None:
    """Whoever edits the catalogue can find the conditions that a name stands in."""
    expression = parse(
        'grade == "A" and answers["größe"] and account.name == city and days_since("sent") > 3'
    )
    assert expression.fields == {"grade", "answers.größe", "account.name", "city", "days_since"}
    assert parse('permission("text") or true').fields == {"permission"}
