"""Lead files that chance made: whatever is in them, they are read or refused with words of ours.

`make proof` tries many more (fuzzing.py), from a new seed each time.
"""

import json
import re
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from hypothesis import event, given, settings
from hypothesis import strategies as st

from aftershow.confined.asking import ask
from aftershow.confined.limits import Limits
from aftershow.errors import LeadFileError, LimitError
from aftershow.leads.readers import bounds
from aftershow.leads.readers.apart import LIMITS, batches
from aftershow.leads.readers.headings import Columns
from aftershow.leads.readers.rows import LeadRow
from aftershow.leads.row_reader import RowReader
from aftershow.people.identity.matching import alike_keys, linking_keys
from aftershow.workspace.shows import Layout
from aftershow.workspace.workspace import load_workspace
from tests.attacks.fuzzing import MANY, examples
from tests.attacks.workbooks import HEAD, cell, legacy, packed, parts, sheet
from tests.leads.desk import show

COLUMNS = Columns(Layout())
UNDERSTAND = RowReader(show(), load_workspace(Path(__file__).parents[2], {}).settings, COLUMNS)
LITTLE = Limits(seconds=3, memory=400 << 20)

#: What means something in one of the formats, or to who reads a cell; one on each line.
WORDS = [
    *r"""
,
;
|
"
""
=
:
\
\,
.
'
sep=;
BEGIN:VCARD
END:VCARD
N:
TEL;CELL:
EMAIL:
NOTE;QUOTED-PRINTABLE:
;CHARSET=utf-7:
X-
Name
First name
Email
Phone
Phone (2)
Badge ID
Created at
Question
Answer
a@example.com
+1 309 555 0100 x12
007
1.0
5.55E+09
2026-09-15
9/15/2026 2:05 PM
45000.5
yes
A
Ann
Müller
佐藤
#N/A
""".splitlines(),
    *(
        "\n",
        "\r\n",
        "\r",
        "=\r\n",
        " ",
        "\t",
        "\ufeff",
        "\u202e",
        "\u2028",
        "\U0001f600",
        "\ufdfa",
        "\x1b[31m",
    ),
]
#: Pieces of XML that go where others were.
TOKENS = [
    *"""
r="400000"
r='XFD1'
t="s"
t="b"
t="e"
t="d"
<row>
</row>
<c>
<v>
-1
1e308
nan
<![CDATA[
]]>
<!--
&lt;
&#0;
&#xD800;
_x0000_
_xD800_
"
<x:c/>
xmlns:x="y"
99999999999999999999999999
<f>1</f>
<is><t/></is>
<!DOCTYPE a>
<mergeCell ref='A1:B2'/>
<dimension ref='A:A'/>
""".splitlines(),
    *("\0", "\xff"),
]
ROWS = f'{HEAD}<row r="2">{cell("A2", "Ann")}{cell("B2")}<c r="C2" s="1"><v>45000.5</v></c></row>'
BOOK = parts(sheet(ROWS), strings="<sst><si><t>x</t></si></sst>")
OLD_BOOK = legacy((0, 1), (0, 1), sheets=1)
MARKS = [
    b"",
    b"PK\x03\x04",
    b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
    b"BEGIN:VCARD\n",
    b"\xff\xfe",
    b"Name,Email\n",
]
ENCODINGS = ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "cp1252", "utf-7"]


@st.composite
def altered(draw: Any, content: Any, pieces: st.SearchStrategy[Any]) -> Any:
    """The content with one piece in place of a few characters."""
    at, length = draw(st.integers(0, len(content))), draw(st.integers(0, 12))
    return content[:at] + draw(pieces) + content[at + length :]


@st.composite
def workbooks(draw: Any) -> bytes:
    """A workbook with some pieces of its XML put in place of others, or some bytes of its archive."""
    contents = dict(BOOK)
    for _ in range(draw(st.integers(0, 6))):
        name = draw(st.sampled_from(sorted(contents)))
        contents[name] = draw(altered(contents[name], st.sampled_from(TOKENS)))
    archive = packed(contents)
    for _ in range(draw(st.integers(0, 3)) if draw(st.booleans()) else 0):
        archive = draw(altered(archive, st.binary(max_size=4)))
    return archive


texts = st.lists(st.sampled_from(WORDS) | st.text(max_size=6), max_size=60).map("".join)
in_encodings = st.builds(lambda text, one: text.encode(one, "ignore"), texts, st.sampled_from(ENCODINGS))
random_bytes = st.builds(bytes.__add__, st.sampled_from(MARKS), st.binary(max_size=600))
files = in_encodings | random_bytes | workbooks() | altered(OLD_BOOK, st.binary(max_size=4))

FIELDS = [
    *("First name", "Last name", "Name", "Title", "Company", "Email", "Phone", "Mobile", "Fax", "Address"),
    *("City", "State", "Zip", "Country", "Language", "Badge", "Created at", "Scan date", "Scan time"),
    *("Scanned by", "Grade", "Owner", "Notes", "Is customer", "When?"),
]
short_texts = st.lists(st.sampled_from(WORDS) | st.text(max_size=8), max_size=8).map("".join)
cells = st.dictionaries(st.sampled_from(FIELDS), short_texts, max_size=8)


def never_breaks(content: bytes) -> None:
    """Read a file in the other process, and see to it that a database can keep what is in it."""
    with tempfile.NamedTemporaryFile() as file, suppress(LeadFileError):
        file.write(content)
        file.flush()
        for _, batch in _within_limits(file.name):
            for line, sheet_name, headings, found, _ in batch:
                assert line > 0
                assert len(found) <= bounds.MOST_COLUMNS
                text = "".join([*found, *found.values(), *headings, sheet_name or ""])
                assert "\0" not in text
                text.encode()


def _within_limits(file: str) -> Iterator[Any]:
    """Yield the batches of a file, unless it takes too much, or makes a library in Rust panic.

    Some made-up .xls files would take more than 20 GB. Any other error in that process is a mistake of ours.
    """
    try:
        yield from ask(batches, file, COLUMNS, limits=LIMITS)
    except LimitError as error:
        event(f"ended: {error}")
        if not re.search(r"MB of memory|seconds of work|\(PanicException\)", str(error)):
            raise


@settings(max_examples=300)
@given(files)
def test_any_file(content: bytes) -> None:
    """Of random bytes, mixtures of what means something and altered workbooks, none raises another error."""
    never_breaks(content)


@pytest.mark.proof
@settings(max_examples=examples(MANY))
@given(files)
def test_any_file_for_long(content: bytes) -> None:
    """The same, many times."""
    never_breaks(content)


@settings(max_examples=200)
@given(cells)
def test_any_cells(said: dict[str, str]) -> None:
    """Whatever stands in a cell, the row is understood, or told to be unusable."""
    json.dumps(UNDERSTAND(LeadRow(file="a", line=1, cells=said)).fields)


@pytest.mark.proof
@settings(max_examples=examples(MANY))
@given(cells)
def test_any_cells_for_long(said: dict[str, str]) -> None:
    """The same, many times."""
    json.dumps(UNDERSTAND(LeadRow(file="a", line=1, cells=said)).fields)


#: What regular expressions like to go over again and again.
REPEATED = ["a", "1", " ", ".", "a.", "a@", "1 ", "(1", "- ", "<", "a,", "x1", "ext", "A-", "\n", "\ufdfa"]


def understood(heading: str, length: int) -> Iterator[str]:
    """Yield whether rows with one long cell can be used."""
    for piece in REPEATED:
        said = {"Email": "a@example.com", "Last name": "Lee", heading: (piece * length)[:length]}
        row = UNDERSTAND(LeadRow(file="a", line=1, cells=said))
        yield row.unusable or f"{linking_keys(row.fields, 'expo')}{alike_keys(row.fields)}"


@pytest.mark.parametrize("length", [300, bounds.LONGEST_ROW])
@pytest.mark.parametrize("heading", FIELDS)
def test_long_cells(heading: str, length: int) -> None:
    """No cell takes long, as long as it is understood, and as long as a reader lets it be."""
    assert len(list(ask(understood, heading, length, limits=LITTLE))) == len(REPEATED)
