"""Signs that steer instead of being read: they move a cursor, turn a line round or hide in a word.

Whatever comes from outside loses them on its way in, and once more where it is printed.
"""

import json
import re
import unicodedata

#: Control, format (direction marks among them), private use, half characters, unassigned, ends of lines and
#: of paragraphs; the two letters are Unicode's general categories.
_STEERING = frozenset(("Cc", "Cf", "Co", "Cs", "Cn", "Zl", "Zp"))
#: Fillers, which Unicode counts among the letters, marks and symbols, and nobody sees.
_FILLERS = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0")
_LINES = frozenset("\n\t")
#: Persian and Indic names are written with joiners; whoever writes one says nothing else by it.
_JOINERS = frozenset("\u200c\u200d")

_JOINING = (
    "\u0620-\u07ff\u0840-\u0dff\u1000-\u109f\u1780-\u17b3\u17b6-\u17ff\u1820-\u18aa\ufb50-\ufdff\ufe70-\ufefc"
)
_LOOSE_JOINER = re.compile(f"(?<![{_JOINING}])[\u200c\u200d]|[\u200c\u200d](?![{_JOINING}])")
#: A variation selector chooses the shape of an ideograph or a symbol; behind anything else it only hides.
_SHAPED = "\u1820-\u18aa\u2010-\u9fff\uf900-\ufaff\U0001f000-\U0003fffd"
_LOOSE_SELECTOR = re.compile(f"(?<![{_SHAPED}])[\u180b-\u180d\u180f\ufe00-\ufe0f\U000e0100-\U000e01ef]")
#: What stands upon a letter, of scripts that put few signs there: Latin and its kin, Hebrew, Arabic, Thai.
_UPON = (
    "\u0300-\u036f\u0483-\u0489\u0591-\u05bd\u0610-\u061a\u064b-\u065f\u0e31\u0e34-\u0e3a\u0e47-\u0e4e"
    "\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20f0\ufe20-\ufe2f"
)
#: No name has more than four upon one letter; a hundred would cover the lines above it.
_FLOOD = re.compile(f"(?<=[{_UPON}]{{4}})[{_UPON}]+")


class _Table(dict[int, str | None]):
    """Which characters stay; worked out for each when it is first met."""

    def __missing__(self, code: int) -> str | None:
        sign = chr(code)
        stays = sign in _LINES or sign in _JOINERS or not _steers(sign)
        self[code] = sign if stays else None
        return self[code]


def _steers(sign: str) -> bool:
    return sign in _FILLERS or unicodedata.category(sign) in _STEERING


_TABLE = _Table()


def plain(text: str) -> str:
    """Return a text without such signs; line ends (as \\n) and tabs stay.

    Joiners stay between letters of the scripts that are written with them, such as Arabic and Devanagari,
    and four of the accents that pile up on a letter.
    """
    if text.isascii() and text.isprintable():
        return text
    text = text.translate(_TABLE)
    if text.isascii():
        return text
    return _FLOOD.sub("", _LOOSE_SELECTOR.sub("", _LOOSE_JOINER.sub("", text)))


def steers(text: str) -> bool:
    """Tell whether a text has such signs; ends of lines, tabs, joiners and selectors do not count."""
    if text.isascii() and text.isprintable():
        return False
    text = text.replace("\r", "")
    return text.translate(_TABLE) != text


def escaped(document: str) -> str:
    """Return a JSON document that says the same, with such signs as \\uXXXX (RFC 8259, 7)."""
    if document.isascii() and "\x7f" not in document:
        return document
    return "".join(json.dumps(sign)[1:-1] if sign != "\n" and _steers(sign) else sign for sign in document)
