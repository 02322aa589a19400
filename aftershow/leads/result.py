"""What came of importing lead files."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True, kw_only=True, slots=True)
class FixEntry:
    """A row that can't be used until someone corrects it."""

    file: str
    #: counted from 1
    line: int
    reason: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Note:
    """A cell that could not be read in a row that is in use all the same."""

    file: str
    line: int
    #: our name for the column
    field: str
    reason: str


@dataclass(frozen=True, kw_only=True, slots=True)
class ImportResult:
    """The figures of an import; of several files the sums.

    rows = captures + rows that were imported before or stand twice in the file + the fix list.
    """

    #: rows, cards or forms read below the headings; rows without any text are no rows
    rows: int = 0
    #: rows that are in the database now and were not before
    captures: int = 0
    #: persons whom the database did not have before
    contacts_new: int = 0
    #: persons whom the database had before the file, and of whom the file speaks; each once per file
    contacts_matched: int = 0
    #: pairs of person and show that are new
    leads_new: int = 0
    #: pairs of persons who may be one that are new on the review list
    review: int = 0
    #: rows that can't be used, in the order of the file
    fix_list: tuple[FixEntry, ...] = ()
    #: cells that could not be read in rows that were imported now
    notes: tuple[Note, ...] = ()

    def __add__(self, other: "ImportResult") -> "ImportResult":
        return ImportResult(
            rows=self.rows + other.rows,
            captures=self.captures + other.captures,
            contacts_new=self.contacts_new + other.contacts_new,
            contacts_matched=self.contacts_matched + other.contacts_matched,
            leads_new=self.leads_new + other.leads_new,
            review=self.review + other.review,
            fix_list=self.fix_list + other.fix_list,
            notes=self.notes + other.notes,
        )

    def as_json(self) -> Mapping[str, Any]:
        """Return the document of `aftershow import --json`."""
        document = asdict(self)
        del document["notes"]
        return document
