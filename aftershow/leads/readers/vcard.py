"""Business cards as phones and apps write them: vCard 2.1, 3.0 and 4.0 (RFC 2426, RFC 6350), tolerantly.

Our own parser: vobject gives up a whole file for one line that it can't parse, such as a name of vCard 2.1 in
quoted-printable that goes on in the next line.
"""

import quopri
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from io import TextIOWrapper
from pathlib import Path

from aftershow.leads.readers.texts import lines_of
from aftershow.leads.rows import LeadRow, Reading

#: group, name, parameters, value; a parameter in quotes may have a colon.
_PROPERTY = re.compile(r'(?:[\w-]+\.)?([\w-]+)((?:;(?:"[^"]*"|[^":;])*)*):(.*)', re.DOTALL)
_BETWEEN_PARTS = re.compile(r"(?<!\\);")
_ESCAPED = re.compile(r"\\(.)")
_PARTS = {
    "N": ("Family name", "Given name", "Additional names", "Salutation", "Suffix"),
    "ORG": ("Company", "Department", "Unit"),
    "ADR": ("Post box", "Address 2", "Address", "City", "State", "Postal code", "Country"),
}
_HEADINGS = {"FN": "Full name", "TITLE": "Title", "EMAIL": "Email", "NOTE": "Notes", "LANG": "Language"}
#: What says nothing about a person, or is no text.
_LEFT_OUT = frozenset(
    {"BEGIN", "END", "VERSION", "PRODID", "REV", "UID", "KIND", "CLASS", "SORT-STRING", "LABEL", "PROFILE"}
    | {"PHOTO", "LOGO", "SOUND", "KEY", "AGENT", "MAILER", "SOURCE", "XML", "CLIENTPIDMAP"}
)


@dataclass(kw_only=True, slots=True)
class _Card:
    """A card that is being read."""

    line: int
    cells: dict[str, str] = field(default_factory=dict)

    def add(self, heading: str, text: str) -> None:
        text = text.strip()
        if not text:
            return
        name, count = heading, 1
        while name in self.cells:
            count += 1
            name = f"{heading} ({count})"
        self.cells[name] = text


def read_vcards(path: Path, *, encoding: str) -> Reading:
    """Read a file of vCards; each card is a row, at the line of its BEGIN."""
    file = path.open("rb")

    def rows() -> Iterator[LeadRow]:
        with file:
            yield from _cards(path.name, lines_of(path, TextIOWrapper(file, encoding, newline="")))

    return Reading(rows=rows(), done=lambda: 0 if file.closed else file.tell())


def _cards(name: str, lines: Iterable[str]) -> Iterator[LeadRow]:
    card: _Card | None = None
    for line, text in _unfolded(lines):
        mark = text.strip().upper().replace(" ", "")
        if mark == "BEGIN:VCARD":
            if card:
                yield _row(name, card, whole=False)
            card = _Card(line=line)
        elif mark == "END:VCARD" and card:
            yield _row(name, card, whole=True)
            card = None
        elif card:
            _read_property(text, card)
    if card:
        yield _row(name, card, whole=False)


def _row(name: str, card: _Card, *, whole: bool) -> LeadRow:
    trouble = None if whole else "this card has no END:VCARD; the file may be cut off here"
    return LeadRow(file=name, line=card.line, cells=card.cells, trouble=trouble)


def _unfolded(lines: Iterable[str]) -> Iterator[tuple[int, str]]:
    """Join what goes on in the next line: after a blank (all versions) or a final = (quoted-printable)."""
    begins, text = 0, ""
    for number, raw in enumerate(lines, start=1):
        line = raw.rstrip("\r\n")
        if _goes_on(text):
            text = f"{text}\n{line}"
        elif line[:1] in (" ", "\t") and text:
            text += line[1:]
        else:
            if text:
                yield begins, text
            begins, text = number, line
    if text:
        yield begins, text


def _goes_on(text: str) -> bool:
    return text.endswith("=") and "QUOTED-PRINTABLE" in text.partition(":")[0].upper()


def _read_property(text: str, card: _Card) -> None:
    found = _PROPERTY.fullmatch(text)
    if not found:
        return
    name, parameters = found[1].upper(), found[2].upper()
    if name in _LEFT_OUT:
        return
    value = _decoded(found[3], parameters)
    if name in _PARTS:
        for heading, part in zip(_PARTS[name], _BETWEEN_PARTS.split(value), strict=False):
            card.add(heading, _unescaped(part))
    elif name == "TEL":
        card.add(_kind_of_phone(parameters), _unescaped(value).removeprefix("tel:"))
    else:
        card.add(_HEADINGS.get(name, name.removeprefix("X-").capitalize()), _unescaped(value))


def _kind_of_phone(parameters: str) -> str:
    if "CELL" in parameters or "MOBILE" in parameters:
        return "Mobile"
    if "FAX" in parameters:
        return "Fax"
    return "Pager" if "PAGER" in parameters else "Phone"


def _decoded(value: str, parameters: str) -> str:
    if "QUOTED-PRINTABLE" not in parameters:
        return value
    charset = re.search(r"CHARSET=\"?([\w-]+)", parameters)
    raw = quopri.decodestring(value.encode("utf-8"))
    for encoding in (charset[1] if charset else "utf-8", "utf-8"):
        try:
            return raw.decode(encoding).replace("\0", "")
        except (LookupError, UnicodeDecodeError):
            continue
    return raw.decode("cp1252", errors="replace").replace("\0", "")


def _unescaped(text: str) -> str:
    return _ESCAPED.sub(lambda found: "\n" if found[1] in "nN" else found[1], text)
