"""What a browser sees in a mail: elements and attributes, found by an HTML5 parser (Lexbor).

The second pair of eyes: the mail was read before, piece by piece, and holds only what is allowed. A browser
must not find anything else in it.
"""

from collections.abc import Iterator

from selectolax.lexbor import LexborHTMLParser

from aftershow.content.html.allowed import ELEMENTS, LINKS, LOADED, has_attribute
from aftershow.content.html.targets import may_open

#: What the parser calls pieces that are no elements.
_NO_ELEMENTS = ("-", "!")


def unexpected(document: str) -> Iterator[str]:
    """Yield what a browser would find in a mail that no mail may have, in words."""
    root = LexborHTMLParser(document).root
    for node in root.traverse(include_text=False) if root else ():
        name = node.tag or ""
        if name.startswith(_NO_ELEMENTS):
            continue
        if name not in ELEMENTS:
            yield f"a browser finds <{name}> in it"
        for attribute, value in node.attributes.items():
            if not has_attribute(name, attribute, outlook=False):
                yield f"a browser finds `{attribute}` at <{name}> in it"
            elif attribute in LINKS | LOADED and not may_open(value or "", loaded=attribute in LOADED):
                yield f"a browser finds an address in it that no email may open, at <{name}>"
