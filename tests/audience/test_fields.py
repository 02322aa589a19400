"""The catalogue is complete, and what the demo's marketers wrote is understood."""

from pathlib import Path

import pytest
from jinja2 import Environment, meta
from ruamel.yaml import YAML

from aftershow.audience.expression import parse
from aftershow.audience.fields import FIELDS, GROUPS, RECORDED, describe, names
from aftershow.audience.person import PersonFacts
from aftershow.audience.questions import QUESTIONS
from aftershow.audience.scope import Scope
from aftershow.audience.terms import Type
from tests.audience.world import NOW, Figure, World

SEGMENTS = YAML(typ="safe").load(Path(__file__).parents[2] / "config" / "segments.yaml")["segments"]


def test_names() -> None:
    """The names are those that a condition or a template may begin with, without their parts."""
    assert {"grade", "company", "answers", "show", "days_since", "permission", "replied"} <= names()
    assert not [name for name in names() if "." in name]
    assert names() == {name.partition(".")[0] for name in FIELDS} | {*GROUPS, *QUESTIONS, "days_since"}


def test_describe() -> None:
    """Everything that can be asked has a line with its meaning, and can be asked as it is written there."""
    entries = describe()
    texts = [entry.text for entry in entries]
    assert set(FIELDS) <= set(texts)
    assert {'permission("CHANNEL")', 'sent("STEP")', 'days_since("KIND")', "answers.NAME"} <= set(texts)
    assert len(texts) == len(set(texts))
    assert all(entry.about and not entry.about.endswith(".") for entry in entries)
    for entry in entries:
        asked = (
            entry.text.replace("CHANNEL", "email").replace("KIND", "sent").replace("(MOMENT)", "(show.ends)")
        )
        assert parse(asked, steps=["STEP"], arms=["ARM"]).holds(PersonFacts(now=NOW)) is False


def test_the_careful_reader_knows_every_field() -> None:
    """The facts that the tests write down by hand are all that the catalogue has, so none goes untested."""
    person = World(figures=[Figure()]).person(1, show_id=None, scope=Scope(now=NOW))
    assert set(person.facts) == {fact.name for fact in RECORDED}
    assert {type(person.facts[fact.name]) for fact in RECORDED if fact.type is Type.TRUTH} == {bool}


@pytest.mark.parametrize("name", list(SEGMENTS))
def test_segments_of_the_demo(name: str) -> None:
    """Each segment of the demo is a condition, says what it is for, and is not simply everyone."""
    expression = parse(SEGMENTS[name]["where"])
    assert SEGMENTS[name]["purpose"].endswith(".")
    assert expression.fields
    assert not expression.holds(PersonFacts(now=NOW))


def test_templates_and_conditions_share_their_syntax() -> None:
    """What stands in a template's `if` is a condition, with the same names."""
    condition = 'grade == "A" and not is_customer or "Pumps" in answers.interested_in'
    template = Environment(autoescape=True).parse(f"{{% if {condition} %}}yes{{% endif %}}")
    assert meta.find_undeclared_variables(template) <= names()
    assert parse(condition).fields == {"grade", "is_customer", "answers.interested_in"}
