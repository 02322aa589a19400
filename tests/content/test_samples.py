"""The sample mails by which a template is looked at."""

from itertools import combinations, product

import pytest

from aftershow.content.html.marks import Marked, Spot
from aftershow.content.html.samples import Samples
from aftershow.content.language.chunks import Kind, split
from aftershow.content.language.dialect import HTML

IF = "{% if a %}x{% endif %}"
EITHER = "{% if a %}x{% elif b %}y{% else %}z{% endif %}"
LOOP = "{% for x in [1] %}x{% endfor %}"


@pytest.mark.parametrize("source", ["x", IF, IF * 9, EITHER * 4, IF * 3 + LOOP * 2 + EITHER, IF * 60])
def test_each_pair_of_branches_is_in_one_of_them(source: str) -> None:
    """Whatever two conditions or loops do together, some sample shows it; their number grows slowly."""
    chunks = split(HTML, source, "x.html")
    spots = {number: Spot(place="text") for number, chunk in enumerate(chunks) if chunk.kind is not Kind.TEXT}
    samples = Samples(Marked(chunks), spots)
    groups = list(samples.choices[0])
    counts = {group: len({choice[group] for choice in samples.choices}) for group in groups}
    assert len(groups) == source.count("{% if") + source.count("{% for")
    assert sum(counts.values()) == 2 * len(groups) + source.count("{% elif")
    for one, other in combinations(groups, 2):
        found = {(choice[one], choice[other]) for choice in samples.choices}
        assert found == set(product(range(counts[one]), range(counts[other])))
    assert len(samples.choices) <= 24
