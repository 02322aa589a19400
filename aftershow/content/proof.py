"""Proof that inlining CSS once gives the same mails as inlining it for each person.

Which rules hold for an element may depend on what a condition or a loop leaves out. So sample mails are
rendered both ways, with every branch taken and not taken, loops of none to three turns, and values of their
own for each expression; their documents must be equal, element by element.
"""

import re
from collections.abc import Callable
from random import Random

from jinja2 import Environment
from lxml import etree

from aftershow.content.chunks import Kind
from aftershow.content.inlining import inline_css, parse
from aftershow.content.marks import Marked
from aftershow.content.markup import Spot

#: How many mails are compared: all branches taken, none taken, and some at random.
SAMPLES = 6

_PROOF = Environment(autoescape=True)


def find_difference(marked: Marked, spots: dict[int, Spot], once: str, each_time: str) -> str | None:
    """Return why CSS can't be inlined once, or None when all samples came out equal.

    `once` is the marked template with its CSS inlined, `each_time` the one as it was written.
    """
    numbers = set(spots)
    if set(marked.numbers_in(once)) != numbers:
        return "an expression or tag is lost when its CSS is inlined"
    if any(spot.decides_style for spot in spots.values()):
        return "which CSS rules hold depends on what an expression prints"
    fast, slow = (
        _PROOF.from_string(marked.put_back(html, _stand_ins(marked, spots))) for html in (once, each_time)
    )
    varies = any(chunk.word in ("if", "for") for chunk in marked.chunks)
    for sample in range(SAMPLES if varies else 1):
        expected = inline_css(slow.render(_sample_names(sample)))
        if not same_document(fast.render(_sample_names(sample)), expected):
            return "which CSS rules hold depends on its conditions or loops"
    return None


def same_document(one: str, other: str) -> bool:
    """Return whether two HTML documents have the same elements, attributes and texts, white space aside."""
    return _same(parse(one), parse(other))


def _stand_ins(marked: Marked, spots: dict[int, Spot]) -> Callable[[int], str]:
    """Return what writes each piece so that a sample decides over it."""

    def write(number: int) -> str:
        chunk = marked.chunks[number]
        if chunk.kind is Kind.OUTPUT:
            return f'{{{{ value({number}, "{spots[number].guard}") }}}}'
        match chunk.word:
            case "if" | "elif":
                return f"{{% {chunk.word} taken() %}}"
            case "for":
                return "{% for turn in turns() %}"
            case "set":
                return ""
            case word:
                return f"{{% {word} %}}"

    return write


def _sample_names(sample: int) -> dict[str, Callable[..., object]]:
    random = Random(sample)  # noqa: S311 -- samples, no secrets

    def taken() -> bool:
        return sample == 0 or (sample > 1 and random.random() < 0.5)

    def turns() -> range:
        return range((2, 0)[sample] if sample < 2 else random.randrange(4))

    def value(number: int, guard: str) -> str:
        samples = {"_style": str(10 + number), "_url": f"https://example.com/ä b?n={number}&m=1"}
        return samples.get(guard, f"Ana & Söhne <{number}>")

    return {"taken": taken, "turns": turns, "value": value}


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
