"""Excel workbooks: the sheets with leads, and a sheet of questions and answers that belongs to them."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from itertools import islice
from pathlib import Path

from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook, PasswordError, SheetTypeEnum

from aftershow.errors import LeadFileError
from aftershow.leads.readers.badges import normal_badge
from aftershow.leads.readers.bounds import LARGEST_LEGACY, MOST_SHEETS
from aftershow.leads.readers.headings import QUESTION, REPLY, Columns
from aftershow.leads.readers.rows import LeadRow, Reading
from aftershow.leads.readers.tables import SEARCHED_ROWS, Record, headings_place, lead_rows
from aftershow.leads.readers.unpacking import check_workbook

#: Excel's sheets have names of 31 characters.
_LONGEST_NAME = 100
#: What calamine gives for a cell.
Cell = int | float | str | bool | time | date | datetime | timedelta


def read_workbook(path: Path, columns: Columns, *, packed: bool) -> Reading:
    """Read a workbook: .xlsx when `packed`, else .xls.

    A sheet with headings for badge, question and answer adds to the rows of its badges, under the question as
    heading. Sheets that are neither that nor leads are left out, as long as one has leads.
    """
    if packed:
        check_workbook(path)
    elif path.stat().st_size > LARGEST_LEGACY:
        raise LeadFileError(f"{path.name}: this workbook is larger than any list of leads. Save it as .xlsx.")
    book = _Book(path, columns)
    return Reading(rows=book.rows(), done=lambda: int(book.share * path.stat().st_size))


@dataclass(kw_only=True, slots=True)
class _Answers:
    """What the second sheet says of one badge."""

    sheet: str
    line: int
    replies: dict[str, list[str]] = field(default_factory=dict)
    given_away: bool = False

    @property
    def cells(self) -> dict[str, str]:
        """The replies to each question on one line."""
        return {question: "; ".join(replies) for question, replies in self.replies.items()}


class _Book:
    """A workbook that is being read."""

    def __init__(self, path: Path, columns: Columns) -> None:
        self._path = path
        self._columns = columns
        self._sheets = _open(path)
        self._answers: dict[str, _Answers] = {}
        #: how much is behind, from 0 to 1
        self.share = 0.0

    def rows(self) -> Iterator[LeadRow]:
        """Yield the leads with their answers, then answers whose badge is not among them."""
        questions = [name for name in self._sheets if self._asks(name)]
        others = [name for name in self._sheets if name not in questions]
        leads = [name for name in others if headings_place(self._first(name), self._columns) is not None]
        for name in questions:
            self._read_answers(name)
        for name in leads or others[:1]:
            yield from map(self._answered, self._lead_rows(name))
        yield from self._left_over()

    def _lead_rows(self, name: str) -> Iterator[LeadRow]:
        sheet = _shown(name) if len(self._sheets) > 1 else None
        total = self._sheets[name].total_height or 1
        for row in lead_rows(self._records(name), self._columns, file=self._path.name, sheet=sheet):
            self.share = min(row.line / total, 1.0)
            yield row

    def _answered(self, row: LeadRow) -> LeadRow:
        for heading, text in row.cells.items():
            if self._columns.field(heading) == "badge" and normal_badge(text) in self._answers:
                answers = self._answers[normal_badge(text)]
                answers.given_away = True
                return replace(row, cells={**row.cells, **answers.cells})
        return row

    def _left_over(self) -> Iterator[LeadRow]:
        for badge, answers in self._answers.items():
            if not answers.given_away:
                cells = {"Badge ID": badge, **answers.cells}
                yield LeadRow(file=self._path.name, line=answers.line, sheet=answers.sheet, cells=cells)

    def _read_answers(self, name: str) -> None:
        for row in lead_rows(self._records(name), self._columns, file=self._path.name):
            by_field = {self._columns.known(heading): text for heading, text in row.cells.items()}
            badge, question = normal_badge(by_field.get("badge", "")), by_field.get(QUESTION, "").strip()
            reply = by_field.get(REPLY, "").strip()
            if not badge or not question or not reply:
                continue
            answers = self._answers.setdefault(badge, _Answers(sheet=_shown(name), line=row.line))
            answers.replies.setdefault(question, []).append(reply)

    def _asks(self, name: str) -> bool:
        first = self._first(name)
        place = headings_place(first, self._columns)
        fields = {self._columns.known(cell) for cell in first[place][1]} if place is not None else set()
        return {"badge", QUESTION, REPLY} <= fields

    def _first(self, name: str) -> list[Record]:
        return list(islice(self._records(name), SEARCHED_ROWS))

    def _records(self, name: str) -> Iterator[Record]:
        for line, cells in enumerate(self._sheets[name].iter_rows(), start=1):
            yield line, [_text(cell) for cell in cells]


def _open(path: Path) -> dict[str, CalamineSheet]:
    try:
        # Not by its path: a workbook is often named .csv or .xls.
        with path.open("rb") as file:
            book = CalamineWorkbook.from_filelike(file)
        tables = [sheet.name for sheet in book.sheets_metadata if sheet.typ == SheetTypeEnum.WorkSheet]
        if len(tables) > MOST_SHEETS:
            raise LeadFileError(
                f"{path.name}: this workbook has more than {MOST_SHEETS} sheets. Copy the leads alone to a "
                "new workbook."
            )
        return {name: book.get_sheet_by_name(name) for name in tables}
    except PasswordError as error:
        raise LeadFileError(
            f"{path.name}: this workbook has a password. Take it off in Excel, save, and import again."
        ) from error
    except (CalamineError, OSError, ValueError) as error:
        raise LeadFileError(
            f"{path.name}: this workbook can't be read. Open it in Excel and save it as .xlsx or .csv."
        ) from error


def _shown(name: str) -> str:
    return name[:_LONGEST_NAME].replace("\0", "")


def _text(cell: Cell) -> str:
    if isinstance(cell, str):
        return cell.replace("\0", "")
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() and abs(cell) < 1e15 else repr(cell)
    if isinstance(cell, datetime | date | time):
        return cell.isoformat()
    return str(cell)
