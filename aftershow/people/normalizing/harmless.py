"""What a stranger's words may say in our name: nothing that a mail program would make a link of.

Mail programs make links of what looks like one: with a scheme, with www., an @, or a dot between two words.
The look-alikes are those that Unicode's normalisation (NFKC, UAX 15) and that of domains (UTS 46) take for
the same sign. docs/decisions/0027 says what is refused, what is written differently, and why.
"""

import re
from typing import Any

from aftershow.people.normalizing.wordlists import SALUTATIONS
from aftershow.signs import plain, steers
from aftershow.words.fields import ContactField, Said

_DOT = ".\u2024\ufe52\uff0e\u3002\ufe12\uff61"
_COLON = ":\u2236\ufe13\ufe55\uff1a"
_SLASH = r"/\\\u2044\u2215\uff0f\ufe68\uff3c"
_AT = "@\ufe6b\uff20"

#: Symbols that domains take for letters, such as those in circles and squares.
_SYMBOLS = "\u2100-\u214f\u2460-\u24ff\u3200-\u33ff\U0001f100-\U0001f2ff"
_LETTER = rf"(?:[^\W\d_]|[{_SYMBOLS}])"

#: A dot, not at a word's beginning, with a word of two letters or more behind it, as in `example.com`.
_DOMAIN_DOT = re.compile(rf"(?<=[^\s(\[\"'{_DOT}])([{_DOT}])(?={_LETTER}[^\s!-,./:-@\[-^`{{-~{_DOT}])")
_SCHEME = re.compile(rf"[{_COLON}][{_SLASH}]{{2,}}|[{_SLASH}]{{2,}}")
_GLUED_COLON = re.compile(rf"(?<=[^\W\d_])([{_COLON}])(?=\S)")
_WWW = re.compile(rf"\bwww\d{{0,3}}[{_DOT}]", re.IGNORECASE)
_IP = re.compile(rf"(?<!\d)\d{{1,3}}(?:[{_DOT}]\d{{1,3}}){{3}}(?!\d)")
_ANY_DOT = re.compile(f"([{_DOT}])")
_ANY_AT = re.compile(f"[{_AT}]")
#: Any of these makes an address of the words around it.
_MARKS = re.compile(
    rf"[{_AT}]|[{_COLON}][{_SLASH}]|[{_SLASH}]{{2}}|\bwww\d{{0,3}}[{_DOT}]"
    rf"|[{_DOT}]{_LETTER}[\w{_SYMBOLS}-]{{1,62}}(?:[{_COLON}]\d|[{_SLASH}?#])"
    rf"|(?<!\d)\d{{1,3}}(?:[{_DOT}]\d{{1,3}}){{3}}(?!\d)",
    re.IGNORECASE,
)
#: A word long enough to be no abbreviation, a dot, and another word.
_WORD_AND_DOT = re.compile(rf"([\w{_SYMBOLS}-]{{4,64}})[{_DOT}](?={_LETTER}[\w{_SYMBOLS}-])")
#: So many digits in a name would be a telephone or account number.
_MANY_DIGITS = re.compile(r"\d(?:[\W_]{0,3}\d){5}")
#: Characters of the longest name; what is longer is a message in our name.
LONGEST_NAME = 100

#: What people are called, and what else stands on a badge.
PEOPLES_NAMES = frozenset(str(field) for field in ContactField if field.row.said is Said.NAME)
PHRASES = frozenset(str(field) for field in ContactField if field.row.said is Said.PHRASE)


def why_unread(field: str, text: str) -> str | None:
    """Return why the text of a name, title, company or place is not used; None for one that is."""
    if field not in PEOPLES_NAMES and field not in PHRASES:
        return None
    if steers(text):
        return "it has signs that nobody can see, such as control characters or direction marks"
    text = plain(text)
    if _MARKS.search(text) or (field in PEOPLES_NAMES and _has_domain(text)):
        return "it reads like a web or email address"
    if field in PEOPLES_NAMES and len(text) > LONGEST_NAME:
        return f"it has more than {LONGEST_NAME} characters, which is no name"
    if field in PEOPLES_NAMES and _MANY_DIGITS.search(text):
        return "it has a long number in it"
    return None


def said_name(text: str | None) -> str | None:
    """Return a first or last name as templates print it; one that reads like an address is missing."""
    return _said("given_name", text)


def said_phrase(text: str | None) -> str | None:
    """Return a title, a company or a place as templates print it; one that holds an address is missing."""
    return _said("title", text)


def _said(field: str, text: str | None) -> str | None:
    text = plain(text or "")
    return None if not text or why_unread(field, text) else without_links(text)


def said(value: Any) -> Any:
    """Return an answer, or what holds some, as templates print it: at all depths, names and values."""
    if isinstance(value, str):
        return without_links(plain(value))
    if isinstance(value, dict):
        return {plain(str(name)): said(inner) for name, inner in value.items()}
    if isinstance(value, list | tuple):
        return [said(inner) for inner in value]
    return value


def without_links(text: str) -> str:
    """Return a text that says the same and is made no link of: `evil. com`, `ana at example. com`."""
    text = _WWW.sub("", text)
    text = _SCHEME.sub(lambda found: ": " if found[0][0] not in "/\\" else "/", text)
    text = _IP.sub(lambda found: _ANY_DOT.sub(r"\1 ", found[0]), text)
    text = _DOMAIN_DOT.sub(r"\1 ", text)
    text = _GLUED_COLON.sub(r"\1 ", text)
    return _ANY_AT.sub(" at ", text)


def _has_domain(text: str) -> bool:
    return any(word.casefold() not in SALUTATIONS for word in _WORD_AND_DOT.findall(text))
