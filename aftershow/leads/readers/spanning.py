"""How many cells the sheets of a workbook span: a library makes room for all of them, also for blank ones."""

import re
from xml.parsers import expat

from aftershow.leads.readers.bounds import LARGEST_SPAN, LONGEST_TAG

_REFERENCE = re.compile(r"([A-Za-z]{1,3})([0-9]{1,9})")
_ROW_NUMBER = re.compile(r"[0-9]{1,9}")
#: What a cell has that is not blank: value, text, formula (ECMA-376 part 1, 18.3.1.4).
_CONTENT = frozenset({"v", "is", "f"})


class UnlikeExcelError(Exception):
    """The workbook has something that Excel never writes."""


class FarCellError(Exception):
    """A cell is so far from the others that nobody could keep all between them; the text is its place."""


class Span:
    """Reads the XML of one part after the other, piece by piece, and counts what its sheets span."""

    def __init__(self) -> None:
        self._parser: expat.XMLParserType | None = None
        #: of the sheets before, in cells
        self._before = 0
        self._fed = 0
        self._row = self._column = 0
        self._last_row = self._last_column = 0
        self._is_open = False

    def begin_part(self) -> None:
        """Begin to read a part that is XML."""
        # Qualified names become `namespace name`, whatever prefix a file has chosen.
        self._parser = parser = expat.ParserCreate(namespace_separator=" ")
        parser.StartElementHandler = self._start
        # Without a DOCTYPE there are no entities, and so nothing that grows or leads elsewhere.
        parser.StartDoctypeDeclHandler = self._refuse
        self._before += self._last_row * self._last_column
        self._fed = self._row = self._column = self._last_row = self._last_column = 0

    def read(self, chunk: bytes) -> None:
        """Read a piece of the part; raises UnlikeExcelError, FarCellError and ExpatError."""
        if self._parser is None:
            return
        self._parser.Parse(chunk)
        self._fed += len(chunk)
        # The parser begins each tag anew when a piece of it comes.
        if self._fed - self._parser.CurrentByteIndex > LONGEST_TAG:
            raise UnlikeExcelError

    def end_part(self) -> None:
        """End the part; raises ExpatError where it breaks off."""
        if self._parser is not None:
            self._parser.Parse(b"", True)
            self._parser = None

    def _refuse(self, *_: object) -> None:
        raise UnlikeExcelError

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        local = name.rpartition(" ")[2]
        if local == "c":
            self._begin_cell(attributes.get("r", ""))
        elif local == "row":
            number = attributes.get("r", "")
            self._row = int(number) if _ROW_NUMBER.fullmatch(number) else self._row + 1
            self._column = 0
        elif local in _CONTENT and self._is_open:
            self._count()

    def _begin_cell(self, reference: str) -> None:
        found = _REFERENCE.fullmatch(reference)
        if found:
            self._column, self._row = _column_number(found[1]), int(found[2])
        else:
            self._column += 1
        self._is_open = True

    def _count(self) -> None:
        self._is_open = False
        self._last_row = max(self._last_row, self._row)
        self._last_column = max(self._last_column, self._column)
        if self._before + self._last_row * self._last_column > LARGEST_SPAN:
            raise FarCellError(f"row {self._row:,}, column {self._column:,}")


def _column_number(letters: str) -> int:
    number = 0
    for letter in letters.upper():
        number = number * 26 + ord(letter) - 64
    return number
