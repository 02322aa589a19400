"""A Twilio on 127.0.0.1: takes messages over HTTP, lists them, refuses some, and breaks off when told.

with TwilioServer({"+15550100002": Refusal(code=21610)}) as server:
    ...  # base_url: server.url
"""

import json
import ssl
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import format_datetime
from enum import Enum, auto
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Self
from urllib.parse import parse_qsl, urlsplit


class Act(Enum):
    """How to misbehave."""

    #: close the connection before the message has been taken
    LOSE = auto()
    # the others: after it has been taken
    #: close the connection
    DROP = auto()
    #: say nothing until the server is left
    HANG = auto()


@dataclass(frozen=True, kw_only=True, slots=True)
class Refusal:
    """An error as Twilio writes it."""

    code: int
    status: int = 400
    headers: Mapping[str, str] = field(default_factory=dict)


class TwilioServer:
    """Listens on a free port of 127.0.0.1 while its `with` block runs."""

    def __init__(
        self, rules: Mapping[str, Refusal | Act] | None = None, *, at: datetime | None = None
    ) -> None:
        #: by the recipient's number
        self.rules = dict(rules or {})
        #: aware; when messages are taken, for tests that have a time of their own
        self.at = at
        #: how many connections were made
        self.connections = 0
        #: everything that was taken, as the list of messages shows it
        self.listed: list[dict[str, object]] = []
        #: the form fields of every message that was taken
        self.received: list[dict[str, str]] = []
        #: the Authorization header of every request
        self.authorizations: list[str | None] = []
        self.lock = threading.Lock()
        self._scheme = "http"
        self._released = threading.Event()
        self._listener = _Listener(("127.0.0.1", 0), _Request)
        self._listener.twilio = self
        self._thread = threading.Thread(target=self._listener.serve_forever, kwargs={"poll_interval": 0.01})

    def encrypt(self, context: ssl.SSLContext) -> None:
        """Speak TLS from now on."""
        self._listener.socket = context.wrap_socket(self._listener.socket, server_side=True)
        self._scheme = "https"

    @property
    def url(self) -> str:
        """What `base_url` must be."""
        return f"{self._scheme}://127.0.0.1:{self._listener.server_address[1]}"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._released.set()
        self._listener.shutdown()
        self._listener.server_close()
        self._thread.join()


class _Listener(ThreadingHTTPServer):
    daemon_threads = True
    twilio: TwilioServer


class _Request(BaseHTTPRequestHandler):
    server: _Listener
    protocol_version = "HTTP/1.1"
    #: head and body leave together; apart, each answer would wait for an acknowledgement
    wbufsize = -1

    def setup(self) -> None:
        super().setup()
        self.server.twilio.connections += 1

    def do_GET(self) -> None:
        to = dict(parse_qsl(urlsplit(self.path).query))["To"]
        found = [taken for taken in self.server.twilio.listed if taken["to"] == to]
        self._reply(200, {"messages": found, "next_page_uri": None, "page": 0}, {})

    def do_POST(self) -> None:
        twilio = self.server.twilio
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        fields = dict(parse_qsl(body, keep_blank_values=True))
        twilio.authorizations.append(self.headers["Authorization"])
        rule = twilio.rules.get(fields["To"])
        if isinstance(rule, Refusal):
            self._refuse(rule, fields["To"])
            return
        if rule is Act.LOSE:
            self.close_connection = True
            return
        answer = self._take(fields)
        if rule is None:
            self._reply(201, answer, {})
            return
        if rule is Act.HANG:
            twilio._released.wait()
        self.close_connection = True

    def _take(self, fields: dict[str, str]) -> dict[str, object]:
        twilio = self.server.twilio
        with twilio.lock:
            twilio.received.append(fields)
            number = len(twilio.received)
        answer: dict[str, object] = {
            "sid": f"SM{number:032}",
            "to": fields["To"],
            "body": fields["Body"],
            "status": "queued",
            "num_segments": "1",
            "price": None,
            "error_code": None,
            "date_created": format_datetime((twilio.at or datetime.now(UTC)).astimezone(UTC)),
            "date_sent": None,
        }
        twilio.listed.append(answer)
        return answer

    def _refuse(self, refusal: Refusal, to: str) -> None:
        answer = {
            "code": refusal.code,
            "message": f"Twilio has its reasons about {to}",
            "more_info": f"https://www.twilio.com/docs/errors/{refusal.code}",
            "status": refusal.status,
        }
        self._reply(refusal.status, answer, refusal.headers)

    def _reply(self, status: int, answer: object, headers: Mapping[str, str]) -> None:
        content = json.dumps(answer).encode()
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  http.server's own name
        """A test looks at what was received."""
