"""Text files with delimiters (CSV and its kin), in the dialects that exports come in."""

import csv
import io
import re
from collections.abc import Iterator
from itertools import chain, islice
from pathlib import Path

from aftershow.errors import LeadFileError
from aftershow.leads.readers.bounds import LONGEST_ROW
from aftershow.leads.readers.headings import Columns
from aftershow.leads.readers.measuring import row_too_long
from aftershow.leads.readers.rows import Reading
from aftershow.leads.readers.tables import Record, lead_rows
from aftershow.leads.readers.texts import lines_of

_DELIMITERS = ",;\t|"
#: So much of the beginning chooses the delimiter.
_SAMPLE_LINES, _SAMPLE_CHARACTERS = 60, 65_536
#: Excel's own first line, which names the delimiter.
_NAMED = re.compile(r"sep=([^\w\s\"']|\t)\r?\n?", re.IGNORECASE)


def read_delimited(path: Path, columns: Columns, *, encoding: str) -> Reading:
    """Read a text file with delimiters; texts.encoding_of tells its encoding."""
    file = path.open("rb")

    def rows() -> Iterator[Record]:
        with file:
            yield from _records(path, io.TextIOWrapper(file, encoding, newline=""))

    return Reading(rows=lead_rows(rows(), columns, file=path.name), done=lambda: _position(file))


def _position(file: io.BufferedReader) -> int:
    return 0 if file.closed else file.tell()


def _records(path: Path, text: io.TextIOWrapper) -> Iterator[Record]:
    lines = lines_of(path, text)
    sample = list(islice(lines, _SAMPLE_LINES))
    named = _NAMED.fullmatch(sample[0]) if sample else None
    skipped = 1 if named else 0
    delimiter = named[1] if named else delimiter_of(sample)
    bounded = _Bounded(chain(sample[skipped:], lines))
    reader = csv.reader(bounded, delimiter=delimiter, strict=True)
    begins = skipped + 1
    try:
        for cells in reader:
            yield begins, cells
            begins = reader.line_num + skipped + 1
            bounded.given = 0
    except csv.Error as error:
        raise _broken(path, begins, reader.line_num + skipped, error) from error
    except _TooLongError as error:
        raise row_too_long(path.name, begins) from error


class _TooLongError(Exception):
    """A row goes on and on, over many lines."""


class _Bounded:
    """Lines for one row after the other, as long as a row may be."""

    def __init__(self, lines: Iterator[str]) -> None:
        self._lines = lines
        #: characters of the row that is being read
        self.given = 0

    def __iter__(self) -> Iterator[str]:
        for line in self._lines:
            self.given += len(line)
            if self.given > LONGEST_ROW:
                raise _TooLongError
            yield line


def _broken(path: Path, begins: int, ends: int, error: csv.Error) -> LeadFileError:
    if "field limit" in str(error):
        return LeadFileError(
            f"{path.name}:{begins}: a cell has more than {csv.field_size_limit():,} characters. Is a "
            "quotation mark missing? Nothing was imported from this file."
        )
    return LeadFileError(
        f"{path.name}:{begins}: the quotation marks don't fit, from here to line {ends}. Inside a quoted "
        'cell a quotation mark is written twice (""). Nothing was imported from this file.'
    )


def delimiter_of(lines: list[str]) -> str:
    """Return the delimiter under which the lines, parsed as CSV, have the same width most often."""
    return max(_DELIMITERS, key=lambda delimiter: _evenness(lines, delimiter))


def _evenness(lines: list[str], delimiter: str) -> tuple[float, int]:
    text = "".join(lines)[:_SAMPLE_CHARACTERS]
    try:
        widths = [
            len(cells) for cells in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter) if cells
        ]
    except csv.Error:
        return 0.0, 0
    wide = [width for width in widths if width > 1]
    if not wide:
        return 0.0, 0
    usual = max(set(wide), key=wide.count)
    return wide.count(usual) / len(widths), usual
