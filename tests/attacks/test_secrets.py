"""Secrets are hard to guess and cross no network in the clear; no error repeats what servers were sent."""

import gzip
import json
import logging
import re
import secrets
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from datetime import UTC, datetime
from itertools import chain, repeat
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import pytest
import requests
import responses

from aftershow.cli import main
from aftershow.errors import DeliveryError, OutcomeUnknownError, PermanentError, TemporaryError, UsageError
from aftershow.ports import DeliveryOutcome, Receipt
from aftershow.signing import load_secret
from aftershow.words.channels import Channel
from connectors import check_settings, open_sender
from connectors._smtp_reply import Reply
from tests.connectors.rig import SECRET_OF_A_PERSON, a_text, an_email
from tests.servers.smtp_server import Rule, SmtpServer
from tests.support.waiting import HANGS

ROOT = Path(__file__).parents[2]
TWILIO = {"connector": "twilio", "account_sid": "AC1", "from": "+15005550006"}
SMTP = {"connector": "smtp", "host": "mail.example.com", "username": "us"}
URL = "https://api.twilio.com/2010-04-01/Accounts/AC1/Messages.json"
LOOPBACK = ("127.0.0.1", "127.8.9.10", "::1", "localhost", "LOCALHOST")
#: What looks like this machine, or may be it by some ways of reading; and what is another one.
ELSEWHERE = (
    "mail.example.com", "localhost.evil.example", "127.0.0.1.evil.example", "evil.example#127.0.0.1",
    "127.1", "2130706433", "0x7f000001", "0177.0.0.1", "0.0.0.0", "10.0.0.1", "::", "127.0.0.1 ", "",
)  # fmt: skip


@pytest.fixture(autouse=True)
def _secrets(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AFTERSHOW_TWILIO_AUTH_TOKEN", "0123456789abcdef-token")
    monkeypatch.setenv("AFTERSHOW_SMTP_PASSWORD", "0123456789abcdef-password")


@pytest.mark.parametrize(
    "secret",
    [
        "aaaaaaaaaaaaaaaa",
        "a" * 64,
        "ab" * 32,
        "0123456789abcdef" * 2,
        "abcdefghijklmnopqrstuvwxyz0123456789",
        "correct-horse-" * 3,
        "changemechangemechangemechangeme",
        "My-Super-Secret-Key-1234567890-xyzw",
        "9f2c47d1b80e5a6394c1d7e2f05b8a6",
        " " * 40,
        "",
    ],
)
def test_a_weak_secret_is_refused(
    secret: str, sqlite_engine: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Any
) -> None:
    """It is told where it is used and by check, with how to make a good one, and without repeating it."""
    with sqlite_engine.begin() as connection, pytest.raises(UsageError, match="token_hex") as refused:
        load_secret(connection, secret)
    monkeypatch.setenv("AFTERSHOW_SECRET", secret)
    monkeypatch.setattr(sys, "argv", ["aftershow", "check", "--workspace", str(tmp_path)])
    with pytest.raises(SystemExit):
        main()
    said = capsys.readouterr().out
    assert "environment: AFTERSHOW_SECRET: it " in said
    assert len(secret) < 10 or secret not in said + str(refused.value)


def test_random_secrets_are_good(sqlite_engine: Any) -> None:
    """What the advice makes, and what password managers make, is taken."""
    with sqlite_engine.begin() as connection:
        for _ in range(300):
            for secret in (secrets.token_hex(32), secrets.token_hex(16), secrets.token_urlsafe(32)):
                assert load_secret(connection, secret) == secret.encode()


@pytest.mark.parametrize("host", ELSEWHERE)
@pytest.mark.parametrize("more", [{}, {"port": 465}, {"tls": False}])
def test_no_password_goes_in_the_clear(host: str, more: dict[str, Any], tmp_path: Path) -> None:
    """A login without encryption is refused, by check as well as when the connector is opened."""
    settings = {**SMTP, "host": host, "starttls": False, **more}
    with pytest.raises(UsageError, match=r"channels\.email.*in the clear"):
        check_settings(settings, Channel.EMAIL, Path())
    with pytest.raises(UsageError, match="in the clear"):
        open_sender(settings, Channel.EMAIL, tmp_path)


@pytest.mark.parametrize("host", LOOPBACK)
def test_a_password_may_go_to_this_machine(host: str) -> None:
    """A mail server beside us needs no encryption; neither does one that is told no password."""
    check_settings({**SMTP, "host": host, "starttls": False}, Channel.EMAIL, Path())
    check_settings({**SMTP, "starttls": False, "tls": True}, Channel.EMAIL, Path())
    check_settings(
        {"connector": "smtp", "host": "mail.example.com", "starttls": False}, Channel.EMAIL, Path()
    )


@pytest.mark.parametrize(
    "host",
    [
        "api.example.com", "localhost.evil.example", "127.0.0.1.evil.example", "127.0.0.1@evil.example",
        "evil.example/127.0.0.1", "evil.example?127.0.0.1", "evil.example#@localhost", "0.0.0.0", "10.0.0.1",
    ],
)  # fmt: skip
def test_no_token_goes_in_the_clear(host: str, tmp_path: Path) -> None:
    """http:// is refused for every host but this machine."""
    for scheme in ("http", "HTTP"):
        with pytest.raises(UsageError, match="in the clear"):
            open_sender({**TWILIO, "base_url": f"{scheme}://{host}"}, Channel.TEXT, tmp_path)


@pytest.mark.parametrize(
    "url", ["http://127.0.0.1:8080", "http://[::1]:80/x", "http://localhost", "https://x.example"]
)
def test_a_token_may_go_to_this_machine_or_encrypted(url: str) -> None:
    """A stand-in for Twilio in a test needs no certificate."""
    check_settings({**TWILIO, "base_url": url}, Channel.TEXT, Path())


@contextmanager
def twilio_says(body: str | bytes, status: int = 201, **headers: str) -> Iterator[Any]:
    """Let Twilio answer so; gives the outcome of a text."""
    with responses.RequestsMock() as twilio, closing(open_sender(TWILIO, Channel.TEXT, ROOT)) as sender:
        twilio.add(
            "POST",
            URL,
            body=body,
            status=status,
            headers={k.replace("_", "-"): v for k, v in headers.items()},
        )
        [outcome] = sender.send([a_text()])
        yield outcome


ECHOES = (
    "The 'To' number +1 (555) 010-0001 is not a valid phone number",
    f"Body was: Dear {SECRET_OF_A_PERSON} 1",
    "15550100001",
    "plus one five five five 0100001",
)


@pytest.mark.parametrize("echo", ECHOES)
@pytest.mark.parametrize("status", [400, 401, 404, 429, 500])
@pytest.mark.parametrize(
    "code", [21211, 21610, 20003, 20429, 99999, "+15550100001", None, [1], {"a": 1}, 1e400]
)
def test_twilios_words_are_not_repeated(echo: str, status: int, code: Any) -> None:
    """Whatever it says, in whatever place: what is kept and shown is the code, and where it is explained."""
    old = {"code": code, "message": echo, "status": status, "more_info": echo, "details": {echo: echo}}
    new = {"type": echo, "title": echo, "status": echo, "code": code, "detail": echo}
    for document in (old, new):
        with twilio_says(json.dumps(document), status) as outcome:
            said = str(outcome.reason if isinstance(outcome, Receipt) else outcome)
            assert re.sub(r"\d+, https://www\.twilio\.com/docs/api/errors/\d+|HTTP \d+", "", said) in (
                "",
                "Twilio refuses us: ",
                "Twilio asks to wait: ",
                "Twilio failed and may have taken the message: ",
            )
            assert "0100001" not in said


CREATED = {"sid": "SM1", "status": "queued", "num_segments": "1", "price": None, "price_unit": "USD"}


@pytest.mark.parametrize(
    "answer",
    [
        json.dumps({**CREATED, "pad": "x" * 17_000_000}),
        "[" * 100_000,
        json.dumps({**CREATED, "sid": "S" * 5_000}),
        json.dumps({**CREATED, "sid": "SM1\x1b[31m"}),
        json.dumps({**CREATED, "sid": ["SM1"]}),
        '{"sid": ' + "1" * 5_000 + "}",
    ],
    ids=["long", "deep", "long sid", "steering sid", "list", "number"],
)
def test_an_answer_without_end_or_sense_is_unknown(answer: str) -> None:
    """It is read up to a length, and the text is in doubt: Twilio may have taken it."""
    with twilio_says(answer) as outcome:
        assert type(outcome) is OutcomeUnknownError


def test_a_packed_answer_is_not_unpacked_without_end() -> None:
    """17 MB in 17 KB are not read to the end either."""
    with twilio_says(
        gzip.compress(json.dumps({**CREATED, "pad": " " * 17_000_000}).encode()), Content_Encoding="gzip"
    ) as outcome:
        assert type(outcome) is OutcomeUnknownError


def test_what_is_kept_of_an_answer_is_short() -> None:
    """Price and status are figures and words; a page of text in their place is left out."""
    with twilio_says(
        json.dumps({**CREATED, "status": f"queued for {a_text().to}", "price": "9" * 500})
    ) as outcome:
        assert outcome.data == {"num_segments": "1", "price_unit": "USD"}


def test_twilios_client_logs_nobody(caplog: pytest.LogCaptureFixture) -> None:
    """It would write down number and words, for whoever listens to everything."""
    caplog.set_level(logging.DEBUG)
    with twilio_says(json.dumps(CREATED)) as outcome:
        assert outcome.accepted
    assert SECRET_OF_A_PERSON not in caplog.text
    assert "5550100001" not in caplog.text


def test_a_list_without_end_is_not_read() -> None:
    """A number's list that goes on and on proves nothing."""
    pages = 0

    def page(request: requests.PreparedRequest) -> tuple[int, dict[str, str], str]:
        nonlocal pages
        pages += 1
        assert pages <= 20
        number = parse_qs(str(request.url)).get("Page", ["0"])[0]
        one = {"sid": "SM1", "body": "x", "date_created": "Fri, 27 Nov 2026 10:00:00 +0000"}
        more = f"/2010-04-01/Accounts/AC1/Messages.json?Page={int(number) + 1}"
        return 200, {}, json.dumps({"messages": [one] * 1_000, "next_page_uri": more})

    with responses.RequestsMock() as twilio, closing(open_sender(TWILIO, Channel.TEXT, ROOT)) as sender:
        twilio.add_callback("GET", URL, page)
        moment = datetime(2026, 11, 27, tzinfo=UTC)
        with pytest.raises(TemporaryError, match="too long"):
            sender.look_up(a_text().to, since=moment, until=moment)  # type: ignore[attr-defined]  # not all senders look up


# Mail servers


def mailed(port: int, timeout: float = 5) -> DeliveryOutcome:
    """Return what becomes of an email that is handed to a server on this machine."""
    settings = {"connector": "smtp", "host": "127.0.0.1", "port": port, "starttls": False, "timeout": timeout}
    with closing(open_sender(settings, Channel.EMAIL, ROOT)) as sender:
        [outcome] = sender.send([an_email()])
    return outcome


@pytest.fixture(scope="module")
def server() -> Iterator[SmtpServer]:
    with SmtpServer() as server:
        yield server


@pytest.mark.parametrize("code", ["450 4.2.1", "451", "550 5.7.1", "554 5.7.26", "503"])
@pytest.mark.parametrize("at", ["MAIL", "RCPT", "DATA", "."])
def test_an_error_repeats_nothing_of_a_mail_servers_words(code: str, at: str, server: SmtpServer) -> None:
    """They may hold the address, the name or the text; the codes, and what they are about, tell us enough."""
    words = f"<persephone.1@example.com> persephone.1%40example.com: Dear {SECRET_OF_A_PERSON} 1, Mrs Smith"
    server.rules = [Rule(at=at, do=f"{code} {words}")]
    outcome = mailed(server.port)
    assert isinstance(outcome, DeliveryError)
    assert code in str(outcome)
    for word in ("persephone", "example", "dear", "smith"):
        assert word not in str(outcome).lower()


@pytest.mark.parametrize(
    "words", ["a", "a@", "user ", "user unknown ", "@", ".", "5.1.1 ", "queued as ", "\u00e9"]
)
def test_a_long_answer_is_cut_before_it_is_searched(words: str) -> None:
    """800 KB of an answer cost what its beginning does."""
    reply = Reply.of(550, words * (800_000 // len(words)))
    assert len(reply.text) <= 2_000
    assert len(reply.words("ana@example.com")) <= 300
    assert reply.hard == (words in ("user unknown ", "5.1.1 "))


@pytest.mark.parametrize("greeting", ["220-", "220 hello\r\n250-"])
def test_an_answer_has_an_end(greeting: str) -> None:
    """Lines that say that more lines follow are not listened to for ever."""
    lines = chain([greeting.encode()], repeat(b"x\r\n250-", 3_000), [b"x\r\n250 end\r\n"])
    with talking(lines) as port:
        outcome = mailed(port)
    assert str(outcome) == "The mail server broke off while it was greeted."


#: What a server says at once, and what again and again, before each timeout is over: letters, then lines.
DRIPS = [
    (b"220 ", b"x"),
    (b"220-x\r\n", b"220-x\r\n"),
    (b"220 x\r\n250 ", b"x"),
    (b"220 x\r\n250 x\r\n250 ", b"x"),
    (b"220 x\r\n250 x\r\n", b"250-x\r\n"),
]


@pytest.mark.parametrize(("said", "drop"), DRIPS)
def test_a_mail_server_that_drips_is_not_waited_for(said: bytes, drop: bytes) -> None:
    """Each drop comes within the time that a server has to answer, and the answer never."""
    with dripping(said, drop) as port:
        assert isinstance(mailed(port, timeout=0.5), TemporaryError)


@pytest.mark.parametrize("head", ["", "Content-Length: 50000\r\n", "Transfer-Encoding: chunked\r\n"])
def test_a_twilio_that_drips_is_not_waited_for(head: str) -> None:
    """A piece of an answer is taken as it comes: until it is full, it would be hours."""
    said, drop = f"HTTP/1.1 201 Created\r\n{head}\r\n", b"1\r\n \r\n" if "chunked" in head else b" "
    with dripping(said.encode(), drop) as port:
        settings = {**TWILIO, "base_url": f"http://127.0.0.1:{port}", "timeout": 0.5}
        with closing(open_sender(settings, Channel.TEXT, ROOT)) as sender:
            [outcome] = sender.send([a_text()])
    assert isinstance(outcome, OutcomeUnknownError)


@contextmanager
def dripping(said: bytes, drop: bytes) -> Iterator[int]:
    """A server that says this to whoever comes first, and then a drop five times a second; gives its port."""
    heard = threading.Event()

    def drip() -> None:
        with listener.accept()[0] as line, suppress(OSError):
            line.sendall(said)
            for _ in range(HANGS * 5):
                if heard.wait(0.2):
                    return
                line.sendall(drop)

    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=drip)
        thread.start()
        yield listener.getsockname()[1]
        assert thread.is_alive(), "it was waited for to the end"
        heard.set()
        thread.join()


@contextmanager
def talking(lines: Iterator[bytes]) -> Iterator[int]:
    """A server that says all this to whoever comes first; gives its port."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=_talk, args=(listener, b"".join(lines)))
        thread.start()
        yield listener.getsockname()[1]
        thread.join()


def _talk(listener: socket.socket, said: bytes) -> None:
    conversation, _ = listener.accept()
    with conversation:
        conversation.settimeout(5)
        try:
            conversation.sendall(said)
            while conversation.recv(4_096):
                pass
        except OSError:
            return


def test_no_pattern_goes_through_a_text_again_and_again() -> None:
    """What servers, leads and marketers write is searched in a time that grows with its length alone."""
    words = [sys.executable, "-m", "tests.attacks.patterns", "aftershow", "connectors"]
    done = subprocess.run(words, cwd=ROOT, text=True, capture_output=True, timeout=HANGS, check=True)
    *slow, counted = done.stdout.splitlines()
    assert slow == []
    assert int(counted.split()[0]) > 80


def test_permanent_is_told_apart_without_the_words(server: SmtpServer) -> None:
    """An operator learns what the refusal is about."""
    server.rules = [Rule(at="RCPT", do="550 5.7.1 we do not like you")]
    outcome = mailed(server.port)
    assert isinstance(outcome, PermanentError)
    assert "550 5.7.1 (security or policy" in str(outcome)


@pytest.mark.parametrize(
    ("url", "proxied"), [("http://127.0.0.1:4010", False), ("https://twilio.example", True)]
)
def test_no_proxy_reads_a_token(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, url: str, proxied: bool
) -> None:
    """What is not encrypted stays on this machine, also where the environment names a proxy."""
    for name in ("HTTP_PROXY", "HTTPS_PROXY"):
        monkeypatch.setenv(name, "http://proxy.example:3128")
    for name in ("NO_PROXY", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AFTERSHOW_TWILIO_AUTH_TOKEN", "secret")
    asked = {"connector": "twilio", "account_sid": "AC" + "1" * 32, "from": "+15005550006", "base_url": url}
    with closing(open_sender(asked, Channel.TEXT, tmp_path)) as sender:
        assert bool(sender._http.session.proxies) == proxied  # type: ignore[attr-defined]  # its own
