"""Texts handed to Twilio's own client, beside bare HTTP clients that say the same over as many connections.

All speak to a server in another process that answers as Twilio does, at once or after a while.
"""

import asyncio
import json
import multiprocessing
import os
import statistics
import time
from base64 import b64encode
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from http.client import HTTPConnection
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any, Self
from unittest.mock import patch
from urllib.parse import urlencode

import httpx

from aftershow.ports import Receipt, RenderedText
from aftershow.words.channels import Channel
from bench.row import Row
from connectors import open_sender
from connectors.twilio import TOKEN, Settings

#: How long Twilio takes for an answer, in seconds; the second is usual between continents.
LATENCIES = (0.0, 0.05)
#: How often each way is measured; the table has the medians.
RUNS = 5
SECRET = "no-secret"
ACCOUNT = "AC" + "0" * 32
SETTINGS = {"connector": "twilio", "account_sid": ACCOUNT, "from": "+15005550006"}
CONNECTIONS = Settings.model_validate(SETTINGS).connections

HEADERS = {
    "Authorization": f"Basic {b64encode(f'{ACCOUNT}:{SECRET}'.encode()).decode()}",
    "Content-Type": "application/x-www-form-urlencoded",
}

#: What Twilio says when it has taken a message.
CREATED = {
    "account_sid": ACCOUNT,
    "api_version": "2010-04-01",
    "date_created": "Tue, 24 Nov 2026 16:00:00 +0000",
    "date_sent": None,
    "date_updated": "Tue, 24 Nov 2026 16:00:00 +0000",
    "direction": "outbound-api",
    "error_code": None,
    "error_message": None,
    "from": "+15005550006",
    "messaging_service_sid": None,
    "num_media": "0",
    "num_segments": "1",
    "price": None,
    "price_unit": "USD",
    "sid": "SM" + "0" * 32,
    "status": "queued",
    "subresource_uris": {},
}


def rows(texts: int = 1_000) -> Iterator[Row]:
    """Measure by the clock, with each latency; a tenth of the texts where the server takes its time."""
    for latency in LATENCIES:
        count = texts // 10 if latency else texts
        with answering(latency) as port:
            for client in (HttpxClient, StandardClient):
                yield _beside(client, port, latency, count)


def _beside(client: type["BareClient"], port: int, latency: float, count: int) -> Row:
    messages = [text(number) for number in range(count)]
    settings = {**SETTINGS, "base_url": f"http://127.0.0.1:{port}"}
    with (
        patch.dict(os.environ, {TOKEN: SECRET}),
        closing(open_sender(settings, Channel.TEXT, Path())) as sender,
        client(port) as bare,
    ):
        times = [
            (_seconds(lambda: _accepted(list(sender.send(messages)))), _seconds(lambda: bare.send(messages)))
            for _ in range(RUNS)
        ]
    ours, theirs = (statistics.median(seconds) / count for seconds in zip(*times, strict=True))
    return Row(
        what=f"a text to a Twilio that takes {latency * 1e3:.0f} ms, {CONNECTIONS} connections, by the clock",
        aftershow=ours,
        other=theirs,
        beside=f"{client.__doc__}: {theirs / ours:.2f} of its rate",
    )


def text(number: int) -> RenderedText:
    """Return the text of one of many people."""
    body = f"Hello {number}, thank you for coming to our booth! Shall we call you? Reply STOP to end"
    return RenderedText(key=f"text-{number}", to=f"+1555{number:07}", body=body, segments=1)


class BareClient:
    """Says to the server what must be said, and looks at the answer's status and name alone."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._path = f"/2010-04-01/Accounts/{ACCOUNT}/Messages.json"

    def __enter__(self) -> Self:
        self._threads = ThreadPoolExecutor(CONNECTIONS)
        self._lines = [self._dial() for _ in range(CONNECTIONS)]
        return self

    def __exit__(self, *_: object) -> None:
        self._threads.shutdown()
        for line in self._lines:
            line.close()

    def send(self, messages: list[RenderedText]) -> None:
        """Send all messages, each connection its share."""
        shares = [messages[first::CONNECTIONS] for first in range(CONNECTIONS)]
        list(self._threads.map(self._send, self._lines, shares))

    def _send(self, line: Any, messages: list[RenderedText]) -> None:
        for message in messages:
            status, answer = self._post(
                line, {"To": message.to, "From": SETTINGS["from"], "Body": message.body}
            )
            assert status == 201
            assert json.loads(answer)["sid"]

    def _dial(self) -> Any:
        raise NotImplementedError

    def _post(self, line: Any, form: dict[str, str]) -> tuple[int, bytes]:
        raise NotImplementedError


class HttpxClient(BareClient):
    """httpx"""

    def _dial(self) -> httpx.Client:
        return httpx.Client(
            base_url=f"http://127.0.0.1:{self._port}", auth=(ACCOUNT, SECRET), trust_env=False
        )

    def _post(self, line: httpx.Client, form: dict[str, str]) -> tuple[int, bytes]:
        answer = line.post(self._path, data=form)
        return answer.status_code, answer.content


class StandardClient(BareClient):
    """the standard library's http.client"""

    def _dial(self) -> HTTPConnection:
        return HTTPConnection("127.0.0.1", self._port)

    def _post(self, line: HTTPConnection, form: dict[str, str]) -> tuple[int, bytes]:
        line.request("POST", self._path, urlencode(form), HEADERS)
        answer = line.getresponse()
        return answer.status, answer.read()


@contextmanager
def answering(latency: float) -> Iterator[int]:
    """Run a server that takes every text; yields its port."""
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    process = context.Process(target=_serve, args=(theirs, latency), daemon=True)
    process.start()
    try:
        yield ours.recv()
    finally:
        process.terminate()
        process.join()


def _serve(parent: Connection, latency: float) -> None:
    asyncio.run(_listen(parent, latency))


async def _listen(parent: Connection, latency: float) -> None:
    server = await asyncio.get_running_loop().create_server(lambda: _Twilio(latency), "127.0.0.1", 0)
    parent.send(server.sockets[0].getsockname()[1])
    await server.serve_forever()


class _Twilio(asyncio.Protocol):
    """Reads as much of HTTP as clients need that send one request after the other (RFC 9112)."""

    def __init__(self, latency: float) -> None:
        self._latency = latency
        self._read = b""
        content = json.dumps(CREATED).encode()
        head = ("HTTP/1.1 201 Created", "Content-Type: application/json", f"Content-Length: {len(content)}")
        self._answer = "\r\n".join((*head, "", "")).encode() + content

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep the line."""
        assert isinstance(transport, asyncio.Transport)
        self._line = transport

    def data_received(self, data: bytes) -> None:
        """Answer each request that is there as a whole."""
        self._read += data
        head, end, body = self._read.partition(b"\r\n\r\n")
        length = int(head.lower().partition(b"content-length:")[2].partition(b"\r\n")[0] or 0)
        if end and len(body) >= length:
            self._read = body[length:]
            asyncio.get_running_loop().call_later(self._latency, self._line.write, self._answer)


def _accepted(outcomes: list[object]) -> None:
    assert all(isinstance(outcome, Receipt) and outcome.accepted for outcome in outcomes)


def _seconds(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start
