"""Whether rules of CSS depend on neighbours that a condition or a loop may leave out.

Only then can inlining a template differ from inlining the mail: an element has the same elements around it in
every mail, as long as each branch is whole; what may change are those beside it.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator

import tinycss2
from cssselect import HTMLTranslator, SelectorError, parser
from lxml import etree

from aftershow.content.html.marks import Marked
from aftershow.content.language.chunks import Kind

_BEGIN = frozenset({"if", "for"})
_NEXT = frozenset({"elif", "else"})
_END = frozenset({"endif", "endfor"})

#: Pseudo-classes that say nothing of an element's neighbours.
_ALONE = frozenset(
    {
        "active",
        "any-link",
        "checked",
        "disabled",
        "enabled",
        "focus",
        "hover",
        "link",
        "root",
        "target",
        "visited",
    }
)
_POSITION = re.compile(r"(?:first|last|only)-(?:child|of-type)|nth-.*")

APART = "an element begins in one branch and ends in another"
BESIDE = "which CSS rules hold depends on its conditions or loops"


def why_neighbours_matter(marked: Marked, written: etree._Element, once: etree._Element) -> str | None:
    """Return why inlining CSS once could be wrong for a template's HTML, or None where it can't.

    `written` is the root of the HTML with comments for the template's tags, `once` that with its CSS inlined.
    """
    varying = []
    for children in _lists_of_children(written):
        inside = _elements_in_branches(marked, children)
        if inside is None:
            return APART
        if inside:
            varying.append([child for child in children if isinstance(child.tag, str)])
    if varying and any(_depends(selector, varying) for selector in _inlined(written, once)):
        return BESIDE
    return None


def _lists_of_children(root: etree._Element) -> Iterator[list[etree._Element]]:
    """Yield the children of each element; what stands around the body counts as in it."""
    before = [*reversed(list(root.itersiblings(preceding=True)))]
    body = root.find("body")
    for element in root.iter(etree.Element):
        if element is root and body is not None:
            continue
        children = list(element)
        if element is body:
            at = root.index(body)
            children = [*before, *_comments(root[:at]), *children, *_comments(root[at + 1 :])]
            children += list(root.itersiblings())
        yield children


def _comments(elements: Iterable[etree._Element]) -> Iterator[etree._Element]:
    return (element for element in elements if element.tag is etree.Comment)


def _elements_in_branches(marked: Marked, children: list[etree._Element]) -> bool | None:
    """Return whether there are elements in branches; None where branches begin or end elsewhere."""
    depth, found = 0, False
    for child in children:
        if isinstance(child.tag, str):
            found = found or depth > 0
            continue
        word = _word(marked, child)
        depth += (word in _BEGIN) - (word in _END)
        if depth < 0 or (word in _NEXT and depth == 0):
            return None
    return found if depth == 0 else None


def _word(marked: Marked, comment: etree._Element) -> str:
    numbers = marked.numbers_in(comment.text or "")
    alone = len(numbers) == 1 and comment.text == f"/{marked.mark(numbers[0])}"
    chunk = marked.chunks[numbers[0]] if alone else None
    return chunk.word if chunk and chunk.kind is Kind.TAG else ""


def _inlined(written: etree._Element, once: etree._Element) -> Iterator[parser.Tree]:
    """Yield what those rules select by that the inliner took out of <style>; browsers apply the others."""
    styles = list(written.iter("style"))
    untouched = Counter(_selectors(style for style in styles if style.get("data-premailer") == "ignore"))
    left = Counter(_selectors(once.iter("style"))) - untouched
    for text in _selectors(style for style in styles if style.get("data-premailer") != "ignore"):
        if text not in left:
            yield parser.parse(text)[0].parsed_tree


def _selectors(styles: Iterable[etree._Element]) -> Iterator[str]:
    """Yield the selectors of rules, each written in one way; what the inliner can't read, it leaves."""
    for style in styles:
        for rule in tinycss2.parse_stylesheet(style.text or "", skip_comments=True, skip_whitespace=True):
            if rule.type == "qualified-rule":
                try:
                    selectors = parser.parse(tinycss2.serialize(rule.prelude))
                except SelectorError:
                    continue
                yield from (selector.canonical() for selector in selectors if not selector.pseudo_element)


def _depends(selector: parser.Tree, varying: list[list[etree._Element]]) -> bool:
    """Return whether a selector asks for neighbours, or places, in one of the lists of children that vary."""
    match selector:
        case parser.CombinedSelector(selector=left, combinator=sign, subselector=right):
            if _depends(left, varying) or _depends(right, varying):
                return True
            beside = left.subselector if isinstance(left, parser.CombinedSelector) else left
            return sign in "+~" and any(_match(beside, some) and _match(right, some) for some in varying)
        case parser.Element():
            return False
        case parser.Class(selector=inner) | parser.Hash(selector=inner) | parser.Attrib(selector=inner):
            return _depends(inner, varying)
        case parser.Pseudo(selector=inner, ident=name) if name in _ALONE:
            return _depends(inner, varying)
        case parser.Pseudo(ident=name) | parser.Function(name=name) if _POSITION.fullmatch(name):
            return any(_match(selector, some) for some in varying)
        case _:
            return True


def _match(selector: parser.Tree, elements: list[etree._Element]) -> bool:
    """Return whether a selector matches one of some elements, its place among them aside."""
    path = HTMLTranslator().selector_to_xpath(parser.Selector(_bare(selector)), prefix="self::")
    found = etree.XPath(path)
    return any(found(element) for element in elements)


def _bare(selector: parser.Tree) -> parser.Tree:
    match selector:
        case parser.Element():
            return selector
        case parser.Class(selector=inner, class_name=name):
            return parser.Class(_bare(inner), name)
        case parser.Hash(selector=inner, id=name):
            return parser.Hash(_bare(inner), name)
        case _:
            return _bare(selector.selector)
