"""Lead files that were made to stop or to kill whoever imports them.

Each is small, and is imported in a process with limits: an import that is not safe fails cheaply.
"""

import zipfile
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import pytest

from aftershow.confined.asking import ask
from aftershow.confined.limits import Limits
from aftershow.errors import LeadFileError
from aftershow.leads.importing import import_files
from aftershow.store.engine import open_engine
from aftershow.workspace.settings import Settings
from aftershow.workspace.workspace import load_workspace
from tests.attacks.workbooks import HEAD, MAIN, cell, legacy, packed, parts, sheet
from tests.leads.desk import NOW, show

#: What the importing process itself may take; reading is limited by itself.
ENOUGH = Limits(seconds=15, memory=600 << 20)
LONG_WORDS = "Shorten them"
WIDE = "this file has more than 1,000 columns"
TOO_LONG = "this row or card has more than 200,000 characters"
DAMAGED = "this workbook is damaged"
FAR = "far from the leads"


def outcome(path: str, database: str, settings: Settings) -> Iterator[str]:
    """Yield what somebody who imports a file is told."""
    engine = open_engine(f"sqlite:///{database}")
    try:
        yield f"{import_files(engine, show(), settings, [Path(path)], now=NOW).rows} rows"
    except LeadFileError as error:
        yield str(error)
    engine.dispose()


@pytest.fixture(scope="module")
def settings() -> Settings:
    return load_workspace(Path(__file__).parents[2], {}).settings


@pytest.fixture
def told(tmp_path: Path, sqlite_template: Path, settings: Settings) -> "Told":
    return Told(tmp_path, sqlite_template, settings)


class Told:
    """Imports what an attacker wrote, and returns what is said of it."""

    def __init__(self, folder: Path, template: Path, settings: Settings) -> None:
        self._folder, self._settings = folder, settings
        self._database = folder / "a.db"
        self._database.write_bytes(template.read_bytes())

    def __call__(self, content: bytes, name: str = "leads.csv") -> str:
        path = self._folder / name
        path.write_bytes(content)
        (said,) = ask(outcome, str(path), str(self._database), self._settings, limits=ENOUGH)
        return str(said)


def book(rows: str, *, before: str = "", after: str = "") -> bytes:
    return packed(parts(sheet(HEAD + rows, before=before, after=after)))


def far(row: str) -> bytes:
    """A workbook with a row that is far from the headings."""
    return book(row)


#: Each says the same to a spreadsheet library: make room for billions of cells.
FAR_CELLS = {
    "single quotes": "<row r='400000'><c r='XFD400000' t='inlineStr'><is><t>x</t></is></c></row>",
    "last row": f'<row r="1048576">{cell("XFD1048576")}</row>',
    "sparse": f'<row r="2">{cell("XFD2")}</row><row r="1048576">{cell("A1048576")}</row>',
    "blanks around": '<row\n r\t= "400000" ><c r = "XFD400000"><v>1</v></c></row>',
    "characters by number": '<row r="&#52;00000"><c r="XFD4&#x30;0000"><v>1</v></c></row>',
    "attributes before": '<row spans="1:2" ht="15" r="400000"><c s="1" r="XFD400000"><v>1</v></c></row>',
    "the cell alone": f'<row r="2">{cell("XFD400000")}</row>',
    "no row number": f"<row>{cell('XFD400000')}</row>",
    "small letters": f'<row r="2">{cell("xfd400000")}</row>',
    "a prefix": f'<x:row xmlns:x="{MAIN}" r="400000"><x:c r="XFD400000"><x:v>1</x:v></x:c></x:row>',
    "a formula": '<row r="400000"><c r="XFD400000"><f>1+1</f><v>2</v></c></row>',
    "a section": '<row r="400000"><c r="XFD400000"><v><![CDATA[1]]></v></c></row>',
}


@pytest.mark.parametrize("case", FAR_CELLS)
def test_a_cell_far_away(told: Told, case: str) -> None:
    """A cell at the other end of a sheet fills no memory, however its XML is spelled."""
    assert FAR in told(far(FAR_CELLS[case]), "leads.xlsx")


def test_a_far_cell_in_another_encoding(told: Told) -> None:
    """The same in UTF-16: whichever parser understands it."""
    text = '<?xml version="1.0" encoding="UTF-16"?>' + sheet(HEAD + FAR_CELLS["last row"])
    said = told(packed(parts(text.encode("utf-16"))), "leads.xlsx")
    assert FAR in said or "can't be read" in said


def test_far_cells_of_many_sheets(told: Told) -> None:
    """Sheets that are each within bounds are not when there are many of them."""
    contents = parts(sheet(HEAD))
    for number in range(2, 20):
        contents[f"xl/worksheets/sheet{number}.xml"] = sheet(HEAD + f'<row r="9000">{cell("ZZ9000")}</row>')
    assert FAR in told(packed(contents), "leads.xlsx")


ENTITIES = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10 if n else "lol"}">' for n in range(10))
#: XML that makes a parser work without end, or look elsewhere.
XML = {
    "tags that never end": "<row " * 400_000,
    "tags that never end, prefixed": "<a" * 300_000 + ":row " * 60_000,
    "columns that never end": ' r="' * 400_000,
    "an endless attribute": sheet(f'<row r="{"1" * 3_000_000}"/>'),
    "an endless comment": sheet(f"<!--{'<row ' * 500_000}-->"),
    "entities in entities": f'<!DOCTYPE worksheet [{ENTITIES}]><worksheet xmlns="{MAIN}">&l9;</worksheet>',
    "one long entity": f'<!DOCTYPE worksheet [<!ENTITY a "{"a" * 100_000}">]>{sheet("&a;" * 50_000)}',
    "an entity of a file": f'<!DOCTYPE worksheet [<!ENTITY a SYSTEM "file:///etc/passwd">]>{sheet("&a;")}',
    "a document type": f'<!DOCTYPE worksheet SYSTEM "http://example.com/x.dtd">{sheet("")}',
}


@pytest.mark.parametrize("case", XML)
def test_xml_without_end(told: Told, case: str) -> None:
    """What Excel never writes is refused before anybody works on it."""
    assert DAMAGED in told(packed(parts(XML[case])), "leads.xlsx")


def test_deep_xml(told: Told) -> None:
    """Elements inside each other, far down, end nobody."""
    deep = "<a>" * 200_000 + "</a>" * 200_000
    assert told(book(f'<row r="2">{cell("B2")}</row>', after=deep), "leads.xlsx") == "1 rows"


def test_one_text_in_many_cells(told: Told) -> None:
    """A text that the cells of a sheet share is not kept once for each of them."""
    strings = f'<sst xmlns="{MAIN}"><si><t>{"x" * 1_000_000}</t></si></sst>'
    rows = "".join(f'<row r="{n}"><c r="A{n}" t="s"><v>0</v></c></row>' for n in range(2, 5_000))
    said = told(packed(parts(sheet(HEAD + rows), strings=strings)), "leads.xlsx")
    assert "more than 1024 MB of memory" in said
    assert "save that as CSV" in said


def test_one_text_in_many_rows_of_people(told: Told) -> None:
    """A small workbook does not become a large database, whoever its rows are about."""
    strings = f'<sst xmlns="{MAIN}"><si><t>{"😀" * 60_000}</t></si></sst>'
    head = f'<row r="1">{cell("A1", "Email")}{cell("B1", "Note")}</row>'
    rows = "".join(
        f'<row r="{n}">{cell(f"A{n}", f"a{n}@example.com")}<c r="B{n}" t="s"><v>0</v></c></row>'
        for n in range(2, 400)
    )
    said = told(packed(parts(sheet(head + rows), strings=strings)), "leads.xlsx")
    assert "the same long text stands in many of them" in said


def test_many_sheets(told: Told) -> None:
    """Sheets that are all the same part are not read thousands of times."""
    rows = "".join(f'<row r="{n}">{cell(f"B{n}")}</row>' for n in range(2, 2_000))
    assert "more than 100 sheets" in told(packed(parts(sheet(HEAD + rows), sheets=5_000)), "leads.xlsx")


def test_an_old_workbook(told: Told) -> None:
    """The format of before 2007 is read, too."""
    assert "looks like headings" in told(legacy((0, 1), (0, 1), sheets=1), "leads.xls")


@pytest.mark.proof
def test_far_cells_of_an_old_workbook(told: Told) -> None:
    """It has no XML, and far cells on many sheets all the same; it takes half a minute to fill the memory."""
    said = told(legacy((0, 65_535), (0, 255), sheets=90), "leads.xls")
    assert "more than 1024 MB of memory" in said


def _altered(content: bytes, old: bytes, new: bytes) -> bytes:
    assert old in content
    return content.replace(old, new)


def _twice() -> bytes:
    """Two entries of the directory that are one member of the archive."""
    file = BytesIO(packed(parts(sheet(HEAD))))
    with zipfile.ZipFile(file, "a") as archive:
        info = archive.infolist()[-1]
        again = zipfile.ZipInfo("xl/worksheets/again.xml")
        for name in ("header_offset", "compress_size", "file_size", "CRC", "compress_type"):
            setattr(again, name, getattr(info, name))
        archive.filelist.append(again)
        archive.NameToInfo[again.filename] = again
        archive.comment = b"x"
    return file.getvalue()


def _same_names() -> bytes:
    file = BytesIO(packed(parts(sheet(HEAD))))
    with zipfile.ZipFile(file, "a") as archive, pytest.warns(UserWarning, match="Duplicate"):
        archive.writestr("xl/worksheets/sheet1.xml", sheet(HEAD))
    return file.getvalue()


def _encrypted() -> bytes:
    content = bytearray(packed(parts(sheet(HEAD))))
    at = content.index(b"PK\x01\x02")
    content[at + 8] |= 1
    return bytes(content)


def _streamed() -> bytes:
    """Sizes behind the members, as programs write that don't know them before."""

    class Pipe(BytesIO):
        def seekable(self) -> bool:
            return False

    file = Pipe()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts(sheet(HEAD + f'<row r="2">{cell("B2")}</row>')).items():
            archive.writestr(name, content)
    return file.getvalue()


def _zip64() -> bytes:
    file = BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts(sheet(HEAD + f'<row r="2">{cell("B2")}</row>')).items():
            with archive.open(name, "w", force_zip64=True) as member:
                member.write(content.encode() if isinstance(content, str) else content)
    return file.getvalue()


#: Archives, and what is said of them.
ARCHIVES = {
    "one member, two names": (_twice, DAMAGED),
    "one name, two members": (_same_names, DAMAGED),
    "a password": (_encrypted, "has a password"),
    "sizes behind": (_streamed, "1 rows"),
    "zip64": (_zip64, "1 rows"),
    "absolute paths": (
        lambda: packed({**parts(sheet(HEAD)), "/etc/cron.d/x.xml": "<a/>", "../x.xml": "<a/>"}),
        "0 r",
    ),
    "an archive in an archive": (
        lambda: packed({"leads.xlsx": packed(parts(sheet(HEAD)))}),
        "no .xlsx workbook",
    ),
    "OpenDocument": (lambda: packed({"mimetype": "x", "content.xml": "<a/>"}), "no .xlsx workbook"),
    "binary workbook": (lambda: packed({"xl/workbook.bin": b"x"}), "no .xlsx workbook"),
    "cut off": (lambda: packed(parts(sheet(HEAD)))[:-30], DAMAGED),
    "half": (lambda: packed(parts(sheet(HEAD)))[:400], DAMAGED),
    "a size that is none": (lambda: book("", before='<dimension ref="A1:XFD1048576"/>'), "0 rows"),
    "everything merged": (
        lambda: book("", after='<mergeCells><mergeCell ref="A1:XFD1048576"/></mergeCells>'),
        "0 rows",
    ),
}


@pytest.mark.parametrize("case", ARCHIVES)
def test_archives(told: Told, case: str) -> None:
    """An archive that says two things at once is refused; one that is merely unusual is read."""
    made, said = ARCHIVES[case]
    assert said in told(made(), "leads.xlsx")


def card(*lines: str) -> bytes:
    return "\r\n".join(("BEGIN:VCARD", "VERSION:2.1", "N:Lee;Ann", *lines, "END:VCARD", "")).encode()


QUOTED = "NOTE;ENCODING=QUOTED-PRINTABLE"
#: Cards, and what is said of them.
CARDS = {
    "one property, again and again": (card(*["TEL:1"] * 40_000), WIDE),
    "ever new properties": (card(*[f"X-A{n}:1" for n in range(40_000)]), WIDE),
    "soft line breaks": (card("NOTE;QUOTED-PRINTABLE=", *["="] * 450_000), TOO_LONG),
    "a text with soft line breaks": (card(f"{QUOTED}:a=", *["a="] * 60_000, "a"), "1 rows"),
    "more soft line breaks": (card(f"{QUOTED}:a=", *["aaa="] * 330_000, "a"), TOO_LONG),
    "folded lines": (card("NOTE:a", *[" aaa"] * 400_000), TOO_LONG),
    "a picture of megabytes": (card("PHOTO;ENCODING=b:a", *[" " + "a" * 75] * 40_000), "1 rows"),
    "parameters": (card(f"TEL{';A=x' * 30_000}:1", f"TEL{';a' * 90_000}", "N:" + ";" * 190_000), "1 rows"),
    "quotation marks": (card("TEL" + ';A="' * 30_001 + ":1", "TEL;A=" + '"' * 190_001 + ":1"), "1 rows"),
    "an encoding that takes for ever": (card(f"{QUOTED};CHARSET=punycode:{'a-' * 90_000}"), "1 rows"),
    "an encoding that is none": (card(f"{QUOTED};CHARSET=undefined:=41"), "1 rows"),
    "half a character": (card(f"{QUOTED};CHARSET=utf-7:+2AA-"), "1 rows"),
    "half a character, escaped": (card(f"{QUOTED};CHARSET=unicode_escape:\\ud800"), "1 rows"),
    "cards in cards": (b"BEGIN:VCARD\r\n" * 50_000, "50000 rows"),
    "an endless name": (card("X-" + "A" * 100_000 + ":1"), LONG_WORDS),
}


@pytest.mark.parametrize("case", CARDS)
def test_cards(told: Told, case: str) -> None:
    """A card takes as long as its size, and no longer."""
    content, said = CARDS[case]
    assert said in told(content, "cards.vcf")


def table(headings: str, *rows: str) -> bytes:
    return "\n".join((headings, *rows, "")).encode()


#: Text files, and what is said of them.
TEXTS = {
    "columns": (table("Name,Email" + ",a" * 60_000, *["1,1" + ",1" * 60_000] * 60), f"leads.csv:1: {WIDE}"),
    "columns below": (table("Name,Email", *["1,1" + ",1" * 60_000] * 60), f"leads.csv:2: {WIDE}"),
    "blank columns": (table("Name,Email" + "," * 60_000, "Ann,a@example.com" + "," * 60_000), "1 rows"),
    "one long heading": (table("Name,Email," + "H" * 100_000, *["a,b,c"] * 9_000), LONG_WORDS),
    "long headings": (table("Name,Email" + f",{'H' * 900}" * 150, *["a,b" + ",c" * 150] * 2_000), LONG_WORDS),
    "one row, many lines": (table("Name,Email", '"a\n",', '"\n",' * 300_000), f"leads.csv:4: {TOO_LONG}"),
    "a quotation mark between cells": (table('sep="', 'Name"Email', 'a"b'), "leads.csv"),
    "a word between cells": (table("sep=e", "Name,Email", "Ann,a@example.com"), "1 rows"),
}


@pytest.mark.parametrize("case", TEXTS)
def test_texts(told: Told, case: str) -> None:
    """A text file is kept as large as it is, and not once more for each of its headings."""
    content, said = TEXTS[case]
    assert said in told(content)
