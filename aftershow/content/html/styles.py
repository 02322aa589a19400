"""What is wrong with the CSS of an email, read as browsers read it (CSS Syntax Level 3, tinycss2)."""

import re
from collections.abc import Iterable, Iterator
from itertools import accumulate
from typing import Any

import tinycss2

from aftershow.content.html.allowed import (
    RULES_OF_DECLARATIONS,
    RULES_OF_RULES,
    is_function,
    is_property,
    without_vendor,
)
from aftershow.content.html.marks import Marked
from aftershow.content.html.targets import is_loadable

#: What stands between the words of a value.
_SIGNS = frozenset(",/+-*%.")
_PLAIN = frozenset(
    {"ident", "hash", "string", "number", "percentage", "dimension", "whitespace", "comment", "unicode-range"}
)
#: So deep can brackets stand in brackets.
DEPTH_LIMIT = 20
TOO_DEEP = "the brackets of its CSS are nested too deeply"
IMPORT = "@import loads a file, which email programs don't do: write the rules here"


def sheet_mistakes(css: str) -> Iterator[str]:
    """Yield what is wrong with the text of a <style>."""
    if "<" in css:
        yield "there is a `<` in the CSS: leave it out, also as <!--"
    elif _is_too_deep(css):
        yield TOO_DEEP
    else:
        yield from _rules(tinycss2.parse_stylesheet(css, skip_comments=True, skip_whitespace=True))


def style_mistakes(css: str, marked: Marked) -> Iterator[str]:
    """Yield what is wrong with a `style` attribute, its references resolved; marks stand for expressions."""
    if _is_too_deep(css):
        yield TOO_DEEP
        return
    printed = marked.numbers_in(css)
    if printed and "\\" in css:
        yield "a style with an expression can't have a \\"
    found: list[int] = []
    for node in _contents(css):
        if node.type == "declaration":
            yield from _declaration(node)
            found += marked.numbers_in("".join(_printing(node.value)))
        else:
            yield _unread(node)
    if sorted(found) != sorted(printed):
        yield "an expression can stand in a value only, as in color: {{ … }}, and never in url()"


def _is_too_deep(css: str) -> bool:
    signs = re.findall(r"[(\[{]|[)\]}]", css)
    return max(accumulate((1 if sign in "([{" else -1 for sign in signs), initial=0)) > DEPTH_LIMIT


def _rules(rules: Iterable[Any]) -> Iterator[str]:
    for rule in rules:
        match rule.type:
            case "qualified-rule":
                yield from _declarations(rule.content)
            case "at-rule":
                yield from _at_rule(rule)
            case "comment" | "whitespace":
                pass
            case _:
                yield _unread(rule)


def _at_rule(rule: Any) -> Iterator[str]:
    name = without_vendor(rule.lower_at_keyword)
    if name == "import":
        yield IMPORT
    elif rule.content is None:
        if name not in ("charset", "layer"):
            yield f"@{rule.at_keyword} is not for emails: leave it out"
    elif name in RULES_OF_RULES:
        yield from _rules(tinycss2.parse_rule_list(rule.content, skip_comments=True, skip_whitespace=True))
    elif name in RULES_OF_DECLARATIONS:
        yield from _declarations(rule.content)
    else:
        yield f"@{rule.at_keyword} is not for emails: leave it out"


def _declarations(content: Any) -> Iterator[str]:
    for node in _contents(content):
        yield from _declaration(node) if node.type == "declaration" else [_unread(node)]


def _contents(css: Any) -> list[Any]:
    return list(tinycss2.parse_blocks_contents(css, skip_comments=True, skip_whitespace=True))


def _declaration(node: Any) -> Iterator[str]:
    if not is_property(node.lower_name):
        yield f"`{node.name}` is no property of CSS that emails can have: leave it out"
    yield from _values(node.value)


def _values(nodes: Iterable[Any], *, within: bool = False) -> Iterator[str]:
    for node in nodes:
        if node.type == "url":
            yield from _url(node.value)
        elif node.type == "function" and node.lower_name == "url":
            yield from _url("".join(one.value for one in node.arguments if one.type == "string"))
        elif node.type == "function":
            if not is_function(node.lower_name):
                yield f"`{node.name}()` is no function of CSS that emails can have: leave it out"
            yield from _values(node.arguments, within=True)
        elif node.type == "() block" and within:
            yield from _values(node.content, within=True)
        elif node.type not in _PLAIN and not (node.type == "literal" and node.value in _SIGNS):
            yield f"its CSS can't be read at {tinycss2.serialize([node])[:40]}"


def _printing(nodes: Iterable[Any]) -> Iterator[str]:
    """Yield the text of those parts of a value in which an expression can stand."""
    for node in nodes:
        if node.type == "function" and node.lower_name != "url":
            yield from _printing(node.arguments)
        elif node.type in _PLAIN and node.type != "comment":
            yield node.serialize()


def _url(address: str) -> Iterator[str]:
    if not is_loadable(address.strip()):
        yield "url() must hold a fixed address that begins with https:// or http:// and names its host"


def _unread(node: Any) -> str:
    if node.type == "error":
        return f"its CSS can't be read: {node.message}"
    return f"its CSS can't be read at {' '.join(node.serialize().split())[:40]}"
