"""The plain-text part of an email, made once from the HTML with its marks (RFC 2046, 5.1.4)."""

import re

from lxml import etree

from aftershow.content.inlining import parse

#: Elements that begin on a line of their own; those of the second group have an empty line around them.
LINES = frozenset({"address", "article", "div", "footer", "header", "li", "section", "tr", "dt", "dd"})
PARAGRAPHS = frozenset({"blockquote", "h1", "h2", "h3", "h4", "h5", "h6", "ol", "p", "table", "ul", "hr"})
UNSEEN = frozenset({"head", "script", "style", "title"})

_HIDDEN = re.compile(r"display\s*:\s*none", re.IGNORECASE)


def plain_text(document: str) -> str:
    """Return the text of an HTML document, links with their addresses behind them; marks stay where they are.

    What can't be seen (`display: none`, `hidden`) is left out.
    """
    return tidy(re.sub(" {2,}", " ", "".join(_pieces(parse(document)))))


def tidy(text: str) -> str:
    """Return a text without spaces around its lines and two empty lines together, ending with a line end.

    A tab, which stands between the cells of a row, becomes two spaces.
    """
    text = re.sub(r"[ \t]*\n[ \t]*", "\n", text.strip())
    text = re.sub(r"\n{3,}", "\n\n", text)
    return re.sub(r" *\t[ \t]*", "  ", text) + "\n"


def _pieces(element: etree._Element) -> list[str]:
    if element.tag is etree.Comment:
        return [element.text.removeprefix("/")] if re.fullmatch(r"/z\w+z", element.text or "") else []
    if not isinstance(element.tag, str) or element.tag in UNSEEN or _is_hidden(element):
        return []
    before, after = _around(element)
    inner = [_flowing(element.text)]
    for child in element:
        inner += [*_pieces(child), _flowing(child.tail)]
    return [before, *inner, after]


def _around(element: etree._Element) -> tuple[str, str]:
    match element.tag:
        case "br":
            return "\n", ""
        case "hr":
            return "\n\n--\n\n", ""
        case "img":
            return element.get("alt") or "", ""
        case "li":
            return "\n- ", "\n"
        case "td" | "th":
            return "", "\t"
        case "a":
            return "", _address(element)
        case tag if tag in PARAGRAPHS:
            return "\n\n", "\n\n"
        case tag if tag in LINES:
            return "\n", "\n"
        case _:
            return "", ""


def _address(link: etree._Element) -> str:
    """Return what follows a link's text: where it goes, unless the text says so itself."""
    address = link.get("href") or ""
    shown = re.sub(r"^(?:mailto|tel|sms):", "", address)
    text = " ".join("".join(link.itertext()).split())
    return "" if not shown or shown.startswith("#") or text == shown else f" <{shown}>"


def _is_hidden(element: etree._Element) -> bool:
    return element.get("hidden") is not None or bool(_HIDDEN.search(element.get("style") or ""))


def _flowing(text: str | None) -> str:
    return re.sub(r"[\s\u00a0]+", " ", text or "")
