"""Nothing that an agency's template or a stranger's badge says takes more than a message may."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from decimal import Decimal
from itertools import pairwise
from pathlib import Path
from string import ascii_lowercase
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aftershow.confined.limits import Limits
from aftershow.content.foreign import ForeignTemplate, open_template
from aftershow.content.language.dialect import PLAIN
from aftershow.content.language.filters import TEMPLATE_FILTERS
from aftershow.content.parts import TextParts
from aftershow.content.recipe import PartRecipe, Recipe
from aftershow.errors import ContentError
from aftershow.words.channels import Channel
from tests.attacks.fuzzing import MANY, examples

Folder = Callable[[dict[str, str]], Path]

NAMES = frozenset({"given_name", "company", "grade", "language", "answers", "show.name", "show.starts"})
PERSON = {
    "given_name": "Zoë",
    "company": "Café & Söhne <GmbH>",
    "grade": "A",
    "language": "de",
    "answers": {"long": "a B" * 20_000, "huge": Decimal("1e999999999"), "digits": "9" * 60_000},
    "show": {"name": "Pack Expo", "starts": datetime(2026, 10, 18, tzinfo=UTC)},
    "now": datetime(2026, 10, 18, tzinfo=UTC),
}
#: So that an attack which the guards let through fails here, and soon.
LIMITS = Limits(seconds=2, memory=128 << 20)

DEEP = 3_000

#: No template may say it: found when it is compiled.
REFUSED = {
    "a name set to a method": "{% with given_name = company.center %}"
    "{{ given_name(3000000000)|length }}{% endwith %}",
    "by set": "{%set given_name=company['center']%}{{given_name(3000000000)|length}}",
    "by a loop": "{% for given_name in [1] %}{{ given_name(9) }}{% endfor %}",
    "among others": "{% for x, (y, show) in [[1, [2, 3]]] %}{% endfor %}x",
    "in brackets": "{% with (a, grade) = [1, 2] %}{% endwith %}x",
    "under a condition": "{% if grade %}{% set company = show.starts.strftime %}{% endif %}x",
    "the range": "{% set range = company.center %}{{ range(3000000000) }}",
    "the loop": "{% for x in [1] %}{% with loop = company %}{{ loop.cycle('x') }}{% endwith %}{% endfor %}",
    "the loop as target": "{% for loop in [company] %}{{ loop.cycle(1) }}{% endfor %}",
    "the template itself": "{% set self = company %}{{ self }}",
    "the block above": "{% set super = company.center %}{{ super() }}",
    "an attribute set": "{% set answers.x = 1 %}x",
    "a call of a field": '{{ given_name ( "x" ) }}',
    "a call of a part": "{{ answers.long.center(3000000000) }}",
    "a call of what a filter makes": "{{ (company|upper).center(3000000000) }}",
    "a call of a day": "{{ now.strftime('%1000000000d') }}",
    "a call of a fixed text": '{{ "".join(company) }}',
    "a call of a call": "{{ range(9)(1) }}",
    "a call of a loop": "{% for x in [1] %}{{ loop(x) }}{% endfor %}",
    "what changed": "{% for x in [1] %}{{ loop.changed(x) }}{% endfor %}",
    "a part of a number": "{{ (1).real }}",
    "a part of a text": "{{ ('x' ~ company).center }}",
    "a part of a list": "{{ [1].append }}",
    "a filter by name": "{{ [company]|map('safe')|join }}",
    "a guard by name": """{{ [company]|map("_url")|join }}""",
    "a filter by what a lead wrote": "{{ [grade]|map(company)|join }}",
    "a test by what a lead wrote": "{{ [grade]|select(company)|join }}",
    "a test by name": "{{ [answers]|selectattr('long', 'nothing')|join }}",
    "a filter in a list": "{{ [company]|map(*['safe'])|join }}",
    "a filter in a mapping": "{{ company|replace(**answers) }}",
    "a range in a list": "{{ range(*[9]) }}",
    "a power": "{{ 9 ** 9 ** 9 }}",
    "brackets": "{{ " + "(" * DEEP + "1" + ")" * DEEP + " }}",
    "lists": "{{ " + "[" * DEEP + "]" * DEEP + " }}",
    "not": "{{ " + "not " * DEEP + "grade }}",
    "signs": "{{ " + "-" * DEEP + "1 }}",
    "sums": "{{ 1" + " + 1" * DEEP + " }}",
    "filters": "{{ company" + "|upper" * DEEP + " }}",
    "parts": "{{ answers" + ".a" * DEEP + " }}",
    "brackets with names": "{{ answers" + "['a']" * DEEP + " }}",
    "conditions": "{{ " + "1 if grade else " * DEEP + "2 }}",
    "ifs": "{% if grade %}" * DEEP + "{% endif %}" * DEEP,
    "ifs of many files": '{% include "base/0.txt" %}',
    "mistakes": "".join(f"{{{{ unknown_{n} }}}}" for n in range(8_000)),
    "loops": "{% for x in [1] %}" * 60 + "x" + "{% endfor %}" * 60,
}  # fmt: skip

#: A text of some 57,000 characters.
BIG = "{% set big = range(1000)|join(company ~ company ~ company) %}"
TIMES = "{% for x in range(1000) %}"
ENDED = "{% endfor %}"

#: It ends when a message is rendered, and says why.
HELD = {
    "a method": "{{ company.center }}",
    "a method by its name": '{{ company["__class__"] }}',
    "a method under another name": "{% set f = company.center %}{{ f }}",
    "a method of what a filter makes": "{{ (company|upper).center }}",
    "a method of what is chosen": "{{ (company if grade else grade).format }}",
    "a method of a mapping": "{{ answers.items.x }}",
    "a part of a day": "{{ now.strftime }}{{ now.year }}",
    "a part of each": "{{ [company]|map(attribute='center')|first }}",
    "a part of each, deeper": "{{ [answers]|map(attribute='long.__class__.__mro__')|first }}",
    "a guard that a filter names by a filter": "{{ [[company]]|map('map', '_shown', 1, 2)|first|first }}",
    "a loop as a value": "{% for x in range(3) %}{{ loop|list|length }}{% endfor %}",
    "a loop in a loop": "{% for x in range(9) %}{% for y in loop %}{{ y[1].cycle }}{% endfor %}{% endfor %}",
    "a loop that is printed": "{% for x in range(9) %}{{ loop }}{% endfor %}",
    "lists in a loop": TIMES + "{% set y = range(1000)|list %}" + ENDED + "x",
    "lists of lists": TIMES + "{% if range(1000)|map('int')|sort|unique|list %}{% endif %}" + ENDED + "x",
    "lists turned round": TIMES + "{% if range(1000)|reverse|list|max %}{% endif %}" + ENDED + "x",
    "lists chosen from": TIMES + "{% if range(1000)|select('odd')|reject|list %}{% endif %}" + ENDED + "x",
    "lists joined": TIMES + "{% if range(1000)|join %}{% endif %}" + ENDED + "x",
    "lists compared": TIMES + "{% if range(1000)|list == range(1000)|list %}{% endif %}" + ENDED + "x",
    "lists searched": TIMES + "{% if 'x' in range(1000) %}{% endif %}" + ENDED + "x",
    "texts compared": BIG + TIMES + "{% if big < big ~ '' %}{% endif %}" + ENDED + "x",
    "texts searched": BIG + TIMES + "{% if 'y' in big %}{% endif %}" + ENDED + "x",
    "texts tested": BIG + TIMES + "{% if big is lower %}{% endif %}" + ENDED + "x",
    "texts tested for a part": BIG + TIMES + "{% if 'y' is in big %}{% endif %}" + ENDED + "x",
    "texts cut": BIG + TIMES + "{% set y = big[1:] %}" + ENDED + "x",
    "texts turned round": BIG + TIMES + "{% set y = big[::-1] %}" + ENDED + "x",
    "texts joined": BIG + TIMES + "{% set y = big ~ x %}" + ENDED + "x",
    "texts gone through": BIG + "{% for c in big %}{% for d in big %}{% endfor %}{% endfor %}x",
    "texts as lists": BIG + TIMES + "{% set y = big|list|length %}" + ENDED + "x",
    "fixed texts in a loop": TIMES + "x" * 2000 + ENDED,
    "attributes of attributes": "{{ range(1000)|map(attribute='" + "a." * 20_000 + "a')|list|length }}",
    "sorted by attributes": "{{ range(1000)|sort(attribute='" + "a," * 20_000 + "a')|list|length }}",
    **{
        f"texts with {name}": BIG + TIMES + f"{{% set y = (big ~ x)|{name} %}}" + ENDED + "x"
        for name in (
            "capitalize", "lower", "replace('a', 'b')", "title", "trim", "truncate", "upper", "urlencode",
            "float", "int", "first", "last", "min", "max", "unique|list|length", "reverse", "default('x')",
        )
    },
    "many languages": "".join(
        f"{{{{ now|date('{a}{b}') }}}}" for a in ascii_lowercase for b in ascii_lowercase
    ),
    "more than any number": "{{ 'inf'|float }}",
    "no number": "{{ 'nan'|float }}",
    "more than any number, whole": "{{ '-inf'|float|int }}",
    "a number of a thousand digits": "{{ '" + "9" * 1000 + "'|int }}",
    "a number to another base": "{{ answers.digits|int(0, 32) }}",
    "a number with a long exponent": "{{ answers.huge|int }}",
    "a number with a long exponent, by a sum": "{{ answers.huge * 10 }}",
    "a number with a long exponent, compared": "{{ 'x' if answers.huge > 1 else 'y' }}",
    "a large number": "{{ 10 * 999999999999999 * 10 }}",
    "fixed texts that double": "{% set a0 = 'xxxxxxxxxx' %}"
    + "".join(f"{{% set a{n} = {' ~ '.join([f'a{m}'] * 10)} %}}" for m, n in pairwise(range(10)))
    + "{{ a9 }}",
}  # fmt: skip


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    """Writes the files of templates/ and returns the folder."""

    def write(files: dict[str, str]) -> Path:
        for name, text in files.items():
            file = tmp_path / "templates" / name
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text, encoding="utf-8")
        return tmp_path / "templates"

    return write


def said(templates: Path, person: dict[str, Any] = PERSON) -> str:
    """Return what the call brief in templates/hello says, or why it can't; the limits are not reached."""
    try:
        made = open_template(templates, "hello", names=NAMES, limits=LIMITS)
        [parts] = made.render(Channel.CALL, [person])
    except ContentError as error:
        parts = error
    assert "more than" not in str(parts), str(parts)[:200]
    assert "breaks what reads it" not in str(parts), str(parts)[:200]
    return f"held: {parts}" if isinstance(parts, ContentError) else str(parts)


@pytest.mark.parametrize("source", REFUSED.values(), ids=REFUSED.keys())
def test_what_no_template_may_say(source: str, folder: Folder) -> None:
    """Whatever would call, rebind or nest is named with its file before anything is sent."""
    nested = {
        f"base/{n}.txt": "{% if grade %}" * 9 + f'{{% include "base/{n + 1}.txt" %}}' + "{% endif %}" * 9
        for n in range(100)
    }
    root = folder({**nested, "base/100.txt": "x", "hello/call.txt": source})
    with pytest.raises(ContentError, match=r"^templates/hello/call\.txt") as caught:
        open_template(root, "hello", names=NAMES, limits=LIMITS)
    assert "more than 2 seconds" not in str(caught.value)


@pytest.mark.parametrize("source", HELD.values(), ids=HELD.keys())
def test_what_ends_when_it_is_rendered(source: str, folder: Folder) -> None:
    """Whatever reaches for more than values, or takes too much of them, holds the message and says where."""
    assert said(folder({"hello/call.txt": source})).startswith("held: templates/hello/call.txt")


def test_no_language_is_too_strange(folder: Folder) -> None:
    """What a lead or a template gives as a language reaches no file and is not kept: it reads as English."""
    strange = ("x" * 60_000, "../../etc/passwd", "de\x00", "d" * 9, "_", "-", "de@currency=x", "1", "é")
    root = folder({"hello/call.txt": "{{ now|date }} {{ now|time(answers.x) }}"})
    template = open_template(root, "hello", names=NAMES, limits=LIMITS)
    people = [PERSON | {"language": text, "answers": {"x": text}} for text in strange]
    assert set(template.render(Channel.CALL, people)) == {"October 18, 2026 12:00 AM"}


def test_what_is_long_is_not_repeated_at_compiling(folder: Folder) -> None:
    """A loop over fixed values is not written out when that makes a text of megabytes."""
    loop = f"{{% for x in {[1] * 5000} %}}{'x' * 60_000}{{% endfor %}}"
    assert said(folder({"hello/call.txt": loop})).startswith("held: templates/hello/call.txt")


# What follows gets past the language: recipes are made by hand.


def unguarded(source: str, limits: Limits = LIMITS) -> ForeignTemplate:
    """Return a template that nobody has looked at."""
    part = PartRecipe("templates/hello/call.txt", source, 10_000, is_html=False)
    recipe = Recipe("hello", (), frozenset(), None, None, False, ((Channel.CALL, part),))
    return ForeignTemplate(recipe, limits=limits)


GROWING = "{% set a %}{{ company }}{% endset %}" + "{% set a %}{{ a }}{{ a }}{{ a }}{{ a }}{% endset %}" * 20
ENDLESS = (
    "{% set a %}{{ company }}{% endset %}"
    + "{% set a %}{{ a }}{{ a }}{{ a }}{{ a }}{% endset %}" * 12
    + "{% set b %}{{ a }}{{ company }}{% endset %}" * 1_500
)


@pytest.mark.parametrize(
    ("source", "memory", "why"),
    [(GROWING, 64 << 20, "more than 64 MB of memory"), (ENDLESS, 512 << 20, "more than 1 seconds of work")],
    ids=["memory", "time"],
)
def test_what_gets_past_every_guard_ends_at_the_limits(source: str, memory: int, why: str) -> None:
    """What was rendered before it stands, it and what follows are held at once, other templates go on."""
    template = unguarded(source + "Hello {{ company }}", Limits(seconds=1, memory=memory))
    people = [{"company": company} for company in ("", "", "x", "", "")]
    first, second, *rest = template.render(Channel.CALL, people)
    assert (first, second) == ("Hello", "Hello")
    assert len(rest) == 3
    for held in rest:
        assert isinstance(held, ContentError)
        assert str(held).startswith(f"templates/hello: it takes {why}")
    (after,) = template.render(Channel.CALL, people[:1])
    assert after is rest[0]
    assert list(unguarded("Hello {{ company }}").render(Channel.CALL, people[2:3])) == ["Hello x"]


@pytest.mark.parametrize("text", ["[" * 100_000, "[" + " " * 100_000, ("[" + " " * 50) * 2000])
def test_brackets_in_html_are_read_once(text: str, folder: Folder) -> None:
    """What may be a selector of CSS is looked for without going back over what was read."""
    templates = folder({"hello/subject.txt": "Hello", "hello/email.html": f"<p>{text}</p>"})
    assert open_template(templates, "hello", names=NAMES, limits=LIMITS).channels


def test_blocks_that_double_each_other_are_counted(folder: Folder) -> None:
    """Forty layouts, each with the block above twice, would be a block 2^39 times, also an empty one."""
    files = {"base/0.html": "<p>{% block a %}{% endblock %}</p>"}
    for number in range(1, 40):
        body = "{% block a %}{{ super() }}{{ super() }}{% endblock %}"
        files[f"base/{number}.html"] = f'{{% extends "base/{number - 1}.html" %}}{body}'
    files |= {"hello/subject.txt": "Hello", "hello/email.html": '{% extends "base/39.html" %}'}
    with pytest.raises(ContentError, match="more than 300 files"):
        open_template(folder(files), "hello", names=NAMES, limits=LIMITS)


def test_compiling_ends_at_the_limits(folder: Folder) -> None:
    """A folder that takes too long to read is a mistake of that folder."""
    files = {"base/x.txt": "{{ grade }}" * 20_000, "hello/call.txt": '{% include "base/x.txt" %}\n' * 200}
    with pytest.raises(ContentError) as caught:
        open_template(folder(files), "hello", names=NAMES, limits=Limits(seconds=1, memory=256 << 20))
    (problem,) = caught.value.problems
    assert problem.file == "templates/hello"
    assert "more than 1 seconds of work. Make it simpler" in problem.text


# Random templates of the language, and contexts that mean no good.

TEXTS = st.one_of(
    st.sampled_from(
        ["", "x", "{{ 1 }}", "İıßΐ" * 9, "9" * 5000, "1e400", "nan", "%s", "a.b", "\u202e", "-0"]
    ),
    st.text(max_size=20),
    st.integers(1, 70_000).map(lambda size: "ß " * (size // 2)),
)
NUMBERS = st.one_of(
    st.integers(-(10**18), 10**18),
    st.floats(),
    st.sampled_from([Decimal("1e999999"), Decimal("-1e-999999"), Decimal("sNaN"), Decimal("Infinity")]),
)
VALUES = st.recursive(
    st.one_of(st.none(), st.booleans(), TEXTS, NUMBERS, st.datetimes(timezones=st.just(UTC))),
    lambda inner: st.lists(inner, max_size=5) | st.dictionaries(st.sampled_from("abcxyz"), inner, max_size=4),
    max_leaves=12,
)
CONTEXTS = st.fixed_dictionaries({name.split(".")[0]: VALUES for name in sorted(NAMES)} | {"now": VALUES})
SPECIAL = {
    "map": "map('upper')",
    "select": "select('odd')",
    "reject": "reject",
    "replace": "replace('x', grade)",
}
FILTER = st.sampled_from(sorted(SPECIAL.get(name, name) for name in TEMPLATE_FILTERS)) | st.sampled_from(
    ["selectattr('a')", "rejectattr('a', 'none')", "map(attribute='a.b')", "default(company)",
     "join(company)",
     "sort(attribute='a')", "truncate(grade)", "int(company, 36)", "date(grade)", "replace('', company)"]
)  # fmt: skip
TEST = st.sampled_from(
    [*sorted(filter(str.isalpha, PLAIN.tests)), "divisibleby(0)", "sameas(company)", "in(grade)"]
)
NAME = st.sampled_from(
    ["given_name", "company", "grade", "answers.a", "answers['x']", "show.name", "now", "v", "w"]
)
ATOM = NAME | st.sampled_from(
    ["1", "0", "-3", "2.5", "'x'", "''", "[1, 'a', none]", "{'a': 1}", "range(99)", "none"]
)
OPERATOR = st.sampled_from(["~", "+", "-", "*", "/", "//", "%", "==", "<", "in", "and", "or"])
EXPRESSION = st.recursive(
    ATOM,
    lambda inner: st.one_of(
        st.builds("({} {} {})".format, inner, OPERATOR, inner),
        st.builds("({})|{}".format, inner, FILTER),
        st.builds("(({}) is {})".format, inner, TEST),
        st.builds("({} if {} else {})".format, inner, inner, inner),
        st.builds(
            "({})[{}]".format, inner, st.sampled_from(["0", "-1", "1:", "::-1", "'a'", ":70000", "::0"])
        ),
        st.builds("({}).{}".format, NAME, st.sampled_from(["a", "center", "items", "__class__", "x"])),
        st.builds("[{}, {}]|{}".format, inner, inner, FILTER),
    ),
    max_leaves=8,
)
BODY = st.recursive(
    st.builds("{{{{ {} }}}}".format, EXPRESSION),
    lambda inner: st.one_of(
        st.builds("{{% set v = {} %}}{}".format, EXPRESSION, inner),
        st.builds("{{% with w = {} %}}{}{{% endwith %}}".format, EXPRESSION, inner),
        st.builds("{{% if {} %}}{}{{% else %}}{}{{% endif %}}".format, EXPRESSION, inner, inner),
        st.builds("{{% for v in {} %}}{}{{{{ loop.index }}}}{{% endfor %}}".format, EXPRESSION, inner),
        st.builds("{{% for v in range(999) %}}{}{{% endfor %}}".format, inner),
        st.builds("{}{}".format, inner, inner),
    ),
    max_leaves=6,
)


def attempt(templates: Path, body: str, contexts: list[dict[str, Any]]) -> None:
    """Compile and render: whatever comes of it is a message or a content error, and no limit is reached."""
    (templates / "hello").mkdir(parents=True, exist_ok=True)
    known = "x{% set v = company %}{% set w = 1 %}"
    (templates / "hello/text.txt").write_text(known + body, encoding="utf-8")
    for parts in outcomes(templates, contexts):
        assert isinstance(parts, TextParts | ContentError)
        assert "Make it simpler" not in str(parts), body


def outcomes(templates: Path, contexts: list[dict[str, Any]]) -> Iterator[object]:
    """Yield what the text becomes for each person, or why it can't be compiled."""
    try:
        template = open_template(templates, "hello", names=NAMES, limits=LIMITS)
    except ContentError as error:
        yield error
    else:
        yield from template.render(Channel.TEXT, contexts)


@settings(max_examples=60)
@given(body=BODY, contexts=st.lists(CONTEXTS, min_size=1, max_size=3))
def test_no_template_takes_too_much(tmp_path: Path, body: str, contexts: list[dict[str, Any]]) -> None:
    """Whatever is written in the language, and whatever a lead answered, ends soon and small."""
    attempt(tmp_path / "templates", body, contexts)


@pytest.mark.proof
@settings(max_examples=examples(MANY))
@given(body=BODY, contexts=st.lists(CONTEXTS, min_size=1, max_size=4))
def test_no_template_of_many_takes_too_much(
    tmp_path: Path, body: str, contexts: list[dict[str, Any]]
) -> None:
    """The same, for some twenty minutes."""
    attempt(tmp_path / "templates", body, contexts)
