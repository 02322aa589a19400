"""What all formats with rows and columns share: finding the headings, and making rows of what is below."""

import re
from collections.abc import Iterator, Sequence
from itertools import islice

from aftershow.errors import LeadFileError
from aftershow.leads.readers.bounds import MOST_COLUMNS
from aftershow.leads.readers.headings import Columns, place_name, unique_headings
from aftershow.leads.readers.measuring import require_headings, too_wide
from aftershow.leads.readers.rows import LeadRow

#: The headings are among the first so many rows; above them stand titles.
SEARCHED_ROWS = 20
#: Headings never look so: part of an address, of a number.
_DATA = re.compile(r"@|\d{4}")

#: Line, counted from 1, and the texts of a row.
Record = tuple[int, Sequence[str]]


def lead_rows(
    records: Iterator[Record], columns: Columns, *, file: str, sheet: str | None = None
) -> Iterator[LeadRow]:
    """Yield the rows below the headings; a file without any is read by the columns of the show's YAML.

    Raises LeadFileError when there are no headings and the YAML has no columns, or far too many.
    """
    records = ((line, _bounded(file, line, cells)) for line, cells in records)
    first = list(islice(records, SEARCHED_ROWS))
    place = headings_place(first, columns)
    if place is not None:
        line, cells = first[place]
        headings = unique_headings(cells)
        require_headings(file, line, headings)
        below = first[place + 1 :]
    elif columns.by_place:
        headings = tuple(place_name(place) for place in range(1, len(columns.by_place) + 1))
        below = first
    else:
        raise LeadFileError(
            f"{file}: none of the first {SEARCHED_ROWS} rows looks like headings (Name, Email …). Add a row "
            "of headings, or list the columns in order under leads: columns: in the show's YAML."
        )
    yield from _rows(below, headings, file, sheet)
    yield from _rows(records, headings, file, sheet)


def _bounded(file: str, line: int, cells: Sequence[str]) -> Sequence[str]:
    """Return the cells of a row that is not too wide; blank ones behind the last with text don't count."""
    if len(cells) <= MOST_COLUMNS:
        return cells
    last = max((place for place, cell in enumerate(cells, start=1) if cell and not cell.isspace()), default=0)
    if last > MOST_COLUMNS:
        raise too_wide(file, line)
    return cells[:last]


def headings_place(records: Sequence[Record], columns: Columns) -> int | None:
    """Return the place of the row that names the most fields; None when no row names enough.

    One field is enough among words that look like headings; where the YAML says what the columns of files
    without headings are, two.
    """
    scores = [0 if any(map(_DATA.search, cells)) else columns.count_known(cells) for _, cells in records]
    best = max(scores, default=0)
    return scores.index(best) if best >= (2 if columns.by_place else 1) else None


def _filled(cells: Sequence[str]) -> int:
    return sum(1 for cell in cells if cell.strip())


def _rows(
    records: Iterator[Record] | Sequence[Record], headings: tuple[str, ...], file: str, sheet: str | None
) -> Iterator[LeadRow]:
    width = len(headings)
    for line, texts in records:
        cells = {heading: text for heading, text in zip(headings, texts, strict=False) if text.strip()}
        trouble = None
        if len(texts) > width and _filled(texts[width:]):
            cells |= {place_name(place): text for place, text in enumerate(texts[width:], width + 1) if text}
            trouble = f"has {len(texts)} cells below {width} headings; put cells with a delimiter in quotes"
        if cells:
            yield LeadRow(file=file, line=line, sheet=sheet, headings=headings, cells=cells, trouble=trouble)
