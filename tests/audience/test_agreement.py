"""SQL on SQLite, SQL on PostgreSQL and Python give one answer, whatever is asked and of whom."""

import json
from collections.abc import Iterable
from datetime import timedelta

from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine

from aftershow.audience.expression import Expression, parse
from aftershow.audience.fields import FIELDS
from aftershow.audience.loading import load_person
from aftershow.audience.person import PersonFacts
from aftershow.audience.questions import KINDS
from aftershow.audience.scope import Scope
from aftershow.audience.terms import Type
from aftershow.store.tables import enrollment
from aftershow.words.answers import Answer
from aftershow.words.channels import Channel
from tests.audience.world import (
    CAMPAIGN,
    CONTACT_COLUMNS,
    NOW,
    OTHER_COLUMNS,
    STEPS,
    Figure,
    World,
    Written,
    asked_in_sql,
)

#: Few enough that people and conditions meet; chosen to differ under careless collations, cases and quoting.
TEXTS = (
    "A",
    "B",
    "a",
    "Z",
    "É",
    "é",
    "e",
    "ß",
    "SS",
    "Å",
    "z",
    "ﬀ",
    "𝒜",
    "Pumps, Valves",
    "Pumps",
    "",
    " ",
    "a_c",
    "%",
)
HOSTILE = (
    "'; DROP TABLE contact; --",
    '"quoted"',
    "back\\slash",
    "{{ 7 }}",
    "%s",
    ":name",
    "line\nbreak",
    "?",
)
QUESTIONS = ("interested_in", "größe", "a.b[0]", "it's", "Wann?", "$", "%(x)s", "0")
KINDS_THAT_MATTER = (
    "captured",
    "sent",
    "opened",
    "clicked",
    "replied",
    "bounced",
    "complained",
    "unsubscribed",
    "received",
    "connected",
    "form_submitted",
    "accepted",
    "no_show",
)
MEETINGS = ("accepted", "tentative", "declined", "cancelled", "held", "no_show")
ARMS = ("emails", "cards", "email", "q&a")
DATES = (
    "2026-10-24",
    "2026-10-25",
    "2026-10-25T10:30:00.250000",
    "2026-10-25T02:30+02:00",
    "2026-10-25T02:30",
)

texts = st.one_of(
    st.sampled_from(TEXTS),
    st.sampled_from(TEXTS),
    st.sampled_from(HOSTILE),
    st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0\r"), max_size=3),
)
moments = st.builds(
    lambda days, nudge: NOW - timedelta(days=days) + nudge,
    st.sampled_from([0, 1, 2, 10, 29, 30, -1, 400]),
    st.sampled_from(
        [timedelta(microseconds=each) for each in (0, 0, 1, -1, 400, -999)] + [timedelta(hours=-7)]
    ),
)


def maybe(strategy: st.SearchStrategy) -> st.SearchStrategy:
    return st.none() | strategy


def short(longest: int) -> st.SearchStrategy[str | None]:
    return maybe(texts.map(lambda text: text[:longest]))


leads = st.fixed_dictionaries(
    {
        "grade": short(1),
        "owner": maybe(texts),
        "status": texts.map(lambda text: text[:20]),
        "answers": st.dictionaries(st.sampled_from(QUESTIONS), texts, max_size=3),
        "last_captured_at": maybe(moments),
    }
)


@st.composite
def figures(draw: st.DrawFn) -> Figure:
    columns = draw(st.lists(st.sampled_from(CONTACT_COLUMNS + OTHER_COLUMNS), unique=True, max_size=6))
    person = {column: draw(short(2 if column == "country" else 12)) for column in columns}
    person |= {
        "email": draw(st.sampled_from([None, "a@x", "b@x"])),
        "mobile": draw(st.sampled_from([None, "+1"])),
    }
    person["is_customer"] = draw(st.booleans())
    if draw(st.booleans()):
        person |= {"address_1": "1 Pump Road", "city": "Peoria"}
    its_leads = draw(st.dictionaries(st.sampled_from([1, 2]), leads))
    company = {"name": draw(texts), "country": draw(short(2)), "is_customer": draw(st.booleans())}
    return Figure(
        contact=person,
        account=draw(maybe(st.just(company))),
        leads=its_leads,
        latest=draw(st.sampled_from([None, *its_leads])),
        permissions=draw(st.dictionaries(st.sampled_from(["email", "text"]), st.sampled_from(list(Answer)))),
        interactions=draw(st.lists(st.tuples(st.sampled_from(KINDS_THAT_MATTER), moments), max_size=5)),
        enrolled_at=draw(moments),
        messages=draw(st.lists(written, max_size=2)),
        arm=draw(maybe(st.lists(st.sampled_from(ARMS), min_size=1, max_size=3).map("/".join))),
        meetings=draw(st.dictionaries(moments, appointments, max_size=3)),
    )


appointments = st.tuples(st.sampled_from([None, "Booth 12"]), st.sampled_from(MEETINGS))


written = st.builds(
    Written,
    step=st.sampled_from(STEPS),
    state=st.sampled_from(["accepted", "held", "rejected"]),
    answered=st.sampled_from([None, "replied", "connected", "delivered"]),
)
worlds = st.builds(
    World,
    figures=st.lists(figures(), min_size=1, max_size=8),
    suppressed=st.frozensets(
        st.sampled_from(
            [
                ("email", "a@x"),
                ("text", "+1"),
                ("text", "a@x"),
                ("call", "+1"),
                ("meeting", "b@x"),
                ("letter", "1 Pump Road, Peoria"),
            ]
        )
    ),
)


def quoted(strategy: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return strategy.map(lambda text: json.dumps(text, ensure_ascii=False))


def named(of_type: Type) -> st.SearchStrategy[str]:
    return st.sampled_from([name for name, fact in FIELDS.items() if fact.type is of_type])


def joined(*parts: st.SearchStrategy[str] | str) -> st.SearchStrategy[str]:
    strategies = [st.just(part) if isinstance(part, str) else part for part in parts]
    return st.tuples(*strategies).map(" ".join)


def listed(items: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.lists(items, max_size=4).map(lambda each: f"[{', '.join(each)}]")


equality = st.sampled_from(["==", "!="])
order = st.sampled_from(["<", "<=", ">", ">="])
membership = st.sampled_from(["in", "not in"])
presence = st.sampled_from(["is none", "is not none", "is defined", "is undefined", "== none", "!= none"])
literal = quoted(texts)
answers = quoted(st.sampled_from(QUESTIONS)).map(lambda name: f"answers[{name}]")
text_field = named(Type.TEXT) | answers
moment_field = named(Type.MOMENT)
days = st.sampled_from(KINDS).map(lambda kind: f'days_since("{kind}")') | moment_field.map(
    lambda moment: f"days_since({moment})"
)
familiar_days = (
    st.sampled_from(KINDS_THAT_MATTER).map(lambda kind: f'days_since("{kind}")') | days | named(Type.NUMBER)
)
number = st.sampled_from(["0", "1", "2", "30", "29.5", "-1", "-0.5", "1e2", "100000", "0.0"])
date = st.sampled_from(DATES).map(lambda each: f'"{each}"')
asked = st.sampled_from(
    ['permission("email")', 'refused("text")', *(f'suppressed("{channel}")' for channel in Channel)]
)
truth = named(Type.TRUTH) | asked

about_text = st.one_of(
    text_field,
    joined(text_field, presence),
    joined(text_field, equality | order, literal),
    joined(literal, equality | order, text_field),
    joined(text_field, equality | order, text_field),
    joined(literal, order, text_field, order, literal),
    joined(text_field, membership, listed(literal)),
    joined(literal, membership, text_field),
    joined(text_field, membership, text_field | literal),
)
about_numbers = st.one_of(
    familiar_days,
    joined(familiar_days, presence),
    joined(familiar_days, equality | order, number),
    joined(number, equality | order, familiar_days),
    joined(familiar_days, equality | order, familiar_days),
    joined(number, order, familiar_days, order, number),
    joined(familiar_days, membership, listed(number)),
)
about_moments = st.one_of(
    moment_field,
    joined(moment_field, presence),
    joined(moment_field, equality | order, date | moment_field),
    joined(date, order, moment_field, order, date),
)
about_truth = st.one_of(truth, joined(truth, equality, truth | st.sampled_from(["true", "false"])))
clauses = st.one_of(about_text, about_numbers, about_moments, about_truth, st.sampled_from(["true", "false"]))
in_steps = clauses | st.sampled_from(
    [f"{name}({json.dumps(step, ensure_ascii=False)})" for name in ("sent", "acknowledged") for step in STEPS]
    + [f'arm("{arm}")' for arm in ARMS]
)


def conditions(clause: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    """Clauses, joined and denied three levels deep."""
    inner = clause
    for _ in range(3):
        inner = st.one_of(
            clause,
            joined(inner, "and", inner),
            joined(inner, "or", inner),
            joined("not (", inner, ")"),
            joined("(", inner, ") and not (", inner, ")"),
        )
    return inner


scopes = st.builds(Scope, now=st.just(NOW), zone=st.sampled_from(["UTC", "America/Chicago", "Asia/Kolkata"]))
step_scopes = st.builds(
    Scope,
    now=st.just(NOW),
    zone=st.just("Europe/Berlin"),
    campaign=st.just(CAMPAIGN),
    since=st.just(enrollment.c.enrolled_at),
)
ordinary = settings(max_examples=25)


def agree(
    engines: list[Engine], world: World, asked: list[str], scope: Scope, show_id: int | None, in_step: bool
) -> None:
    everyone = range(1, len(world.figures) + 1)
    people = {
        number: world.person(number, show_id=show_id, scope=scope, in_step=in_step) for number in everyone
    }
    for engine in engines:
        with engine.connect() as connection:
            world.write(connection)
            for number, person in people.items():
                assert load_person(connection, number, show_id=show_id, scope=scope) == person
            for source in asked:
                expression = parse(source, steps=STEPS, arms=ARMS)
                in_python = {number: expression.holds(person) for number, person in people.items()}
                in_sql = asked_in_sql(connection, expression, show_id=show_id, scope=scope, in_step=in_step)
                assert in_sql == in_python, (engine.dialect.name, source)
    for source in asked:
        explains_itself(parse(source, steps=STEPS, arms=ARMS), people.values())


def explains_itself(expression: Expression, people: Iterable[PersonFacts]) -> None:
    """What a condition is understood as means the same, and an explanation never contradicts the answer."""
    understood = parse(expression.text, steps=STEPS, arms=ARMS)
    assert understood.text == expression.text
    for person in people:
        explanation = expression.explain(person)
        assert explanation.holds == expression.holds(person) == understood.holds(person)
        assert (explanation.first_failing is None) == explanation.holds
        assert all(explanation.lines())


@ordinary
@given(worlds, st.lists(conditions(clauses), min_size=4, max_size=8), scopes, st.sampled_from([None, 1, 2]))
def test_audiences(
    engines: list[Engine], world: World, asked: list[str], scope: Scope, show_id: int | None
) -> None:
    """A segment means the same people in both databases as one person at a time does in Python."""
    agree(engines, world, asked, scope, show_id, in_step=False)


@ordinary
@given(
    worlds, st.lists(conditions(in_steps), min_size=4, max_size=8), step_scopes, st.sampled_from([None, 1])
)
def test_conditions_of_steps(
    engines: list[Engine], world: World, asked: list[str], scope: Scope, show_id: int | None
) -> None:
    """A step's condition, for which the past begins with the enrolment, does too."""
    agree(engines, world, asked, scope, show_id, in_step=True)
