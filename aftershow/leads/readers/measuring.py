"""How much the rows of a file amount to, whatever its format is."""

from aftershow.errors import LeadFileError
from aftershow.leads.readers.bounds import (
    LONGEST_HEADING,
    LONGEST_HEADINGS,
    LONGEST_ROW,
    MOST_COLUMNS,
    MOST_FOR_EACH_BYTE,
    MOST_KEPT,
    MOST_ROWS,
    SMALLEST_MOST,
)
from aftershow.leads.readers.rows import LeadRow

_NOTHING = "Nothing was imported from this file."


class Measure:
    """Takes the measure of one row after the other, and refuses what is no list of leads."""

    def __init__(self, size: int) -> None:
        """`size` is that of the file, in bytes."""
        self._headings: set[str] = set()
        self._rows = self._kept = self._cells = 0
        self._most_of_cells = max(size * MOST_FOR_EACH_BYTE, SMALLEST_MOST)

    def __call__(self, row: LeadRow) -> int:
        """Return how many characters are kept of a row; raises LeadFileError when it is all too much."""
        if not row.cells.keys() <= self._headings:
            self._headings.update(row.cells)
            require_headings(row.file, row.line, self._headings)
        cells = sum(map(len, row.cells.values()))
        if cells > LONGEST_ROW:
            raise row_too_long(row.file, row.line)
        size = cells + sum(map(len, row.cells))
        self._rows += 1
        self._kept += size
        self._cells += cells
        if self._cells > self._most_of_cells:
            raise LeadFileError(
                f"{row.file}:{row.line}: the cells of this file come to more than {MOST_FOR_EACH_BYTE} times "
                f"its size: the same long text stands in many of them. Take that column out. {_NOTHING}"
            )
        if self._rows > MOST_ROWS or self._kept > MOST_KEPT:
            raise LeadFileError(
                f"{row.file}:{row.line}: this file has more than {MOST_ROWS:,} rows, or too many that are "
                f"long. Split it. {_NOTHING}"
            )
        return size


def require_headings(file: str, line: int, headings: set[str] | tuple[str, ...]) -> None:
    """Raise LeadFileError for headings that are too many or too long."""
    if len(headings) > MOST_COLUMNS:
        raise too_wide(file, line)
    lengths = [len(heading) for heading in headings]
    if max(lengths, default=0) > LONGEST_HEADING or sum(lengths) > LONGEST_HEADINGS:
        raise LeadFileError(
            f"{file}:{line}: a heading has more than {LONGEST_HEADING:,} characters, or all of them together "
            f"have more than {LONGEST_HEADINGS:,}. Shorten them. {_NOTHING}"
        )


def too_wide(file: str, line: int) -> LeadFileError:
    """Return what is wrong with a row, or with rows that never have the same headings."""
    return LeadFileError(
        f"{file}:{line}: this file has more than {MOST_COLUMNS:,} columns, or different headings. Take out "
        f"those that say nothing of the leads. {_NOTHING}"
    )


def row_too_long(file: str, line: int) -> LeadFileError:
    """Return what is wrong with a row that no memory should have to hold."""
    return LeadFileError(
        f"{file}:{line}: this row or card has more than {LONGEST_ROW:,} characters. Is a quotation mark or "
        f"an END:VCARD missing? {_NOTHING}"
    )
