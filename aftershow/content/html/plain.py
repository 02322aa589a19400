"""The plain-text part of an email, made once from the HTML with its marks (RFC 2046, 5.1.4)."""

import re

from lxml import etree

from aftershow.content.html.inlining import parse

#: Elements that begin on a line of their own.
LINES = frozenset({"address", "article", "div", "footer", "header", "li", "section", "tr", "dt", "dd"})
#: Elements with an empty line before and after them.
PARAGRAPHS = frozenset({"blockquote", "h1", "h2", "h3", "h4", "h5", "h6", "ol", "p", "table", "ul", "hr"})
#: Elements whose text is not shown.
UNSEEN = frozenset({"head", "script", "style", "title"})
#: Stands where a new line begins; several of them begin one.
BREAK = "\v"

# Written out, since \n{3,} takes seven times as long.
_EMPTY_LINES = re.compile(r"\n\n\n+")
#: Inside of a line: at its ends, they are stripped with the spaces.
#: Spaces are gone through once, from where they begin.
_BREAKS = re.compile(rf"(?:(?<![^\S\n])[^\S\n]+)?{BREAK}\s*")
_DISPLAY_NONE = re.compile(r"display\s*:\s*none", re.IGNORECASE)


def plain_text(document: str) -> str:
    """Return the text of an HTML document, links with their addresses behind them.

    What can't be seen (`display: none`, `hidden`), or is not meant to be read (`aria-hidden`), is left out.
    """
    return tidy(loose_text(document))


def loose_text(document: str) -> str:
    """Return the text before it is tidy: marks stay, and what they print may still begin new lines."""
    root = parse(document)
    before = [_mark(comment) for comment in root.itersiblings(etree.Comment, preceding=True)]
    text = "".join([*reversed(before), *_pieces(root)])
    return re.sub(r" *\t[ \t]*", "  ", re.sub(" {2,}", " ", text))


def tidy(text: str) -> str:
    """Return a text without spaces around its lines and two empty lines together, ending with a line end.

    A BREAK begins a new line where none has begun.
    """
    text = "\n".join(map(str.strip, text.split("\n")))
    if BREAK in text:
        text = _BREAKS.sub("\n", text)
    if "\n\n\n" in text:
        text = _EMPTY_LINES.sub("\n\n", text)
    return text.strip() + "\n"


def _pieces(element: etree._Element) -> list[str]:
    if element.tag is etree.Comment:
        return [_mark(element)]
    if not isinstance(element.tag, str) or element.tag in UNSEEN or _is_hidden(element):
        return [_mark(comment) for comment in element.iter(etree.Comment)]
    before, after = _around(element)
    inner = [_flowing(element.text)]
    for child in element:
        inner += [*_pieces(child), _flowing(child.tail)]
    return [before, *inner, after]


def _mark(comment: etree._Element) -> str:
    """Return the mark of a tag that stands in a comment; a comment of the author's says nothing."""
    mark = re.fullmatch(r"/(zq\w+)", comment.text or "")
    return mark[1] if mark else ""


def _around(element: etree._Element) -> tuple[str, str]:
    match element.tag:
        case "br":
            return "\n", ""
        case "hr":
            return "\n\n--\n\n", ""
        case "img":
            return element.get("alt") or "", ""
        case "li":
            return f"{BREAK}- ", BREAK
        case "td" | "th":
            # Two spaces between the cells of a row, whatever white space stands there.
            return "", "\t"
        case "a":
            return "", _address(element)
        case tag if tag in PARAGRAPHS:
            return "\n\n", "\n\n"
        case tag if tag in LINES:
            return BREAK, BREAK
        case _:
            return "", ""


def _address(link: etree._Element) -> str:
    """Return what follows a link's text: where it goes, unless the text says so itself."""
    address = link.get("href") or ""
    text = " ".join("".join(link.itertext()).split())
    said = re.sub(r"^(?:mailto|tel|sms):", "", address)
    says_so = text in (address, said) or re.sub(r"[^\d+]", "", text) == said
    return "" if not said or address.startswith("#") or says_so else f" <{address}>"


def _is_hidden(element: etree._Element) -> bool:
    if element.get("hidden") is not None or element.get("aria-hidden") == "true":
        return True
    return bool(_DISPLAY_NONE.search(element.get("style") or ""))


def _flowing(text: str | None) -> str:
    return re.sub(r"[\s\u00a0]+", " ", text or "")
