"""Text files of any encoding, line by line, never more of them in memory than a line may have."""

import codecs
from collections.abc import Iterator
from io import TextIOWrapper
from pathlib import Path

from aftershow.errors import LeadFileError
from aftershow.leads.readers.bounds import LONGEST_LINE, MOST_LINES

_CHUNK = 1 << 20
#: The longer marks first: UTF-32 begins like UTF-16.
_MARKS = [
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
]


def encoding_of(path: Path) -> str | None:
    """Return the encoding of a text file; None for what is no text.

    A byte-order mark says it. Zero bytes on one side of each pair mean UTF-16. What is not strict UTF-8 all
    through is cp1252, as long as it has none of the bytes that cp1252 leaves out.
    """
    with path.open("rb") as file:
        head = file.read(4_096)
    for mark, encoding in _MARKS:
        if head.startswith(mark):
            return encoding if _decodes(path, encoding) else None
    if 0 in head:
        even, odd = head[::2].count(0), head[1::2].count(0)
        guess = "utf-16-le" if odd > even else "utf-16-be"
        return guess if max(even, odd) > 4 * min(even, odd) and _decodes(path, guess) else None
    return next((encoding for encoding in ("utf-8", "cp1252") if _decodes(path, encoding)), None)


def _decodes(path: Path, encoding: str) -> bool:
    decoder = codecs.getincrementaldecoder(encoding)()
    with path.open("rb") as file:
        try:
            while chunk := file.read(_CHUNK):
                if "\0" in decoder.decode(chunk):
                    return False
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            return False
    return True


def lines_of(path: Path, text: TextIOWrapper) -> Iterator[str]:
    """Yield the lines with their ends; raises LeadFileError for one that no memory should have to hold."""
    number = 0
    while line := text.readline(LONGEST_LINE):
        number += 1
        if len(line) == LONGEST_LINE:
            raise LeadFileError(
                f"{path.name}:{number}: this line has more than {LONGEST_LINE:,} characters. Export the "
                "file again. Nothing was imported from this file."
            )
        if number > MOST_LINES:
            raise LeadFileError(
                f"{path.name}: this file has more than {MOST_LINES:,} lines. Split it, or export it again. "
                "Nothing was imported from this file."
            )
        yield line
