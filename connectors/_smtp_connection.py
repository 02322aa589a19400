"""One connection to a mail server: what is said on it, and how far a message came when it breaks.

Where the server takes commands in groups (PIPELINING, RFC 2920), the envelope of the next message goes out
with the body of the one before it, so that a message takes one round trip instead of four.
"""

import re
import smtplib
import socket
from collections.abc import Callable
from contextlib import suppress
from time import monotonic
from typing import TypeAlias

from aftershow.ports import RenderedEmail
from connectors._smtp_reply import Reply

#: The longest line that a server may answer with (RFC 5321 4.5.3.1.5 asks for 512), and the most lines.
LONGEST_LINE, MOST_LINES = 8192, 100

#: The commands of an envelope, and the answers that let it go on.
ENVELOPE = (("MAIL", (250,)), ("RCPT", (250, 251)), ("DATA", (354,)))

#: Faster to find than with bytes.replace.
_LEADING_DOT = re.compile(rb"\n\.")

#: The command that was refused, and the answer to it.
Refusal: TypeAlias = tuple[str, Reply]


class BrokenError(Exception):
    """The line broke, or what came over it makes no sense."""

    def __init__(self, *, silent: bool = False) -> None:
        #: the server let the time run out
        self.silent = silent
        super().__init__()


class SmtpConnection:
    """A connection that is dialled when it is needed, with at most one message on its way."""

    def __init__(self, dial: Callable[[], smtplib.SMTP], timeout: float) -> None:
        self._dial = dial
        self._timeout = timeout
        self._smtp: smtplib.SMTP | None = None
        self._socket: socket.socket | None = None
        self._heard = b""
        self._said_at = 0.0
        #: whose envelope was sent ahead, its answers not read yet
        self._ahead: RenderedEmail | None = None
        #: whether the server takes commands in groups
        self.pipelining = False
        #: nothing was answered on it since it was dialled
        self.is_fresh = True

    @property
    def is_open(self) -> bool:
        """Whether it stands, as far as we know."""
        return self._socket is not None

    def open(self, *, pipelining: bool) -> None:
        """Dial, if it is not open; raises what smtplib raises."""
        if self._socket is not None:
            return
        self._smtp = smtp = self._dial()
        self._socket = smtp.sock
        if self._socket is None:
            raise smtplib.SMTPServerDisconnected("gone before anything was said")
        # The end of a message would wait for the server to acknowledge its beginning.
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._heard, self._ahead = b"", None
        self.pipelining = pipelining and smtp.has_extn("pipelining")
        self.is_fresh = True

    def offer(self, message: RenderedEmail) -> None:
        """Send the envelope ahead, where the server takes it so."""
        if self.pipelining and self._ahead is None:
            self._ahead = message
            self._say(_envelope(message))

    def enquire(self, message: RenderedEmail) -> Refusal | None:
        """Return what refuses the envelope, or None when the server waits for the message.

        Raises BrokenError; nothing of the message was sent then.
        """
        try:
            return self._ask_all(message) if self.pipelining else self._ask_each(message)
        except BrokenError:
            self.drop()
            raise

    def write(self, mime: bytes, following: RenderedEmail | None) -> None:
        """Write the message to its final dot, and the envelope of the one that follows on this line.

        Raises BrokenError when the server can't have the whole message.
        """
        wire = data = for_the_wire(mime)
        if following is not None and self.pipelining:
            self._ahead = following
            data += _envelope(following)
        self._say(data, needed=len(wire))

    def verdict(self) -> Reply:
        """Return what the server says of the message that it has; after BrokenError nobody knows."""
        try:
            return self._reply()
        except BrokenError:
            self.drop()
            raise

    def settle_down(self, reply: Reply) -> None:
        """After a refusal, make ready for the next envelope, or let go."""
        with suppress(BrokenError):
            if reply.code // 100 in (4, 5) and reply.code != 421 and self._ask("RSET").code == 250:
                return
        self.drop()

    def hurry(self) -> None:
        """Wait no longer than the time that the server had since it was last spoken to."""
        if self._socket is not None:
            self._socket.settimeout(max(self._said_at + self._timeout - monotonic(), 0.1))

    def drop(self) -> None:
        """Let go without a word; a message that had begun and not ended is not sent then."""
        if self._smtp is not None:
            self._smtp.close()
        self._smtp = self._socket = self._ahead = None

    def hang_up(self) -> None:
        """Say goodbye, if the server still listens."""
        if self._smtp is not None and self._ahead is None:
            with suppress(smtplib.SMTPException, OSError):
                self._smtp.quit()
        self.drop()

    def _ask_all(self, message: RenderedEmail) -> Refusal | None:
        if self._ahead is not message:
            self._say(_envelope(message))
        self._ahead = None
        replies = [self._reply()]
        while len(replies) < len(ENVELOPE) and replies[-1].code != 421:
            replies.append(self._reply())
        said = zip(ENVELOPE, replies, strict=False)
        refusal = next(((verb, reply) for (verb, go), reply in said if reply.code not in go), None)
        if refusal is not None and replies[-1].code == 354:
            # It refused the envelope and yet waits for a message; there is no other way out (RFC 2920 3.1).
            self.drop()
        return refusal

    def _ask_each(self, message: RenderedEmail) -> Refusal | None:
        for command, (verb, go) in zip(_commands(message), ENVELOPE, strict=True):
            reply = self._ask(command)
            if reply.code not in go:
                return verb, reply
        return None

    def _ask(self, command: str) -> Reply:
        self._say(f"{command}\r\n".encode("ascii"))
        return self._reply()

    def _say(self, data: bytes, *, needed: int | None = None) -> None:
        """Send; raises BrokenError when not even the first `needed` bytes could be."""
        if self._socket is None:
            raise BrokenError
        self._said_at, sent = monotonic(), 0
        try:
            while sent < len(data):
                sent += self._socket.send(data[sent:] if sent else data)
        except OSError as error:
            if sent < (len(data) if needed is None else needed):
                self.drop()
                raise BrokenError(silent=isinstance(error, TimeoutError)) from None

    def _reply(self) -> Reply:
        lines, until = list[bytes](), monotonic() + self._timeout
        while len(lines) < MOST_LINES:
            line = self._hear_line(until)
            lines.append(line[4:])
            if not line[:3].isdigit():
                break
            if line[3:4] != b"-":
                self.is_fresh = False
                return Reply.of(int(line[:3]), b"\n".join(lines))
        raise BrokenError

    def _hear_line(self, until: float) -> bytes:
        while b"\n" not in self._heard:
            if self._socket is None or len(self._heard) > LONGEST_LINE:
                raise BrokenError
            try:
                more = self._socket.recv(LONGEST_LINE)
            except OSError as error:
                raise BrokenError(silent=isinstance(error, TimeoutError)) from None
            if not more:
                raise BrokenError
            self._heard += more
            # A server that gives a letter or a line now and then would keep us for ever.
            if monotonic() > until:
                raise BrokenError(silent=True)
        line, _, self._heard = self._heard.partition(b"\n")
        return line.rstrip(b"\r")


def for_the_wire(mime: bytes) -> bytes:
    """Return the message with its dots stuffed (RFC 5321 4.5.2) and the final dot."""
    stuffed = _LEADING_DOT.sub(b"\n..", mime)
    if stuffed.startswith(b"."):
        stuffed = b"." + stuffed
    return stuffed + (b".\r\n" if mime.endswith(b"\r\n") else b"\r\n.\r\n")


def _commands(message: RenderedEmail) -> tuple[str, str, str]:
    return f"MAIL FROM:<{message.return_path}>", f"RCPT TO:<{message.to}>", "DATA"


def _envelope(message: RenderedEmail) -> bytes:
    return f"MAIL FROM:<{message.return_path}>\r\nRCPT TO:<{message.to}>\r\nDATA\r\n".encode("ascii")
