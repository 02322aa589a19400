"""What is worked out when a template is compiled is what would have been worked out for each person."""

import pytest
from jinja2 import nodes

from aftershow.content.language.budget import RefusedError, budget
from aftershow.content.language.dialect import HTML, compiled
from aftershow.content.language.folding import FIXED_LIMIT, GROWTH_LIMIT, fold
from aftershow.content.language.guards import LoopGuard, ValueGuard

PRODUCTS = """{% set products = [{"name": "EP <12>", "price": 3}, {"name": "EP 25"}] %}"""
FOLDED = (
    PRODUCTS
    + "{% for p in products %}<b>{{ p.name }}</b>{% if p.price %} {{ p.price }}{% endif %} {% endfor %}",
    PRODUCTS
    + "{% for p in products %}{% for letter in ['a', 'b'] %}{{ p.name ~ letter }},{% endfor %}{% endfor %}",
    PRODUCTS + "{% for p in products %}{{ who }}: {{ p.name|lower }} {% endfor %}",
    "{% set one = 'x' %}{% set two = one %}{{ two }}{{ one|upper }}",
    "{% set one = 0 %}{% if one %}a{% elif one == 0 %}{{ who }}{% else %}c{% endif %}",
)
LEFT = (
    PRODUCTS + "{% for p in products %}{{ loop.index }} {{ p.name }}{% endfor %}",
    PRODUCTS + "{% for p in products if p.price %}{{ p.name }}{% endfor %}",
    PRODUCTS + "{% for p in products %}{% set n = p.name %}{{ n }}{% endfor %}",
    "{% for p in things %}{{ p }}{% else %}nothing{% endfor %}",
    "{% for p in [] %}{{ p }}{% else %}nothing{% endfor %}",
)
NAMES_AGAIN = (
    "{% set x = 'a' %}{{ x }}{% set x = 'b' %}{{ x }}",
    "{% set x = 'a' %}{% for x in ['b', 'c'] %}{{ x }}{% endfor %}{{ x }}",
    "{% for x in ['b', 'c'] %}{{ x }}{% endfor %}{% for x in ['d'] %}{{ x }}{% endfor %}{{ x }}",
    "{{ x }}{% set x = 'a' %}{{ x }}",
    "{% if who %}{% set x = 'a' %}{% endif %}{{ x }}",
    "{% with x = 'a' %}{{ x }}{% endwith %}{{ x }}",
)
PERSON = {"who": "Zoë & Co", "things": ["1", "2"], "x": "from outside"}


@pytest.mark.parametrize("source", [*FOLDED, *LEFT, *NAMES_AGAIN])
def test_a_folded_template_says_the_same(source: str) -> None:
    """Also where a name is given again, or read before it has its value."""
    with budget():
        unfolded = HTML.from_string(LoopGuard().visit(ValueGuard().visit(HTML.parse(source))))
        assert compiled(HTML, source).render(PERSON) == unfolded.render(PERSON)


@pytest.mark.parametrize("source", FOLDED)
def test_loops_over_fixed_values_are_written_out(source: str) -> None:
    """They cost nothing for each person."""
    assert fold(HTML.parse(source)).find(nodes.For) is None


def test_what_is_told_is_worked_out() -> None:
    """A value from outside that is the same for many is text then; one of their own name is not."""
    source = (
        "{{ us.name }} {% if us.phone %}{{ us.phone }}{% endif %}"
        "{% for who in us.all %}{{ who }}{% endfor %}{{ x }}"
    )
    us = {"name": "A & B", "phone": None, "all": ["1"]}
    context = {**PERSON, "us": us}
    told = compiled(HTML, source, {"us": us, "who": "nobody"})
    with budget():
        assert told.render(context) == compiled(HTML, source).render(context) == "A &amp; B 1from outside"
    assert {name.name for name in fold(HTML.parse(source), {"us": us}).find_all(nodes.Name)} == {"x"}


def test_a_long_loop_stays_a_loop() -> None:
    """A short file must not become a large program."""
    numbers = list(range(200))
    nested = "".join(f"{{% for a{i} in {numbers} %}}" for i in range(3)) + "{{ a0 }}" + "{% endfor %}" * 3
    size = sum(1 for _ in fold(HTML.parse(nested)).find_all(nodes.Node))
    assert size < 2 * GROWTH_LIMIT


def test_fixed_texts_do_not_multiply() -> None:
    """A long text that is set once and printed again and again does not become a longer program."""
    text = "x" * (FIXED_LIMIT // 100)
    with pytest.raises(RefusedError, match="used too often"):
        compiled(HTML, f"{{% set a = '{text}' %}}" + "{{ a }}" * 200)
