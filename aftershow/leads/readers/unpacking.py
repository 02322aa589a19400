"""How large an Excel workbook would become when unpacked, found out without keeping what is unpacked."""

import struct
import zipfile
import zlib
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import BinaryIO
from xml.parsers.expat import ExpatError

from aftershow.errors import LeadFileError
from aftershow.leads.readers.bounds import LARGEST_UNPACKED, MOST_MEMBERS
from aftershow.leads.readers.spanning import FarCellError, Span, UnlikeExcelError

#: What every .xlsx has.
_CONTENTS = "xl/workbook.xml"
#: What is XML in a workbook; the rest is pictures, macros and old drawings, which nobody reads.
_XML = (".xml", ".rels")
_CHUNK = 1 << 16
#: The fixed part of a member's own header, and its flag for a password (PKZIP APPNOTE 4.3.7, 4.4.4).
_HEADER, _ENCRYPTED = 30, 1
_BROKEN = (zipfile.BadZipFile, zlib.error, struct.error, ExpatError, UnlikeExcelError)
_BROKEN_TOO = (EOFError, NotImplementedError, OSError, OverflowError, ValueError)


def check_workbook(path: Path) -> None:
    """Raise LeadFileError for a workbook that would fill the memory: a packed bomb, or a cell far away.

    What the archive says of its own sizes is not believed, nor what a sheet says of its own; a spreadsheet
    library would find out too late.
    """
    try:
        with path.open("rb") as file, zipfile.ZipFile(file) as archive:
            _check_members(path, file, archive.infolist())
    except FarCellError as error:
        raise LeadFileError(
            f"{path.name}: this workbook has a cell in {error}, far from the leads. Copy the leads alone to "
            "a new workbook, or save the sheet as CSV."
        ) from error
    except (*_BROKEN, *_BROKEN_TOO) as error:
        raise LeadFileError(
            f"{path.name}: this workbook is damaged. Open it in Excel, save it again, and import that."
        ) from error


def _check_members(path: Path, file: BinaryIO, members: list[zipfile.ZipInfo]) -> None:
    _require_sound(path, members)
    span, unpacked = Span(), 0
    for member in members:
        if member.filename.lower().endswith(_XML):
            span.begin_part()
        for chunk in _unpacked(file, member):
            unpacked += len(chunk)
            if unpacked > LARGEST_UNPACKED:
                raise _too_large(path)
            span.read(chunk)
        span.end_part()


def _require_sound(path: Path, members: list[zipfile.ZipInfo]) -> None:
    """See to it that each reader of the archive finds the same in it."""
    names = {member.filename.lower() for member in members}
    if _CONTENTS not in names:
        raise LeadFileError(
            f"{path.name}: this file is packed, but no .xlsx workbook. Unpack it, or save as .xlsx."
        )
    if any(member.flag_bits & _ENCRYPTED for member in members):
        raise LeadFileError(
            f"{path.name}: this workbook has a password. Take it off in Excel, save, and import again."
        )
    if len(members) > MOST_MEMBERS:
        raise _too_large(path)
    if len(names) < len(members):
        raise UnlikeExcelError
    in_order = sorted(members, key=lambda member: member.header_offset)
    for member, behind in pairwise(in_order):
        if member.header_offset + _HEADER + member.compress_size > behind.header_offset:
            raise UnlikeExcelError


def _too_large(path: Path) -> LeadFileError:
    return LeadFileError(
        f"{path.name}: this workbook unpacks to more than any list of leads. Copy the leads alone to a new "
        "workbook, or save the sheet as CSV."
    )


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
        while packed and not inflater.eof:
            yield inflater.decompress(packed, _CHUNK)
            packed = inflater.unconsumed_tail


def _chunks(file: BinaryIO, size: int) -> Iterator[bytes]:
    while size > 0 and (chunk := file.read(min(size, _CHUNK))):
        size -= len(chunk)
        yield chunk
