"""A row of a lead file, the same whatever the format was."""

import hashlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True, slots=True)
class LeadRow:
    """One row, card or form, as the file has it."""

    #: the name of the file
    file: str
    #: where it begins, counted from 1
    line: int
    #: of a workbook with several
    sheet: str | None = None
    #: heading to text, blank cells left out; the text is as written, but for characters no database takes
    cells: Mapping[str, str]
    #: all headings of the file, also of blank cells; none for cards
    headings: tuple[str, ...] = ()
    #: why the cells can't be trusted, where the reader saw it
    trouble: str | None = None

    def fingerprint(self) -> str:
        """Return a hash of the cells (64 hex digits): the same row in another file has the same."""
        cells = [f"{heading}\x1f{self.cells[heading].strip()}\x1e" for heading in sorted(self.cells)]
        return hashlib.blake2b("".join(cells).encode(), digest_size=32).hexdigest()


@dataclass(frozen=True, kw_only=True, slots=True)
class Reading:
    """A lead file that is being read."""

    #: raises LeadFileError where the file breaks off or can't be understood
    rows: Iterator[LeadRow]
    #: how many bytes of the file are behind, about
    done: Callable[[], int]


@dataclass(frozen=True, kw_only=True, slots=True)
class Batch:
    """Rows that are matched and written together."""

    rows: list[LeadRow]
    #: how many bytes of the file are behind, about
    done: int
