"""Hands emails to a mail server (RFC 5321), one after the other over a connection that stays open."""

import os
import re
import smtplib
import ssl
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import ClassVar

from pydantic import Field

from aftershow.errors import (
    DeliveryError,
    OutcomeUnknownError,
    PermanentError,
    TemporaryError,
    UsageError,
)
from aftershow.ports import ConnectorSettings, Outcome, Receipt, Rendered, RenderedEmail, one_by_one
from aftershow.words import Channel
from connectors._smtp_reply import Reply

PASSWORD = "AFTERSHOW_SMTP_PASSWORD"  # noqa: S105  the variable's name, not a password

#: An address as it may stand in MAIL and RCPT without quoting and without SMTPUTF8.
ENVELOPE = re.compile(r"[!-;=?A-~]+@[!-;=?A-~]+")


class Settings(ConnectorSettings):
    """Which mail server, and how to speak to it. The password comes from AFTERSHOW_SMTP_PASSWORD."""

    host: str
    port: int = Field(default=587, ge=1, le=65535)
    #: ask for encryption after connecting; without it nothing is sent
    starttls: bool = True
    #: encrypted from the first byte (port 465); STARTTLS is then not asked for
    tls: bool = False
    #: certificates to trust instead of the system's, relative to the workspace
    ca_file: Path | None = None
    #: None: the server lets us send without a login
    username: str | None = None
    #: at most so many connections at once; this version uses one
    connections: int = Field(default=1, ge=1)
    #: seconds to wait for the connection, and for each answer
    timeout: float = Field(default=60, gt=0)
    #: our name in EHLO; None: the machine's
    local_hostname: str | None = None


class _Line:
    """An open connection that knows how far a message came when it breaks."""

    def __init__(self, connection: smtplib.SMTP) -> None:
        self._connection = connection
        #: the server let the time run out
        self.silent = False

    @property
    def is_open(self) -> bool:
        """Whether the line stands, as far as we know: smtplib lets go of its socket when it breaks."""
        return self._connection.sock is not None

    def ask(self, command: str) -> Reply:
        """Say a command and return the answer. No command sends a message, so a break leaves nothing sent."""
        try:
            return Reply.of(*self._connection.docmd(command))
        except smtplib.SMTPException as error:
            self._note(error)
            raise TemporaryError("The mail server was gone before it had the message.") from None

    def write(self, mime: bytes) -> Reply:
        """Write the message and its final dot; from then on only an answer tells what became of it."""
        try:
            self._connection.send(_for_the_wire(mime))
        except smtplib.SMTPException as error:
            self._note(error)
            raise TemporaryError("The mail server was gone before it had the whole message.") from None
        try:
            reply = Reply.of(*self._connection.getreply())
        except smtplib.SMTPException as error:
            self._note(error)
            raise OutcomeUnknownError("The mail server had the message and did not answer.") from None
        if reply.code // 100 not in (2, 4, 5):
            self.drop()
            raise OutcomeUnknownError("The mail server had the message; its answer can't be understood.")
        return reply

    def settle_down(self, reply: Reply) -> None:
        """After a refusal, make ready for the next envelope, or let go."""
        usable = reply.code // 100 in (4, 5) and reply.code != 421
        with suppress(TemporaryError):
            if usable and self.ask("RSET").code == 250:
                return
        self.drop()

    def drop(self) -> None:
        """Let go without a word."""
        self._connection.close()

    def hang_up(self) -> None:
        """Say goodbye, if the server still listens."""
        if self.is_open:
            with suppress(smtplib.SMTPException):
                self._connection.quit()
        self.drop()

    def _note(self, error: smtplib.SMTPException) -> None:
        self.silent = isinstance(error.__context__, TimeoutError)
        self.drop()


class Connector:
    """Sends all messages over one line, and opens another when that one is gone."""

    channels: ClassVar[frozenset[Channel]] = frozenset({Channel.EMAIL})

    def __init__(self, settings: Settings, workspace: Path) -> None:
        self._settings = settings
        self._password = _password(settings)
        self._tls = _tls(settings, workspace)
        self._line: _Line | None = None

    def send(self, messages: Sequence[Rendered]) -> Iterator[Outcome]:
        """Hand over in order. The turn ends when the server is silent: the rest would only wait as well."""
        for outcome in one_by_one(self._hand_over, messages):
            yield outcome
            if isinstance(outcome, DeliveryError) and (self._line is None or self._line.silent):
                return

    def close(self) -> None:
        """Hang up."""
        line, self._line = self._line, None
        if line is not None:
            line.hang_up()

    def _hand_over(self, message: Rendered) -> Receipt:
        if not isinstance(message, RenderedEmail):
            raise PermanentError("The smtp connector carries emails only.")
        if flaw := _flaw(message):
            return Receipt(key=message.key, accepted=False, reason=flaw)
        line = self._open_envelope(message.return_path)
        for command, welcome in ((f"RCPT TO:<{message.to}>", (250, 251)), ("DATA", (354,))):
            reply = line.ask(command)
            if reply.code not in welcome:
                return _refused(message, line, reply)
        reply = line.write(message.mime)
        if reply.code // 100 != 2:
            return _refused(message, line, reply)
        return Receipt(key=message.key, accepted=True, provider_id=reply.queue_id)

    def _open_envelope(self, return_path: str) -> _Line:
        """Say MAIL on the line that we have, or on a new one when that one has gone while it idled."""
        if not ENVELOPE.fullmatch(return_path):
            raise PermanentError("The return path is no plain address. Look at the sender's address.")
        command, reply = f"MAIL FROM:<{return_path}>", None
        if self._line is not None and self._line.is_open:
            with suppress(TemporaryError):
                reply = self._line.ask(command)
        if self._line is None or reply is None or reply.code == 421:
            self._line = self._connect()
            reply = self._line.ask(command)
        if reply.code != 250:
            self._line.settle_down(reply)
            raise _against_us(reply)
        return self._line

    def _connect(self) -> _Line:
        line, self._line = self._line, None
        if line is not None:
            line.drop()
        try:
            return _Line(self._dial())
        except (OSError, ValueError) as error:
            raise _no_connection(error) from None

    def _dial(self) -> smtplib.SMTP:
        s = self._settings
        connection = (
            smtplib.SMTP_SSL(s.host, s.port, s.local_hostname, timeout=s.timeout, context=self._tls)
            if s.tls
            else smtplib.SMTP(s.host, s.port, s.local_hostname, timeout=s.timeout)
        )
        try:
            if s.starttls and not s.tls:
                connection.starttls(context=self._tls)
            connection.ehlo_or_helo_if_needed()
            if s.username is not None:
                connection.login(s.username, self._password)
        except BaseException:
            connection.close()
            raise
        return connection


def _refused(message: RenderedEmail, line: _Line, reply: Reply) -> Receipt:
    line.settle_down(reply)
    words = reply.words(message.to)
    if not 500 <= reply.code <= 599:
        raise TemporaryError(f"The mail server does not take it now: {words}")
    if reply.about_us:
        raise PermanentError(f"The mail server refuses us: {words}")
    hard = "hard_bounce" if reply.hard else None
    return Receipt(key=message.key, accepted=False, reason=words, suppress=hard)


def _against_us(reply: Reply) -> DeliveryError:
    if 500 <= reply.code <= 599:
        return PermanentError(f"The mail server refuses us: {reply.words()}")
    return TemporaryError(f"The mail server does not want to talk now: {reply.words()}")


def _no_connection(error: OSError | ValueError) -> DeliveryError:
    match error:
        case smtplib.SMTPAuthenticationError():
            # Only the codes: the words may repeat what was said, and that was the password.
            status = Reply.of(error.smtp_code, error.smtp_error).status
            return _against_us(Reply(code=error.smtp_code, text=f"{status} for the login"))
        case smtplib.SMTPResponseException():
            return _against_us(Reply.of(error.smtp_code, error.smtp_error))
        case smtplib.SMTPServerDisconnected() | ssl.SSLEOFError():
            return TemporaryError("The mail server broke off while it was greeted.")
        case smtplib.SMTPException() | ssl.SSLError():
            return PermanentError(f"The mail server can't be used with these settings: {error}")
        case OSError():
            return TemporaryError(f"The mail server can't be reached: {error.strerror or error}.")
        case _:
            # smtplib puts what it could not say into the error's text, and that may be the password.
            return PermanentError("The host, username or password can't be said to a mail server.")


def _flaw(message: RenderedEmail) -> str | None:
    """What can't be said in SMTP without extensions (RFC 5321 2.3.8, 4.1.2), or nothing."""
    mime = message.mime
    if not ENVELOPE.fullmatch(message.to):
        return "the address is not plain ASCII like name@example.com"
    if not mime.isascii():
        return "the message is not 7-bit clean"
    if not mime.count(b"\r\n") == mime.count(b"\n") == mime.count(b"\r"):
        return "the message has line ends other than CRLF"
    return None


def _for_the_wire(mime: bytes) -> bytes:
    """The message with its dots stuffed (RFC 5321 4.5.2) and the final dot."""
    stuffed = (b"\r\n" + mime).replace(b"\r\n.", b"\r\n..")[2:]
    return stuffed + (b".\r\n" if mime.endswith(b"\r\n") else b"\r\n.\r\n")


def _password(settings: Settings) -> str:
    password = os.environ.get(PASSWORD, "")
    if settings.username is not None and not password:
        raise UsageError(f"The mail server's password is missing. Put it into the environment as {PASSWORD}.")
    return password


def _tls(settings: Settings, workspace: Path) -> ssl.SSLContext | None:
    if not (settings.tls or settings.starttls):
        return None
    try:
        return ssl.create_default_context(cafile=settings.ca_file and workspace / settings.ca_file)
    except OSError as error:
        raise UsageError(f"channels.email.ca_file can't be used: {error.strerror}.") from None
