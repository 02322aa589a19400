"""Which reader a file needs, told by what is in it and not by its name."""

import hashlib
from contextlib import suppress
from pathlib import Path

from aftershow.errors import LeadFileError, UsageError
from aftershow.leads.readers.bounds import LARGEST_FILE
from aftershow.leads.readers.delimited import read_delimited
from aftershow.leads.readers.headings import Columns
from aftershow.leads.readers.rows import Reading
from aftershow.leads.readers.texts import encoding_of
from aftershow.leads.readers.vcard import read_vcards
from aftershow.leads.readers.workbook import read_workbook

_ZIP, _OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"
#: How a file begins that is something else, and what that is.
_OTHERS = {b"%PDF": "a PDF", b"\x89PNG": "a picture", b"\xff\xd8\xff": "a picture", b"\x1f\x8b": "packed"}
#: The formats that we read, in the words that people are told.
FORMATS = "CSV, Excel (.xlsx) or vCards"
_WAY_OUT = f"Ask for the leads as {FORMATS}."


def open_leads(path: Path, columns: Columns) -> Reading:
    """Return the rows of a lead file, to be read one after another.

    Raises UsageError when there is no such file, LeadFileError when it holds no leads that can be read.
    """
    require_file(path)
    head = _head(path)
    if not head.strip(b" \t\r\n\0\xef\xbb\xbf\xff\xfe"):
        raise LeadFileError(f"{path.name}: this file is empty. Export it again.")
    for mark, what in _OTHERS.items():
        if head.startswith(mark):
            raise LeadFileError(f"{path.name}: this file is {what}, no list. {_WAY_OUT}")
    if head.startswith((_ZIP, _OLE)):
        return read_workbook(path, columns, packed=head.startswith(_ZIP))
    return _open_text(path, columns)


def _head(path: Path) -> bytes:
    if path.stat().st_size > LARGEST_FILE:
        raise LeadFileError(
            f"{path.name}: this file is larger than {LARGEST_FILE // 1_000_000} MB. Split it, or copy the "
            "leads alone to a CSV file."
        )
    try:
        with path.open("rb") as file:
            return file.read(4_096)
    except PermissionError as error:
        raise LeadFileError(f"{path.name}: we may not read this file. Change who may read it.") from error


def _open_text(path: Path, columns: Columns) -> Reading:
    encoding = encoding_of(path)
    if encoding is None:
        raise LeadFileError(f"{path.name}: this file is no text, or text in an unknown encoding. {_WAY_OUT}")
    with path.open(encoding=encoding) as file:
        beginning = file.read(200).lstrip().upper()
    if beginning.startswith("BEGIN:VCARD"):
        return read_vcards(path, encoding=encoding)
    if beginning.startswith(("<!DOCTYPE", "<HTML", "<TABLE", "<?XML", "{", "[")):
        raise LeadFileError(
            f"{path.name}: this file is a web page or data for programs, whatever its name says. Open it in "
            "Excel and save it as .xlsx or .csv."
        )
    return read_delimited(path, columns, encoding=encoding)


def require_file(path: Path) -> None:
    """Raise UsageError where there is no file."""
    if not path.is_file():
        raise UsageError(f"{path}: there is no such file. Give the path of a lead file.")


def sha256_of(path: Path) -> str:
    """Return the hash of a file's bytes, in hex: by it a file is known under any name.

    One that can't be opened, or that is too large to be read, is known by its name, size and last change.
    """
    about = path.stat()
    if about.st_size <= LARGEST_FILE:
        with suppress(PermissionError), path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    return hashlib.sha256(f"{path.name}/{about.st_size}/{about.st_ctime_ns}".encode()).hexdigest()
