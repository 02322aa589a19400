"""A mail server in a process of its own that takes every message, fast, and writes down what it took.

    with MailSink(tmp_path / "taken") as sink:
        ...  # send to 127.0.0.1, port sink.port
        assert [one.to for one in sink.taken()] == ["ana@example.com"]

A line stands in its file before the final dot is answered, so that it is there whoever is killed then. It
offers PIPELINING, and what a dead client had written is read to its end, as by any mail server.
"""

import os
import re
import selectors
import socket
import subprocess
import sys
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

_END = b"\r\n.\r\n"
_KEY = re.compile(rb"^Message-ID: *<([^@>]*)", re.MULTILINE | re.IGNORECASE)
#: Not of SMTP: answered as soon as nobody but those who ask this is connected any more.
_QUIET = "XQUIET"
_REPLIES = {
    "EHLO": "250-a sink\r\n250-PIPELINING\r\n250-SIZE 50000000\r\n250 8BITMIME",
    "HELO": "250 a sink",
    "MAIL": "250 2.1.0 ok",
    "RCPT": "250 2.1.5 ok",
    "DATA": "354 go on",
    "RSET": "250 2.0.0 ok",
    "NOOP": "250 2.0.0 ok",
    "QUIT": "221 2.0.0 goodbye",
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Taken:
    """A message that the sink took."""

    #: what stands before the @ in the Message-ID
    key: str
    #: the envelope's recipient
    to: str


class MailSink:
    """The sink's process, while its `with` block runs."""

    def __init__(self, file: Path) -> None:
        self._file = file
        file.touch()
        words = [sys.executable, "-m", "tests.servers.mail_sink", str(file)]
        root = Path(__file__).parents[2]
        self._process = subprocess.Popen(words, cwd=root, stdout=subprocess.PIPE, text=True)
        assert self._process.stdout is not None
        #: where it listens, on 127.0.0.1
        self.port = int(self._process.stdout.readline())

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._process.kill()
        self._process.communicate()

    def size(self) -> int:
        """Return how long the file is by now, in bytes: it grows with every message."""
        return self._file.stat().st_size

    def taken(self) -> list[Taken]:
        """Return what came since the last call, when all who were connected have hung up."""
        with socket.create_connection(("127.0.0.1", self.port)) as connection:
            connection.sendall(f"{_QUIET}\r\n".encode())
            while b"quiet" not in connection.recv(1000):
                pass
        lines = self._file.read_text().splitlines()
        self._file.write_text("")
        return [Taken(key=key, to=to) for key, to in map(str.split, lines)]


class _Conversation:
    """What one client has said, and what it is to be answered."""

    def __init__(self, file: int) -> None:
        self._file = file
        self._heard = bytearray()
        self._to = ""
        self._in_message = False
        self.asks_for_quiet = False

    def hear(self, data: bytes) -> bytes:
        """Take what came over the wire; returns the answers to all of it."""
        self._heard += data
        answers = []
        while (answer := self._next()) is not None:
            answers.append(answer + "\r\n")
        return "".join(answers).encode()

    def _next(self) -> str | None:
        said = self._cut(_END if self._in_message else b"\r\n")
        if said is None:
            return None
        return self._keep(said) if self._in_message else self._answer(said.decode("ascii", "replace"))

    def _cut(self, end: bytes) -> bytes | None:
        place = self._heard.find(end)
        if place < 0:
            return None
        said = bytes(self._heard[:place])
        del self._heard[: place + len(end)]
        return said

    def _keep(self, content: bytes) -> str:
        found = _KEY.search(content)
        key = found[1].decode("ascii") if found else "?"
        os.write(self._file, f"{key} {self._to}\n".encode())
        self._in_message = False
        return f"250 2.0.0 Ok: queued as {key}"

    def _answer(self, line: str) -> str:
        verb = line.partition(" ")[0].upper()
        if verb == _QUIET:
            self.asks_for_quiet = True
            return "250-wait"
        if verb == "RCPT":
            self._to = line.partition("<")[2].partition(">")[0]
        self._in_message = verb == "DATA"
        return _REPLIES.get(verb, "502 5.5.2 unknown command")


class _Sink:
    """All conversations, in one thread."""

    def __init__(self, file: Path) -> None:
        self._file = os.open(file, os.O_WRONLY | os.O_APPEND)
        self._selector = selectors.DefaultSelector()
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=256)
        self._selector.register(self._listener, selectors.EVENT_READ)
        self._open: dict[socket.socket, _Conversation] = {}

    def serve(self) -> None:
        """Say the port, and serve for ever."""
        sys.stdout.write(f"{self._listener.getsockname()[1]}\n")
        sys.stdout.flush()
        while True:
            for key, _ in self._selector.select():
                if key.fileobj is self._listener:
                    self._welcome()
                else:
                    self._listen_to(key.fileobj)  # type: ignore[arg-type]
            self._tell_of_quiet()

    def _welcome(self) -> None:
        client, _ = self._listener.accept()
        client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._open[client] = _Conversation(self._file)
        self._selector.register(client, selectors.EVENT_READ)
        self._say(client, b"220 a sink\r\n")

    def _listen_to(self, client: socket.socket) -> None:
        try:
            data = client.recv(1 << 18)
        except OSError:
            data = b""
        if data:
            self._say(client, self._open[client].hear(data))
        else:
            del self._open[client]
            self._selector.unregister(client)
            client.close()

    def _say(self, client: socket.socket, answers: bytes) -> None:
        # Dead clients read no answers; what they wrote is still taken.
        with suppress(OSError):
            client.sendall(answers)

    def _tell_of_quiet(self) -> None:
        if all(one.asks_for_quiet for one in self._open.values()):
            for client in self._open:
                self._say(client, b"250 quiet\r\n")


if __name__ == "__main__":
    _Sink(Path(sys.argv[1])).serve()
