"""Python's own SMTP client, which greets, encrypts and logs in; here it does not listen for ever."""

import smtplib
from time import monotonic
from typing import Any

#: The most lines of one answer; smtplib bounds the length of each (RFC 5321 4.5.3.1.5 asks for 512 octets).
MOST_LINES = 100


class _Patience:
    """Lets smtplib read so many lines in a time and no more; it takes an OSError for a broken connection."""

    def __init__(self, file: Any, timeout: float) -> None:
        self._file = file
        self._lines = 0
        self._until = monotonic() + timeout

    def readline(self, size: int) -> bytes:
        self._lines += 1
        if self._lines > MOST_LINES:
            raise OSError("the answer has no end")
        line = b""
        # The file's own readline would wait for the end, however slowly it comes.
        while len(line) < size and not line.endswith(b"\n") and (ahead := self._file.peek(1)):
            end = ahead.find(b"\n") + 1 or len(ahead)
            line += self._file.read(min(end, size - len(line)))
            if monotonic() > self._until:
                raise TimeoutError("the answer does not end")
        return line

    def close(self) -> None:
        self._file.close()


class _Bounded:
    """Beside smtplib.SMTP: an answer ends."""

    file: Any
    sock: Any
    timeout: float

    def getreply(self) -> tuple[int, bytes]:
        """Return code and text of an answer, as smtplib does."""
        file = self.file or self.sock.makefile("rb")
        self.file = _Patience(file, self.timeout)
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
