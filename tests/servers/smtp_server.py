"""A mail server inside the test that misbehaves on command.

    with SmtpServer([Rule(at="RCPT", to="bo@example.com", do="550 5.1.1 no such user")]) as server:
        ...  # send to 127.0.0.1, port server.port
        assert [mail.to for mail in server.received] == ["ana@example.com"]

It keeps what arrives byte by byte, which no mail server from a package offers, and can break off anywhere.
"""

import base64
import select
import socket
import socketserver
import ssl
import struct
import threading
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from enum import Enum, auto
from types import TracebackType
from typing import Self


class Act(Enum):
    """How to misbehave instead of answering."""

    #: close the connection
    DROP = auto()
    #: say nothing until the server is released or left
    HANG = auto()
    #: after the final dot: keep the message, then close or say nothing
    KEEP_AND_DROP = auto()
    KEEP_AND_HANG = auto()
    #: the usual answer, a letter now and then
    TRICKLE = auto()
    #: bytes that are no answer; with FLOOD so many that no line has them
    GARBAGE = auto()
    FLOOD = auto()


class Pipelining(Enum):
    """How a server that offers PIPELINING (RFC 2920) takes commands that come in a group."""

    #: answers each
    WELL = auto()
    #: answers all in one packet
    GATHERED = auto()
    #: sends each byte of its answers by itself
    SPLIT = auto()
    #: forgets what came with a command that it answers
    FORGETS = auto()
    #: answers 503 to what came before it had answered the command before
    REFUSES = auto()
    #: answers the last command of a group alone
    ANSWERS_LAST = auto()


#: Seconds between two letters of a trickle.
TRICKLE = 0.2


@dataclass(kw_only=True, slots=True)
class Rule:
    """What to do at one place of the conversation."""

    #: CONNECT, EHLO, STARTTLS, TLS (in place of the handshake), AUTH, MAIL, RCPT, DATA (in place of 354),
    #: CONTENT (after 354, DROP alone), "." (after the final dot), RSET or QUIT
    at: str
    #: an answer such as "451 4.7.1 later" (with 421 the connection is closed after it), or a misbehaviour
    do: str | Act
    #: only for this recipient (from RCPT on)
    to: str | None = None
    #: only for this envelope sender (from MAIL on)
    sender: str | None = None
    #: only so many times; None: always
    times: int | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Mail:
    """A message that the server kept."""

    sender: str
    to: str
    #: without the stuffed dots and the final one: what a mailbox would hold
    content: bytes
    #: as it came over the wire, up to and with the final dot
    raw: bytes
    encrypted: bool


class SmtpServer:
    """Listens on a free port of 127.0.0.1 while its `with` block runs."""

    def __init__(
        self,
        rules: Sequence[Rule] = (),
        *,
        tls: ssl.SSLContext | None = None,
        implicit_tls: bool = False,
        login: tuple[str, str] | None = None,
        pipelining: Pipelining | None = None,
    ) -> None:
        #: tried from the first; a test may change them while the server runs
        self.rules = list(rules)
        #: offered as STARTTLS, or spoken from the first byte
        self.tls = tls
        self.implicit_tls = implicit_tls
        #: user and password, without which MAIL is refused
        self.login = login
        #: offered, and done so
        self.pipelining = pipelining
        self.received: list[Mail] = []
        #: every command line, in the order of arrival over all connections
        self.said: list[str] = []
        self.connections = 0
        self._sockets: set[socket.socket] = set()
        self._released = threading.Event()
        self._listener = _Listener(("127.0.0.1", 0), _Conversation)
        self._listener.smtp = self
        self._thread = threading.Thread(target=self._listener.serve_forever, kwargs={"poll_interval": 0.01})

    @property
    def port(self) -> int:
        """Where it listens."""
        return int(self._listener.server_address[1])

    def release(self) -> None:
        """Let go of the connections that hang; they are closed without an answer."""
        self._released.set()

    def hang_up(self, farewell: bytes = b"") -> None:
        """Close the connections that idle, as servers do after a while, maybe with a last line."""
        for connection in list(self._sockets):
            with suppress(OSError):
                connection.sendall(farewell)
                connection.shutdown(socket.SHUT_RDWR)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.release()
        self._listener.shutdown()
        self.hang_up()
        self._listener.server_close()
        self._thread.join()

    def action(self, at: str, to: str | None, sender: str) -> str | Act | None:
        """Return what the rules say, and use up a rule that holds so many times only."""
        for rule in self.rules:
            if rule.at == at and rule.to in (None, to) and rule.sender in (None, sender) and rule.times != 0:
                if rule.times is not None:
                    rule.times -= 1
                return rule.do
        return None


class _Listener(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    smtp: SmtpServer

    def process_request(self, request: socket.socket, client_address: object) -> None:  # type: ignore[override]
        self.smtp._sockets.add(request)
        self.smtp.connections += 1
        super().process_request(request, client_address)  # type: ignore[arg-type]

    def handle_error(self, request: object, client_address: object) -> None:
        """Connections break here by intent; a test looks at the client."""


class _Gone(Exception):  # noqa: N818  an ending, not an error
    """The conversation is over."""


class _Wire:
    """What comes from a client, and what has come already."""

    def __init__(self, connection: socket.socket) -> None:
        self._connection = connection
        self._heard = b""

    def readline(self) -> bytes:
        """Return a line with its end; what there is, when the client is gone."""
        while b"\n" not in self._heard:
            more = self._connection.recv(1 << 16)
            if not more:
                line, self._heard = self._heard, b""
                return line
            self._heard += more
        line, _, self._heard = self._heard.partition(b"\n")
        return line + b"\n"

    def is_waiting(self) -> bool:
        """Whether something was said that is not read yet."""
        return bool(self._heard or select.select([self._connection], [], [], 0)[0])

    def forget(self) -> None:
        """Forget what was said and is not read yet."""
        while self.is_waiting():
            self._heard = b""
            if select.select([self._connection], [], [], 0)[0] and not self._connection.recv(1 << 16):
                return


class _Conversation(socketserver.BaseRequestHandler):
    """One connection."""

    server: _Listener
    request: socket.socket

    def handle(self) -> None:
        self.smtp = self.server.smtp
        self.wire = _Wire(self.request)
        self.sender, self.to = "", None
        self.early, self.unsaid = False, b""
        self.encrypted, self.known = False, self.smtp.login is None
        try:
            self._talk()
        except (_Gone, OSError):
            pass
        finally:
            self.smtp._sockets.discard(self.request)
            self.request.close()

    def _talk(self) -> None:
        if self.smtp.implicit_tls:
            self._encrypt()
        self._answer("CONNECT", "220 a test's mail server")
        while line := self.wire.readline():
            command = line.decode("ascii").rstrip("\r\n")
            self.smtp.said.append(command)
            verb = command.upper().split(" ")[0]
            if self.early and self.smtp.pipelining is Pipelining.REFUSES:
                self._say(b"503 5.5.0 not so fast\r\n")
            else:
                getattr(self, f"_on_{verb.lower()}", self._on_other)(command)

    def _answer(self, at: str, usual: str) -> bool:
        """Answer as the rules say, or as usual; returns whether the client may go on."""
        return self._act(self.smtp.action(at, self.to, self.sender), usual)

    def _act(self, action: str | Act | None, usual: str) -> bool:
        if action in (Act.HANG, Act.KEEP_AND_HANG):
            self.smtp._released.wait()
        if action is Act.TRICKLE:
            self._trickle(usual)
            return True
        if action in (Act.GARBAGE, Act.FLOOD):
            self._say(b"\x00\xff\r\n" if action is Act.GARBAGE else b"x" * 100_000)
            return False
        if isinstance(action, Act):
            raise _Gone
        reply = action or usual
        self._say(reply.encode() + b"\r\n")
        if reply.startswith("421"):
            raise _Gone
        return reply[0] in "23"

    def _say(self, answer: bytes) -> None:
        """Send an answer, in the way of the server with commands in groups."""
        self.early = self.wire.is_waiting()
        match self.smtp.pipelining:
            case Pipelining.GATHERED if self.early:
                self.unsaid += answer
                return
            case Pipelining.ANSWERS_LAST if self.early:
                return
            case Pipelining.SPLIT:
                for number in range(len(answer)):
                    self.request.sendall(answer[number : number + 1])
                return
            case Pipelining.FORGETS:
                self.wire.forget()
        self.request.sendall(self.unsaid + answer)
        self.unsaid = b""

    def _trickle(self, answer: str) -> None:
        for letter in f"{answer}\r\n".encode():
            if self.smtp._released.wait(TRICKLE):
                raise _Gone
            self.request.sendall(bytes([letter]))

    def _encrypt(self) -> None:
        assert self.smtp.tls is not None
        if action := self.smtp.action("TLS", None, ""):
            self._act(action, "")
            raise _Gone
        self.smtp._sockets.discard(self.request)
        self.request = self.smtp.tls.wrap_socket(
            self.request, server_side=True, do_handshake_on_connect=False
        )
        self.smtp._sockets.add(self.request)
        self.request.do_handshake()
        self.wire = _Wire(self.request)
        self.encrypted = True

    def _on_other(self, command: str) -> None:
        self._answer("OTHER", "502 5.5.2 unknown command")

    def _on_ehlo(self, command: str) -> None:
        lines = ["a test's mail server"]
        if self.smtp.tls is not None and not self.encrypted:
            lines.append("STARTTLS")
        if self.smtp.login is not None:
            lines.append("AUTH PLAIN LOGIN")
        if self.smtp.pipelining is not None:
            lines.append("PIPELINING")
        lines.append("SIZE 50000000")
        reply = [f"250-{line}" for line in lines[:-1]] + [f"250 {lines[-1]}"]
        self._answer("EHLO", "\r\n".join(reply))

    def _on_helo(self, command: str) -> None:
        self._answer("EHLO", "250 a test's mail server")

    def _on_starttls(self, command: str) -> None:
        if self._answer("STARTTLS", "220 2.0.0 go on"):
            self._encrypt()

    def _on_auth(self, command: str) -> None:
        _, _, mechanism_and_more = command.partition(" ")
        mechanism, _, first = mechanism_and_more.partition(" ")
        words = first
        if mechanism.upper() == "LOGIN":
            self.request.sendall(b"334 UGFzc3dvcmQ6\r\n")
            words = first + " " + self.wire.readline().decode("ascii").strip()
        given = b"\0".join(base64.b64decode(word) for word in words.split()).lstrip(b"\0").decode()
        self.known = tuple(given.split("\0")) == self.smtp.login
        usual = "235 2.7.0 welcome" if self.known else f"535 5.7.8 wrong password for {given!r}"
        self._answer("AUTH", usual)

    def _on_mail(self, command: str) -> None:
        if self.sender:
            self._answer("MAIL", "503 5.5.1 nested MAIL command")
        elif not self.known:
            self._answer("MAIL", "530 5.7.0 say who you are")
        else:
            self.sender = _address(command)
            if not self._answer("MAIL", "250 2.1.0 ok"):
                self.sender = ""

    def _on_rcpt(self, command: str) -> None:
        self.to = _address(command)
        if not self._answer("RCPT", "250 2.1.5 ok" if self.sender else "503 5.5.1 MAIL first"):
            self.to = None

    def _on_data(self, command: str) -> None:
        if self.to is None:
            self._answer("DATA", "554 5.5.1 no valid recipients")
        elif self._answer("DATA", "354 go on"):
            self._take_content()

    def _take_content(self) -> None:
        if self.smtp.action("CONTENT", self.to, self.sender) is Act.DROP:
            # A reset instead of a polite end, so that the client fails while it still writes.
            self.request.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            raise _Gone
        lines: list[bytes] = []
        while not lines or lines[-1] != b".\r\n" or (len(lines) > 1 and not lines[-2].endswith(b"\r\n")):
            lines.append(self.wire.readline())
            if not lines[-1]:
                raise _Gone
        self._take_final_dot(lines)

    def _take_final_dot(self, lines: list[bytes]) -> None:
        assert self.to is not None
        action = self.smtp.action(".", self.to, self.sender)
        if action not in (Act.DROP, Act.HANG) and (not isinstance(action, str) or action.startswith("2")):
            content = b"".join(line.removeprefix(b".") for line in lines[:-1])
            mail = Mail(
                sender=self.sender,
                to=self.to,
                content=content,
                raw=b"".join(lines),
                encrypted=self.encrypted,
            )
            self.smtp.received.append(mail)
        self._act(action, f"250 2.0.0 Ok: queued as Q{len(self.smtp.received)}")
        self.sender, self.to = "", None

    def _on_rset(self, command: str) -> None:
        self.sender, self.to = "", None
        self._answer("RSET", "250 2.0.0 ok")

    def _on_quit(self, command: str) -> None:
        self._answer("QUIT", "221 2.0.0 goodbye")
        raise _Gone


def _address(command: str) -> str:
    return command.partition("<")[2].partition(">")[0]
