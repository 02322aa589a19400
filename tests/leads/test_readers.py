"""Lead files of every kind: how they are taken apart, and how bad ones are refused."""

import codecs
import datetime as dt
import zipfile
from pathlib import Path

import pytest
from openpyxl import Workbook as Excel

from aftershow.errors import LeadFileError, UsageError
from aftershow.leads.readers import unpacking
from aftershow.leads.readers.delimited import delimiter_of
from aftershow.leads.readers.headings import Columns
from aftershow.leads.readers.opening import open_leads
from aftershow.leads.readers.rows import LeadRow
from aftershow.workspace.shows import Layout
from tests.leads.desk import Desk

TEXT = "First name,Last name,Email\r\nZoë,Müller,zoe@example.com\r\n"


def read(path: Path, **layout: object) -> list[LeadRow]:
    """Return all rows of a file."""
    return list(open_leads(path, Columns(Layout.model_validate(layout))).rows)


def written(folder: Path, content: str | bytes, name: str = "leads.csv") -> Path:
    """Write a file and return its path."""
    path = folder / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


@pytest.mark.parametrize(
    "content",
    [
        TEXT.encode(),
        codecs.BOM_UTF8 + TEXT.encode(),
        codecs.BOM_UTF16_LE + TEXT.encode("utf-16-le"),
        codecs.BOM_UTF16_BE + TEXT.encode("utf-16-be"),
        TEXT.encode("utf-16-le"),
        TEXT.encode("utf-16-be"),
        TEXT.encode("utf-32"),
        TEXT.encode("cp1252"),
    ],
    ids=[
        "utf-8",
        "utf-8-bom",
        "utf-16-le-bom",
        "utf-16-be-bom",
        "utf-16-le",
        "utf-16-be",
        "utf-32",
        "cp1252",
    ],
)
def test_encodings(tmp_path: Path, content: bytes) -> None:
    """The encoding is found: by its mark, as strict UTF-8, by zero bytes, or as cp1252."""
    (row,) = read(written(tmp_path, content))
    assert row.cells == {"First name": "Zoë", "Last name": "Müller", "Email": "zoe@example.com"}


def test_cp1252_late_in_a_long_file(tmp_path: Path) -> None:
    """One byte at the end of a long file decides: it is looked at all through."""
    rows = b"".join(b"Ann,Lee,ann%d@example.com\n" % number for number in range(60_000))
    found = read(written(tmp_path, b"First name,Last name,Email\n" + rows + "Jürgen,,\n".encode("cp1252")))
    assert found[-1].cells == {"First name": "Jürgen"}


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_delimiters(tmp_path: Path, delimiter: str) -> None:
    """The delimiter is the one that gives rows of equal width, also where others stand inside quotes."""
    rows = [["Name", "Company", "Email"], ["Ann Lee", '"Lee; Water, Inc|x"', "a@example.com"]] * 2
    (row, *_) = read(written(tmp_path, "\n".join(delimiter.join(row) for row in rows)))
    assert row.cells["Company"] == "Lee; Water, Inc|x"
    assert row.cells["Email"] == "a@example.com"


def test_a_tab_file_is_not_split_at_line_ends() -> None:
    """A short tab file is a tab file."""
    assert delimiter_of(["A\tB\r\n", "1\t2\r\n"]) == "\t"


def test_excel_may_name_the_delimiter(tmp_path: Path) -> None:
    """The line sep=; counts, and is no row."""
    (row,) = read(written(tmp_path, "sep=;\nName;Email\nAnn, Lee;a@example.com\n"))
    assert (row.line, row.cells["Name"]) == (3, "Ann, Lee")


def test_notes_with_line_breaks(tmp_path: Path) -> None:
    """A note may have line breaks and quotation marks; rows are named by the line where they begin."""
    text = 'Name,Email,Notes\nAnn,a@example.com,"one\ntwo ""three""\n"\nBo,b@example.com,3" pump\n'
    ann, bo = read(written(tmp_path, text))
    assert (ann.line, ann.cells["Notes"]) == (2, 'one\ntwo "three"\n')
    assert (bo.line, bo.cells["Notes"]) == (5, '3" pump')


def test_empty_and_repeated_headings(tmp_path: Path) -> None:
    """A column without heading is named by its place, a repeated one is numbered; nothing gets lost."""
    (row,) = read(written(tmp_path, "Name,,Phone,Phone,\nAnn,x,1,2,\n"))
    assert row.cells == {"Name": "Ann", "column 2": "x", "Phone": "1", "Phone (2)": "2"}


def test_titles_above_the_headings(tmp_path: Path) -> None:
    """The headings are found below titles and blank lines."""
    text = "Lead report,,\n\nExhibitor: Example Pumps,,\nName,Company,Email\nAnn,Lee,a@example.com\n"
    (row,) = read(written(tmp_path, text))
    assert (row.line, row.cells["Company"]) == (5, "Lee")


def test_a_row_that_is_too_wide(tmp_path: Path) -> None:
    """A delimiter without quotes shifts the cells: the row is not trusted, and nothing of it is lost."""
    (row,) = read(written(tmp_path, "Name,Company,Email\nAnn,Lee, Inc.,a@example.com\n"))
    assert row.trouble == "has 4 cells below 3 headings; put cells with a delimiter in quotes"
    assert row.cells["column 4"] == "a@example.com"


def test_without_headings(tmp_path: Path) -> None:
    """A file without headings is read by the columns of the YAML, from its first line."""
    (row,) = read(written(tmp_path, "X\tLee\tAnn\n"), columns=("-", "family_name", "given_name"))
    assert (row.line, row.cells) == (1, {"column 1": "X", "column 2": "Lee", "column 3": "Ann"})


def excel(path: Path, **sheets: list[list[object]]) -> Path:
    """Write a workbook."""
    book = Excel()
    book.remove(book.active)
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    book.save(path)
    return path


def test_excel_cells(tmp_path: Path) -> None:
    """Numbers lose the decimals that Excel adds, dates and times are ISO 8601."""
    when = [dt.date(2026, 9, 15), dt.time(14, 5), dt.datetime.fromisoformat("2026-09-15T14:05")]
    rows = [["Name", "Badge", "Scan date", "Scan time", "Created at", "Share", "New"]]
    rows.append(["Ann", 100234.0, *when, 0.93, True])
    (row,) = read(excel(tmp_path / "leads.xlsx", Leads=rows))
    assert list(row.cells.values())[1:] == [
        "100234",
        "2026-09-15",
        "14:05:00",
        "2026-09-15T14:05:00",
        "0.93",
        "true",
    ]


def test_a_workbook_named_csv(tmp_path: Path) -> None:
    """What is in a file decides, not its name."""
    (row,) = read(excel(tmp_path / "leads.csv", Leads=[["Name", "Email"], ["Ann", "a@example.com"]]))
    assert row.cells["Name"] == "Ann"


def test_answers_on_a_second_sheet(tmp_path: Path) -> None:
    """Questions and answers go to the rows of their badge; of an unknown badge they are their own row."""
    leads = [["Badge ID", "Name"], ["007", "Ann"]]
    answers = [["Badge ID", "Question", "Answer"], [7, "When?", "Now"], [7, "When?", "Soon"]]
    answers.append([8, "When?", "x"])
    ann, other = read(excel(tmp_path / "leads.xlsx", Leads=leads, Qualifiers=answers, Empty=[]))
    assert ann.cells == {"Badge ID": "007", "Name": "Ann", "When?": "Now; Soon"}
    assert (other.sheet, other.line, other.cells) == ("Qualifiers", 4, {"Badge ID": "8", "When?": "x"})


CARDS = {
    "2.1": (
        "VERSION:2.1\r\nN;ENCODING=QUOTED-PRINTABLE;CHARSET=ISO-8859-1:M=FCl=\r\nler;J=FCrgen;;Dr.\r\n"
        "TEL;CELL:0171 5550123\r\nNOTE;QUOTED-PRINTABLE:one=0D=0Atwo\r\nX-BROKEN LINE\r\n",
        {"Family name": "Müller", "Given name": "Jürgen", "Mobile": "0171 5550123", "Notes": "one\r\ntwo"},
    ),
    "3.0": (
        "VERSION:3.0\r\nitem1.EMAIL;TYPE=INTERNET,WORK:a@example.com\r\nN:O\\,Hara;Ann;;;\r\n"
        "ADR;TYPE=WORK:;;1 Main St;Peoria;IL;61602;USA\r\nNOTE:a long\r\n  line\\nand another\r\n",
        {
            "Email": "a@example.com",
            "Family name": "O,Hara",
            "Address": "1 Main St",
            "City": "Peoria",
            "Notes": "a long line\nand another",
        },
    ),
    "4.0": (
        'VERSION:4.0\r\nFN:Hana Sato\r\nTEL;VALUE=uri;TYPE="voice,work":tel:+81-48-555-0123\r\n'
        "PHOTO:data:image/png;base64,AAAA\r\nURL:https://example.jp\r\n",
        {"Full name": "Hana Sato", "Phone": "+81-48-555-0123", "Url": "https://example.jp"},
    ),
}


@pytest.mark.parametrize("version", CARDS)
def test_vcards(tmp_path: Path, version: str) -> None:
    """vCards of all versions, with folded lines, quoted-printable and lines that make no sense."""
    body, expected = CARDS[version]
    (row,) = read(written(tmp_path, f"BEGIN:VCARD\r\n{body}END:VCARD\r\n", "cards.vcf"))
    assert {name: row.cells.get(name) for name in expected} == expected
    assert row.trouble is None


def test_a_card_that_is_cut_off(tmp_path: Path) -> None:
    """A card without an end is not trusted; the card after it is."""
    text = "BEGIN:VCARD\nFN:Ann Lee\nBEGIN:VCARD\nFN:Bo Ray\nEND:VCARD\n"
    ann, bo = read(written(tmp_path, text, "cards.vcf"))
    assert ann.trouble == "this card has no END:VCARD; the file may be cut off here"
    assert (bo.line, bo.trouble) == (3, None)


def _bomb(path: Path) -> bytes:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", "<workbook/>")
        archive.writestr("xl/worksheets/sheet1.xml", b" " * 3_000_000)
    return path.read_bytes()


def _far_cell(path: Path) -> bytes:
    book = Excel()
    book.active["A1"] = "Name"
    book.active["XFD20000"] = "far away"
    book.save(path)
    return path.read_bytes()


def _zip(path: Path) -> bytes:
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("leads.csv", TEXT)
    return path.read_bytes()


#: Name of the case: the file's bytes, and a part of what is said of it.
BAD = {
    "pdf": (b"%PDF-1.7\n%\xe2\xe3", "is a PDF"),
    "empty": (b"", "is empty"),
    "blank": (b"\xef\xbb\xbf \r\n\r\n", "is empty"),
    "binary": (bytes(range(256)) * 40, "is no text"),
    "picture": (b"\x89PNG\r\n\x1a\n" + bytes(64), "is a picture"),
    "web page": (b"<html><table><tr><td>Name</td></tr></table>", "is a web page"),
    "no headings": (b"a,b\n1,2\n3,4\n", "looks like headings"),
    "broken quotes": (TEXT.encode() + b'Bo,"Ray"x,b@example.com\r\n', "leads.csv:3: the quotation marks"),
    "open quote": (
        TEXT.encode() + b'Bo,"Ray,b@example.com\r\nAnn,Lee,a@example.com',
        "leads.csv:3: the quot",
    ),
    "huge cell": (
        TEXT.encode() + b'Bo,"' + b"x\n" * 200_000 + b'",\r\n',
        "leads.csv:3: a cell has more than",
    ),
    "huge line": (TEXT.encode() + b"x" * 3_000_000, "leads.csv:3: this line has more than"),
    "no workbook": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(4_000), "this workbook can't be read"),
    "damaged workbook": (b"PK\x03\x04" + bytes(400), "this workbook is damaged"),
    "far cell": (_far_cell, "a cell in row 20,000, column 16,384, far from the leads"),
    "zip": (_zip, "no .xlsx workbook"),
}


@pytest.mark.parametrize("case", BAD)
def test_bad_files(sqlite_desk: Desk, tmp_path: Path, case: str) -> None:
    """A file that can't be read is refused with what is wrong, and the database stays as it was."""
    made, said = BAD[case]
    content = made if isinstance(made, bytes) else made(tmp_path / "made.xlsx")
    sqlite_desk.put(TEXT, name="good.csv")
    before = sqlite_desk.everything()
    with pytest.raises(LeadFileError, match=said):
        sqlite_desk.put(content)
    assert sqlite_desk.everything() == before


def test_a_break_late_in_a_file_takes_everything_back(desk: Desk) -> None:
    """What stood before the break is not imported either, on both databases."""
    rows = "".join(f"Ann,Lee{number},a{number}@example.com\n" for number in range(1_500))
    before = desk.everything()
    with pytest.raises(LeadFileError, match=r"leads\.csv:1502: the quotation marks"):
        desk.put(f'First name,Last name,Email\n{rows}Bo,"Ray"x,b@example.com\n')
    assert desk.everything() == before


def test_errors_do_not_repeat_what_people_wrote(sqlite_desk: Desk) -> None:
    """An error names file and line, never the cell."""
    with pytest.raises(LeadFileError) as caught:
        sqlite_desk.put(TEXT + 'Secret,"Person"x,secret@example.com\n')
    assert "Secret" not in str(caught.value)
    assert "secret" not in str(caught.value)


def test_no_such_file(sqlite_desk: Desk, tmp_path: Path) -> None:
    """A path without a file is a wrong call."""
    with pytest.raises(UsageError, match="no such file"):
        sqlite_desk.take([tmp_path / "nothing.csv"])


def test_the_size_of_an_archive_is_not_believed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An archive that lies about what it unpacks to is refused all the same."""
    monkeypatch.setattr(unpacking, "LARGEST_UNPACKED", 2_000_000)
    content = bytearray(_bomb(tmp_path / "made.xlsx"))
    size = (3_000_000).to_bytes(4, "little")
    assert content.count(size) == 2
    with pytest.raises(LeadFileError, match="unpacks to more than"):
        read(tmp_path / "made.xlsx")
    path = written(tmp_path, bytes(content).replace(size, (1_000).to_bytes(4, "little")), "liar.xlsx")
    with pytest.raises(LeadFileError, match="unpacks to more than"):
        read(path)
