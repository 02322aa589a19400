"""What all formats with rows and columns share: finding the headings, and making rows of what is below."""

from collections.abc import Iterator, Sequence

from aftershow.errors import LeadFileError
from aftershow.leads.headings import Columns, place_name, unique_headings
from aftershow.leads.rows import LeadRow

#: The headings are among the first so many rows; above them stand titles.
SEARCHED_ROWS = 20
#: So many headings must be known before a row counts as headings.
_ENOUGH = 2

#: Line, counted from 1, and the texts of a row.
Record = tuple[int, Sequence[str]]


def lead_rows(
    records: Iterator[Record], columns: Columns, *, file: str, sheet: str | None = None
) -> Iterator[LeadRow]:
    """Yield the rows below the headings; a file without any is read by the columns of the show's YAML.

    Raises LeadFileError when there are no headings and the YAML has no columns.
    """
    first = [record for _, record in zip(range(SEARCHED_ROWS), records, strict=False)]
    place = headings_place(first, columns)
    if place is not None:
        headings = unique_headings(first[place][1])
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


def headings_place(records: Sequence[Record], columns: Columns) -> int | None:
    """Return the place of the row that names the most fields; None when no row names enough."""
    scores = [(columns.count_known(cells), _filled(cells)) for _, cells in records]
    best = max((known for known, _ in scores), default=0)
    for place, (known, filled) in enumerate(scores):
        if known == best and known and (known >= _ENOUGH or filled == 1):
            return place
    return None


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
