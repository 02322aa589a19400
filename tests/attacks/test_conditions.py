"""Conditions are from outside, too: whatever is written is refused, or is one question with one answer."""

import json
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import event, given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection

from aftershow.audience.expression import Expression, parse
from aftershow.audience.fields import FIELDS
from aftershow.audience.loading import load_person
from aftershow.audience.scope import Scope
from aftershow.errors import ExpressionError
from aftershow.store.engine import open_engine
from tests.attacks.fuzzing import MANY, examples
from tests.audience.world import NOW, Figure, World, asked_in_sql

SCOPE = Scope(now=NOW)

#: Texts that quote, escape, hide, turn round, overflow or are no date.
HOSTILE = (
    "", "'", '"', "\\", "\\'", "%", "_", "%s", "?", ":x", "$.a", "{{ 7 }}", "'; DROP TABLE contact; --",
    "A\u0000", "\ud800", "\u202e", "\u200b", "İ", "ﬁ", "𝒜", "a" * 400, "2026-02-30",
    "9999-12-31T23:59:59-14:00", "0001-01-01", "2026-W01-1", "20260101", "1e400", "NaN", "٣", "\n", "\r\n",
    "--", "/*", "]", "}}", "%}",
)  # fmt: skip
NUMBERS = (
    "0", "-0", "1", "-1", "1.5", "1e5", "100000", "100001", "1e308", "1e400", "0x10", "0b1", "1_000", "٣",
    "00", ".5",
)  # fmt: skip
CALLS = (
    'permission("email")', 'refused("text")', 'suppressed("letter")', 'days_since("sent")', 'sent("x")',
    "days_since(captured_at)", 'arm("x")', "permission()", "permission(grade)", 'days_since("no such thing")',
    'answers["x"]', 'answers["\\u0027"]', "answers[grade]", "answers.items", "show.starts", "show.nothing",
    "meeting.starts", "account.name",
)  # fmt: skip

quoted = st.one_of(
    st.sampled_from(HOSTILE).map(lambda text: json.dumps(text, ensure_ascii=False)),
    st.text(max_size=8).map(lambda text: json.dumps(text, ensure_ascii=False)),
    st.text(max_size=8).map(lambda text: f"'{text}'"),
)
values = st.one_of(
    st.sampled_from(sorted(FIELDS)),
    st.sampled_from(sorted(FIELDS)),
    st.sampled_from(CALLS),
    quoted,
    st.sampled_from(NUMBERS),
    st.sampled_from(("true", "false", "none", "True", "None")),
    st.lists(quoted, max_size=3).map(lambda items: f"[{', '.join(items)}]"),
)
signs = st.sampled_from(
    ("==", "!=", "<", "<=", ">", ">=", "in", "not in", "is", "=", "<>", "~", "+", "**", "|", ",")
)
pairs = st.builds(lambda left, sign, right: f"{left} {sign} {right}", values, signs, values)
tests = st.builds(
    lambda value, test: f"{value} is {test}",
    values,
    st.sampled_from(("none", "not none", "defined", "odd", "in")),
)
conditions = st.recursive(
    st.one_of(values, pairs, pairs, tests),
    lambda inner: st.one_of(
        st.builds(
            lambda one, word, other: f"{one} {word} {other}", inner, st.sampled_from(("and", "or")), inner
        ),
        inner.map(lambda one: f"not {one}"),
        inner.map(lambda one: f"({one})"),
        st.builds(lambda one, other: f"{one} if {other} else {one}", inner, inner),
    ),
    max_leaves=12,
)
#: Conditions, and conditions with something put into their middle.
sources = st.one_of(
    conditions,
    st.builds(
        lambda text, at, more: text[: at % (len(text) + 1)] + more + text[at % (len(text) + 1) :],
        conditions,
        st.integers(0, 200),
        st.one_of(
            st.text(max_size=2), st.sampled_from(("#}", "%}", "{{", "{%", "\0", "'", '"', "\\", "(", "]"))
        ),
    ),
)

HOSTILE_PERSON = World(
    figures=[
        Figure(
            contact={"city": "'; DROP TABLE contact; --", "title": "\u202e%s", "state": "$.a"},
            leads={1: {"grade": "A", "answers": {"x": "]", "'": "{{ 7 }}", "größe": ""}}},
            interactions=[("sent", NOW)],
            latest=1,
        )
    ]
)


@pytest.fixture(scope="module")
def connections(
    postgresql_url: str, sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[list[Connection]]:
    """A connection to each database, with one person on it; nothing is committed."""
    file = tmp_path_factory.mktemp("conditions") / "conditions.db"
    file.write_bytes(sqlite_template.read_bytes())
    engines = [open_engine(f"sqlite:///{file}"), open_engine(postgresql_url)]
    with engines[0].connect() as sqlite, engines[1].connect() as postgresql:
        for connection in (sqlite, postgresql):
            HOSTILE_PERSON.write(connection)
        yield [sqlite, postgresql]
    for engine in engines:
        engine.dispose()


@settings(max_examples=300)
@given(source=sources)
def test_whatever_is_written_is_refused_or_has_one_answer(connections: list[Connection], source: str) -> None:
    """What the parser takes, both databases can be asked, and they agree with Python; the rest is refused."""
    attempt(connections, source)


@pytest.mark.proof
@settings(max_examples=examples(MANY))
@given(source=sources)
def test_whatever_many_write_is_refused_or_has_one_answer(connections: list[Connection], source: str) -> None:
    """The same, many times."""
    attempt(connections, source)


def attempt(connections: list[Connection], source: str) -> None:
    """Try a condition."""
    expression = None
    with suppress(ExpressionError):
        expression = parse(source)
    event("refused" if expression is None else "understood")
    if expression is not None:
        answers = {_answer(connection, expression) for connection in connections}
        assert len(answers) == 1


def _answer(connection: Connection, expression: Expression) -> bool:
    answer = asked_in_sql(connection, expression, show_id=None, scope=SCOPE)
    person = load_person(connection, 1, show_id=None, scope=SCOPE)
    assert person is not None
    assert answer == {1: expression.holds(person)}
    return answer[1]
