"""Business cards as phones and apps write them: vCard 2.1, 3.0 and 4.0 (RFC 2426, RFC 6350), tolerantly.

Our own parser: vobject gives up a whole file for one line that it can't parse, such as a name of vCard 2.1 in
quoted-printable that goes on in the next line.
"""

import codecs
import quopri
import re
from collections.abc import Iterable, Iterator
from io import TextIOWrapper
from pathlib import Path

from aftershow.leads.readers.bounds import LONGEST_ROW, MOST_COLUMNS
from aftershow.leads.readers.headings import Namer
from aftershow.leads.readers.measuring import row_too_long, too_wide
from aftershow.leads.readers.rows import LeadRow, Reading
from aftershow.leads.readers.texts import lines_of

_NAME = re.compile(r"[\w-]+")
_MARK = re.compile('[":]')
_BETWEEN_PARTS = re.compile(r"(?<!\\);")
_ESCAPED = re.compile(r"\\(.)")
_CHARSET = re.compile(r"CHARSET=\"?([\w-]{1,40})")
#: Encodings that texts of people come in; Python knows others, which decode to anything.
_ENCODINGS = re.compile(r"(utf|iso8859|cp\d|koi8|mac|gb|big5|hz|euc|shift|johab)[\w-]*|ascii")
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


class _Card:
    """A card that is being read."""

    def __init__(self, file: str, line: int) -> None:
        self.file = file
        self.line = line
        self.cells: dict[str, str] = {}
        self._namer = Namer()

    def add(self, heading: str, text: str) -> None:
        text = text.strip()
        if text:
            self.cells[self._namer.name(heading)] = text
            if len(self.cells) > MOST_COLUMNS:
                raise too_wide(self.file, self.line)

    def row(self, *, whole: bool) -> LeadRow:
        trouble = None if whole else "this card has no END:VCARD; the file may be cut off here"
        return LeadRow(file=self.file, line=self.line, cells=self.cells, trouble=trouble)


class _Property:
    """A line of a card, with the lines that it goes on in."""

    def __init__(self, file: str, line: int, first: str) -> None:
        self.line = line
        self._file = file
        self._parts = [first]
        self._length = len(first)
        self._ending = first[-1:]
        head = first.partition(":")[0].upper()
        self._is_quoted = "QUOTED-PRINTABLE" in head
        # Pictures have a megabyte, and nobody asks for them.
        self._is_left_out = head.partition(";")[0].rpartition(".")[2] in _LEFT_OUT

    @property
    def text(self) -> str:
        return "".join(self._parts)

    def takes(self, line: str) -> bool:
        """Take a line that belongs to this one.

        That is one after a blank (all versions) or after a final = (quoted-printable).
        """
        if self._is_quoted and self._ending == "=":
            self._add(f"\n{line}")
        elif line[:1] in (" ", "\t") and self._length:
            self._add(line[1:])
        else:
            return False
        return True

    def _add(self, part: str) -> None:
        self._ending = part[-1:] or self._ending
        if self._is_left_out:
            return
        self._length += len(part)
        if self._length > LONGEST_ROW:
            raise row_too_long(self._file, self.line)
        self._parts.append(part)


def read_vcards(path: Path, *, encoding: str) -> Reading:
    """Read a file of vCards; each card is a row, at the line of its BEGIN."""
    file = path.open("rb")

    def rows() -> Iterator[LeadRow]:
        with file:
            yield from _cards(path.name, lines_of(path, TextIOWrapper(file, encoding, newline="")))

    return Reading(rows=rows(), done=lambda: 0 if file.closed else file.tell())


def _cards(name: str, lines: Iterable[str]) -> Iterator[LeadRow]:
    card: _Card | None = None
    for one in _properties(name, lines):
        text = one.text
        mark = text.strip().upper().replace(" ", "")
        if mark == "BEGIN:VCARD":
            if card:
                yield card.row(whole=False)
            card = _Card(name, one.line)
        elif mark == "END:VCARD" and card:
            yield card.row(whole=True)
            card = None
        elif card:
            _read_property(text, card)
    if card:
        yield card.row(whole=False)


def _properties(name: str, lines: Iterable[str]) -> Iterator[_Property]:
    current = _Property(name, 0, "")
    for number, raw in enumerate(lines, start=1):
        line = raw.rstrip("\r\n")
        if not current.takes(line):
            yield current
            current = _Property(name, number, line)
    yield current


def _read_property(text: str, card: _Card) -> None:
    parted = _parted(text)
    if parted is None:
        return
    head, value = parted
    name, _, parameters = head.upper().partition(";")
    name = name.rpartition(".")[2]
    if name in _LEFT_OUT or not _NAME.fullmatch(name):
        return
    value = _decoded(value, parameters)
    if name in _PARTS:
        headings = _PARTS[name]
        parts = _BETWEEN_PARTS.split(value, maxsplit=len(headings))
        for heading, part in zip(headings, parts, strict=False):
            card.add(heading, _unescaped(part))
    elif name == "TEL":
        card.add(_kind_of_phone(parameters), _unescaped(value).removeprefix("tel:"))
    else:
        card.add(_HEADINGS.get(name, name.removeprefix("X-").capitalize()), _unescaped(value))


def _parted(text: str) -> tuple[str, str] | None:
    """Return what stands before and behind the first colon that is not in quotes; None when there is none."""
    is_quoted = False
    for mark in _MARK.finditer(text):
        if mark[0] == '"':
            is_quoted = not is_quoted
        elif not is_quoted:
            return text[: mark.start()], text[mark.end() :]
    return None


def _kind_of_phone(parameters: str) -> str:
    if "CELL" in parameters or "MOBILE" in parameters:
        return "Mobile"
    if "FAX" in parameters:
        return "Fax"
    return "Pager" if "PAGER" in parameters else "Phone"


def _decoded(value: str, parameters: str) -> str:
    if "QUOTED-PRINTABLE" not in parameters:
        return value
    raw = quopri.decodestring(value.encode("utf-8"))
    for encoding in (_encoding(parameters), "utf-8"):
        try:
            return raw.decode(encoding).replace("\0", "")
        except UnicodeError:
            continue
    return raw.decode("cp1252", errors="replace").replace("\0", "")


def _encoding(parameters: str) -> str:
    charset = _CHARSET.search(parameters)
    try:
        encoding = codecs.lookup(charset[1] if charset else "utf-8").name
    except LookupError:
        return "utf-8"
    # UTF-7 can say what no text has.
    return encoding if _ENCODINGS.fullmatch(encoding) and encoding != "utf-7" else "utf-8"


def _unescaped(text: str) -> str:
    return _ESCAPED.sub(lambda found: "\n" if found[1] in "nN" else found[1], text)
