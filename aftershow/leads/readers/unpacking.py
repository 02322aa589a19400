"""How large an Excel workbook would become when unpacked, found out without keeping what is unpacked."""

import re
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from aftershow.errors import LeadFileError

#: What a workbook may unpack to, in bytes, and how many cells one sheet may span: twenty times a large show.
LARGEST_UNPACKED, LARGEST_SPAN = 400_000_000, 20_000_000
#: What every .xlsx has.
_CONTENTS = "xl/workbook.xml"
_CHUNK = 1 << 18
_ROW = re.compile(rb'<(?:\w+:)?row [^>]*?\br="(\d{1,9})"')
_COLUMN = re.compile(rb'\br="([A-Z]{1,3})\d{1,9}"')
#: What may be cut in two between chunks.
_OVERLAP = 200
#: The fixed part of a member's own header (PKZIP APPNOTE 4.3.7).
_HEADER = 30


def check_size(path: Path) -> None:
    """Raise LeadFileError for a workbook that would fill the memory: a packed bomb, or a cell far away.

    What the archive says of its own sizes is not believed; a spreadsheet library would find out too late.
    """
    unpacked = spanned = 0
    try:
        with path.open("rb") as file, zipfile.ZipFile(file) as archive:
            if _CONTENTS not in archive.namelist():
                raise LeadFileError(
                    f"{path.name}: this file is packed, but no .xlsx workbook. Unpack it, or save as .xlsx."
                )
            for member in archive.infolist():
                span = _Span()
                for chunk in _unpacked(file, member):
                    unpacked += len(chunk)
                    span.add(chunk)
                    if unpacked > LARGEST_UNPACKED or spanned + span.cells > LARGEST_SPAN:
                        raise _too_large(path)
                spanned += span.cells
    except (zipfile.BadZipFile, zlib.error, OSError, NotImplementedError, ValueError) as error:
        raise LeadFileError(
            f"{path.name}: this workbook is damaged. Open it in Excel, save it again, and import that."
        ) from error


def _too_large(path: Path) -> LeadFileError:
    return LeadFileError(
        f"{path.name}: this workbook unpacks to more than any list of leads. Copy the leads alone to a new "
        "workbook, or save the sheet as CSV."
    )


class _Span:
    """How many cells a sheet spans, from its first row and column to its last."""

    def __init__(self) -> None:
        self._rest = b""
        self._columns: set[bytes] = set()
        self._last_row = 0

    def add(self, chunk: bytes) -> None:
        text = self._rest + chunk
        self._columns.update(_COLUMN.findall(text))
        self._last_row = max(self._last_row, max(map(int, _ROW.findall(text)), default=0))
        self._rest = text[-_OVERLAP:]

    @property
    def cells(self) -> int:
        return self._last_row * max(map(_column_number, self._columns), default=0)


def _column_number(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number


def _unpacked(file: BinaryIO, member: zipfile.ZipInfo) -> Iterator[bytes]:
    file.seek(member.header_offset)
    header = file.read(_HEADER)
    lengths = int.from_bytes(header[26:28], "little") + int.from_bytes(header[28:30], "little")
    file.seek(lengths, 1)
    if member.compress_type == zipfile.ZIP_STORED:
        yield from _chunks(file, member.compress_size)
        return
    if member.compress_type != zipfile.ZIP_DEFLATED:
        raise NotImplementedError("another compression than Excel's")
    inflater = zlib.decompressobj(-zlib.MAX_WBITS)
    for chunk in _chunks(file, member.compress_size):
        packed = chunk
        while packed:
            yield inflater.decompress(packed, _CHUNK)
            packed = inflater.unconsumed_tail


def _chunks(file: BinaryIO, size: int) -> Iterator[bytes]:
    while size > 0 and (chunk := file.read(min(size, _CHUNK))):
        size -= len(chunk)
        yield chunk
