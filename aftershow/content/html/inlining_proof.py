"""Proof that inlining CSS once gives the same mails as inlining it for each person.

Which rules hold for an element may depend on what a condition or a loop leaves out. Where rules ask for
neighbours that may be missing, it is not tried (content/html/neighbours.py). Otherwise sample mails are
rendered both ways; their documents must be equal, element by element.
"""

import re

from lxml import etree

from aftershow.content.html.inlining import inline_css, parse
from aftershow.content.html.marks import Marked, Spot
from aftershow.content.html.neighbours import BESIDE, why_neighbours_matter
from aftershow.content.html.samples import Samples


def find_difference(
    marked: Marked, spots: dict[int, Spot], samples: Samples, once: str, each_time: str
) -> str | None:
    """Return why CSS can't be inlined once, or None when all samples came out equal.

    `once` is the marked template with its CSS inlined, `each_time` the one as it was written.
    """
    if set(marked.numbers_in(once)) != set(spots):
        return "an expression or tag is lost when its CSS is inlined"
    if any(spot.decides_style for spot in spots.values()):
        return "which CSS rules hold depends on what an expression prints"
    reason = why_neighbours_matter(marked, parse(each_time), parse(once))
    if reason:
        return reason
    fast, slow = samples.template(once), samples.template(each_time)
    for choice in samples.choices:
        names = samples.names(choice)
        if not same_document(fast.render(names), inline_css(slow.render(names))):
            return BESIDE
    return None


def same_document(one: str, other: str) -> bool:
    """Return whether two HTML documents have the same elements, attributes and texts, white space aside."""
    return _same(parse(one), parse(other))


def _same(one: etree._Element, other: etree._Element) -> bool:
    return (
        one.tag == other.tag
        and dict(one.attrib) == dict(other.attrib)
        and _words(one.text) == _words(other.text)
        and _words(one.tail) == _words(other.tail)
        and len(one) == len(other)
        and all(_same(a, b) for a, b in zip(one, other, strict=True))
    )


def _words(text: str | None) -> list[str]:
    return re.split(r"\s+", text.strip()) if text and text.strip() else []
