"""Read a lead file in a process of its own: it is written by strangers, and read by libraries of others."""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from itertools import chain, islice
from pathlib import Path
from typing import Any

from aftershow.confined.asking import ask
from aftershow.confined.limits import Limits
from aftershow.errors import LeadFileError, LimitError
from aftershow.leads.readers.bounds import BATCH, LARGEST_BATCH
from aftershow.leads.readers.headings import Columns
from aftershow.leads.readers.measuring import Measure
from aftershow.leads.readers.opening import open_leads
from aftershow.leads.readers.rows import Batch, LeadRow

#: What a file within its bounds takes: a sheet is read as a whole, 20 million cells at some 30 bytes.
LIMITS = Limits(seconds=120, memory=1 << 30)

#: A row as it goes between the processes: line, sheet, headings, cells, trouble.
_Plain = tuple[int, str | None, tuple[str, ...], dict[str, str], str | None]


@contextmanager
def reading_apart(path: Path, columns: Columns, limits: Limits = LIMITS) -> Iterator[Iterator[Batch]]:
    """Give the rows of a lead file, batch by batch; the next one is read while one is at work.

    What is wrong with the file as a whole is told before the first. Raises UsageError when there is no such
    file, LeadFileError when it can't be read, or takes more time or memory than any list of leads.
    """
    try:
        with closing(ask(batches, str(path), columns, limits=limits)) as answers:
            first = list(islice(answers, 1))
            yield (_batch(path.name, *answer) for answer in chain(first, answers))
    except LimitError as error:
        raise LeadFileError(
            f"{path.name}: this is no list of leads that can be read: {error}. Copy the leads alone to a new "
            "sheet, save that as CSV, and import it. Nothing was imported from this file."
        ) from None


def batches(path: str, columns: Columns) -> Iterator[tuple[int, list[_Plain]]]:
    """Yield how many bytes are behind, and the rows of a batch; in the other process."""
    reading = open_leads(Path(path), columns)
    measure = Measure(Path(path).stat().st_size)
    plain, size = list[_Plain](), 0
    for row in reading.rows:
        size += measure(row)
        plain.append((row.line, row.sheet, row.headings, dict(row.cells), row.trouble))
        if len(plain) >= BATCH or size >= LARGEST_BATCH:
            yield reading.done(), plain
            plain, size = [], 0
    if plain:
        yield reading.done(), plain


def _batch(file: str, done: int, plain: list[Any]) -> Batch:
    rows = [
        LeadRow(file=file, line=line, sheet=sheet, headings=headings, cells=cells, trouble=trouble)
        for line, sheet, headings, cells, trouble in plain
    ]
    return Batch(rows=rows, done=done)
