"""Python's own SMTP client, which greets, encrypts and logs in; here it does not listen for ever."""

import smtplib
from typing import Any

#: The most lines of one answer; smtplib bounds the length of each (RFC 5321 4.5.3.1.5 asks for 512 octets).
MOST_LINES = 100


class _Patience:
    """Lets smtplib read so many lines and no more; it takes an OSError for a broken connection."""

    def __init__(self, file: Any) -> None:
        self._file = file
        self._lines = 0

    def readline(self, size: int) -> bytes:
        self._lines += 1
        if self._lines > MOST_LINES:
            raise OSError("the answer has no end")
        line: bytes = self._file.readline(size)
        return line

    def close(self) -> None:
        self._file.close()


class _Bounded:
    """Beside smtplib.SMTP: an answer ends."""

    file: Any
    sock: Any

    def getreply(self) -> tuple[int, bytes]:
        """Return code and text of an answer, as smtplib does."""
        file = self.file or self.sock.makefile("rb")
        self.file = _Patience(file)
        try:
            reply: tuple[int, bytes] = super().getreply()  # type: ignore[misc]  # of smtplib.SMTP, see below
        finally:
            # smtplib closes it and puts None there when the connection is over.
            self.file = self.file and file
        return reply


class Client(_Bounded, smtplib.SMTP):
    """In the clear at first."""


class TlsClient(_Bounded, smtplib.SMTP_SSL):
    """Encrypted from the first byte."""
