"""What becomes of an email on its way to a mail server, whatever that server does."""

import base64
import socket
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from aiosmtpd.controller import Controller

from aftershow.errors import DeliveryError, OutcomeUnknownError, PermanentError, TemporaryError, UsageError
from aftershow.ports import DeliveryOutcome, Receipt, RenderedEmail, Sender
from aftershow.words.channels import Channel
from connectors import open_sender
from tests.connectors.rig import Rig, an_email
from tests.servers.certificate import Certificate, self_signed
from tests.servers.smtp_server import Act, Rule, SmtpServer

PASSWORD = "correct horse"
Open = Callable[..., Sender]


def settings_for(server: SmtpServer, **more: object) -> dict[str, object]:
    plain = {"starttls": False, "local_hostname": "client.example", "timeout": 5, "connections": 1}
    return {"connector": "smtp", "host": "127.0.0.1", "port": server.port, **plain, **more}


@contextmanager
def rig(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Rig]:
    """A real mail server on loopback that asks for a login."""
    monkeypatch.setenv("AFTERSHOW_SMTP_PASSWORD", PASSWORD)
    with SmtpServer(login=("aftershow", PASSWORD)) as server:

        def refuse(address: str) -> None:
            reply = f"550 5.1.1 <{address}>: {address.partition('@')[0]} unknown in the directory"
            server.rules.append(Rule(at="RCPT", to=address, do=reply))

        def fail(at: str, do: str | Act) -> Callable[[], None]:
            return lambda: server.rules.append(Rule(at=at, do=do, to="persephone.1@example.com"))

        yield Rig(
            settings=settings_for(server, username="aftershow"),
            secrets={"AFTERSHOW_SMTP_PASSWORD": PASSWORD},
            refuse=refuse,
            failures={
                TemporaryError: fail("RCPT", "451 4.7.1 <persephone.1@example.com>: Persephone.1 greylisted"),
                OutcomeUnknownError: fail(".", Act.KEEP_AND_DROP),
                PermanentError: fail("RCPT", "554 5.7.1 <persephone.1@example.com>: relay access denied"),
            },
        )


@pytest.fixture
def server() -> Iterator[SmtpServer]:
    with SmtpServer() as server:
        yield server


@pytest.fixture
def opened(server: SmtpServer, tmp_path: Path) -> Iterator[Open]:
    senders: list[Sender] = []

    def open_(**more: object) -> Sender:
        senders.append(open_sender(settings_for(server, **more), Channel.EMAIL, tmp_path))
        return senders[-1]

    yield open_
    for sender in senders:
        sender.close()


@pytest.fixture
def sender(opened: Open) -> Sender:
    return opened()


@pytest.fixture
def certificate(tmp_path: Path) -> Certificate:
    return self_signed(tmp_path)


def kinds(outcomes: list[DeliveryOutcome]) -> list[object]:
    """For a receipt, whether it was accepted; for an error, its class."""
    return [o.accepted if isinstance(o, Receipt) else type(o) for o in outcomes]


def verbs(server: SmtpServer) -> list[str]:
    return [line.split(" ")[0].upper() for line in server.said]


# What arrives


def test_an_email_arrives(server: SmtpServer, sender: Sender) -> None:
    """The envelope is the message's, one recipient each, and the receipt has the server's name for it."""
    outcomes = list(sender.send([an_email(1), an_email(2)]))
    assert outcomes == [
        Receipt(key="message-1", accepted=True, provider_id="Q1"),
        Receipt(key="message-2", accepted=True, provider_id="Q2"),
    ]
    assert [(mail.sender, mail.to, mail.content) for mail in server.received] == [
        (message.return_path, message.to, message.mime) for message in (an_email(1), an_email(2))
    ]


MIMES = {
    "a plain message": b"Subject: x\r\n\r\nhello\r\n",
    "lines that begin with dots": b"Subject: x\r\n\r\n.\r\n..\r\n.hidden\r\n...\r\na.b\r\n",
    "a dot at the very beginning": b".first\r\n",
    "a dot at the very end": b"Subject: x\r\n\r\n.\r\n",
    "empty lines": b"Subject: x\r\n\r\n\r\n\r\n\r\n",
    "a long line": b"Subject: x\r\n\r\n" + b"x" * 998 + b"\r\n",
    "a big message": b"Subject: x\r\n\r\n" + b".0123456789\r\n" * 100_000,
}


@pytest.mark.parametrize("mime", MIMES.values(), ids=MIMES.keys())
def test_the_bytes_stay_as_they_are(server: SmtpServer, sender: Sender, mime: bytes) -> None:
    """The message arrives byte by byte; on the wire only dots are stuffed and the final dot is added."""
    assert kinds(list(sender.send([an_email(mime=mime)]))) == [True]
    assert server.received[0].content == mime
    stuffed = b"".join(b"." + line if line[:1] == b"." else line for line in mime.splitlines(keepends=True))
    assert server.received[0].raw == stuffed + b".\r\n"


def test_a_last_line_without_an_end_gets_one(server: SmtpServer, sender: Sender) -> None:
    """SMTP has no unfinished line, so the last one is ended and nothing else is changed."""
    assert kinds(list(sender.send([an_email(mime=b"Subject: x\r\n\r\nhello")]))) == [True]
    assert server.received[0].content == b"Subject: x\r\n\r\nhello\r\n"


def test_another_server_reads_the_same(tmp_path: Path) -> None:
    """A mail server that is not ours gets the same bytes and envelope."""
    got: list[tuple[str, list[str], bytes]] = []

    class Handler:
        async def handle_DATA(  # noqa: N802  aiosmtpd asks for this name
            self, _server: object, _session: object, envelope: object
        ) -> str:
            got.append((envelope.mail_from, envelope.rcpt_tos, envelope.content))  # type: ignore[attr-defined]
            return "250 OK id=1tXyZ-000abc-9D"

    controller = Controller(Handler(), hostname="127.0.0.1", port=free_port())
    controller.start()
    try:
        settings = {"connector": "smtp", "host": "127.0.0.1", "port": controller.port, "starttls": False}
        message = an_email(mime=MIMES["lines that begin with dots"])
        with closing(open_sender(settings, Channel.EMAIL, tmp_path)) as sender:
            receipts = list(sender.send([message, message]))
    finally:
        controller.stop()
    assert receipts == [Receipt(key="message-1", accepted=True, provider_id="1tXyZ-000abc-9D")] * 2
    assert got == [(message.return_path, [message.to], message.mime)] * 2


@pytest.mark.parametrize(
    ("message", "reason"),
    [
        (an_email(mime=b"Subject: x\n\nhello\r\n"), "CRLF"),
        (an_email(mime=b"Subject: x\r\n\r\nhello\r.\r\n"), "CRLF"),
        (an_email(mime=b"Subject: x\r\n\r\nhello\n.\nMAIL FROM:<a@b.example>\r\n"), "CRLF"),
        (an_email(mime="Subject: Grüße\r\n\r\n".encode()), "7-bit"),
        (an_email(to="grüße@example.com"), "ASCII"),
        (an_email(to="ana@example.com>\r\nRCPT TO:<bo@example.com"), "ASCII"),
        (an_email(to="ana@example.com> NOTIFY=NEVER"), "ASCII"),
        (an_email(to="ana@example.com,bo@example.com"), "ASCII"),
        (an_email(to="nobody"), "ASCII"),
    ],
)
def test_what_smtp_can_not_say_is_refused(
    server: SmtpServer, sender: Sender, message: RenderedEmail, reason: str
) -> None:
    """A message or address that could be misread on the way is refused with a reason; the next one goes."""
    refused, accepted = sender.send([message, an_email(2)])
    assert isinstance(refused, Receipt)
    assert not refused.accepted
    assert refused.suppress is None
    assert reason in str(refused.reason)
    assert kinds([accepted]) == [True]
    assert [mail.to for mail in server.received] == [an_email(2).to]


def test_a_bad_return_path_stops_the_campaign(server: SmtpServer, sender: Sender) -> None:
    """The return path comes from our settings, so every message would fail: nobody is blamed."""
    message = an_email()
    broken = RenderedEmail(key="1", to=message.to, return_path="Fair <a b@x>", subject="", mime=message.mime)
    assert kinds(list(sender.send([broken, message]))) == [PermanentError]
    assert server.connections == 0


# What the server answers

ANSWERS = [
    # at, answer, what the outcome is, suppress
    ("RCPT", "550 5.1.1 <persephone.1@example.com>: Recipient address rejected: User unknown", False, True),
    ("RCPT", "550 5.1.2 bad destination system", False, True),
    ("RCPT", "551 5.1.6 mailbox has moved", False, True),
    ("RCPT", "550-5.1.1 The email account that you tried to reach\r\n550 5.1.1 does not exist.", False, True),
    ("RCPT", "556 5.1.10 recipient address has null MX", False, True),
    ("RCPT", "550 No such user here", False, True),
    ("RCPT", "550 persephone.1: Host unknown", False, True),
    ("RCPT", "550 sorry, no mailbox here by that name (#5.1.1)", False, True),
    ("RCPT", "550 Sender verify failed: host not found", False, False),
    ("RCPT", "550 5.1.0 address rejected", False, False),
    ("RCPT", "550 5.2.1 mailbox disabled, user unknown", False, False),
    ("RCPT", "552 5.2.2 mailbox full", False, False),
    ("RCPT", "550 5.1.1.9 is on a list of ours", False, False),
    ("RCPT", "550 we don't like you", False, False),
    ("RCPT", "450 4.2.0 greylisted", TemporaryError, None),
    ("RCPT", "451 try later", TemporaryError, None),
    ("RCPT", "452 4.2.2 mailbox full, user unknown", TemporaryError, None),
    ("RCPT", "421 4.3.2 going down", TemporaryError, None),
    ("RCPT", "nonsense", TemporaryError, None),
    ("RCPT", "550 5.7.1 listed as spammer", PermanentError, None),
    ("RCPT", "554 5.7.26 unauthenticated mail from this domain", PermanentError, None),
    ("RCPT", "550 5.1.8 sender's domain not found", PermanentError, None),
    ("RCPT", "530 authentication required", PermanentError, None),
    ("MAIL", "450 4.1.8 sender's domain not found now", TemporaryError, None),
    ("MAIL", "550 sender rejected", PermanentError, None),
    ("MAIL", "552 5.3.4 message too big", PermanentError, None),
    ("MAIL", "421 4.7.0 too many connections", TemporaryError, None),
    ("DATA", "451 4.3.0 queue full", TemporaryError, None),
    ("DATA", "554 no valid recipients", False, False),
    ("DATA", "250 what?", TemporaryError, None),
    (".", "451 4.7.1 greylisted", TemporaryError, None),
    (".", "421 4.3.2 going down", TemporaryError, None),
    (".", "554 5.6.0 the content is bad", False, False),
    (".", "552 5.3.4 too big", False, False),
    (".", "550 5.1.1 no such user", False, True),
    (".", "554 5.7.1 looks like spam", PermanentError, None),
    (".", "354 what?", OutcomeUnknownError, None),
    (".", "what?", OutcomeUnknownError, None),
    ("CONNECT", "421 4.3.2 too busy", TemporaryError, None),
    ("CONNECT", "554 5.7.1 go away", PermanentError, None),
    ("EHLO", "421 4.3.2 too busy", TemporaryError, None),
]


@pytest.mark.parametrize(("at", "answer", "outcome", "suppress"), ANSWERS)
def test_each_answer_has_its_meaning(
    server: SmtpServer,
    sender: Sender,
    at: str,
    answer: str,
    outcome: type[DeliveryError] | bool,
    suppress: bool | None,
) -> None:
    """The code says whether to wait, to stop or to give up on the person, and only hard bounces suppress."""
    server.rules = [Rule(at=at, do=answer)]
    [result] = sender.send([an_email()])
    assert kinds([result]) == [outcome]
    assert server.received == []
    if isinstance(result, Receipt):
        assert result.suppress == ("hard_bounce" if suppress else None)
        assert str(result.reason).startswith(answer[:3])


def test_a_reason_keeps_the_words_and_hides_the_person(server: SmtpServer, sender: Sender) -> None:
    """The provider's words stay readable in one line, without addresses, names or control characters."""
    server.rules = [
        Rule(
            at="RCPT",
            do="550-5.1.1 <Persephone.1@EXAMPLE.com>: no user persephone.1\r\n"
            "550 5.1.1 \x1b[31mask\tpostmaster=x@example.com or https://help.example/550",
        )
    ]
    [outcome] = sender.send([an_email()])
    assert isinstance(outcome, Receipt)
    assert outcome.reason == "550 5.1.1 <…>: no user … 5.1.1 [31mask … or https://help.example/550"


def test_a_window_of_mixed_fates(server: SmtpServer, sender: Sender) -> None:
    """Refused, put off, lost with and without being kept: each has its own outcome, the rest arrive."""
    server.rules = [
        Rule(at="RCPT", to=an_email(2).to, do="550 5.1.1 no such user"),
        Rule(at="RCPT", to=an_email(3).to, do="451 4.7.1 later"),
        Rule(at=".", to=an_email(4).to, do=Act.KEEP_AND_DROP),
        Rule(at=".", to=an_email(5).to, do=Act.DROP),
        Rule(at="DATA", to=an_email(6).to, do=Act.DROP),
    ]
    outcomes = list(sender.send([an_email(number) for number in range(1, 8)]))
    assert kinds(outcomes) == [
        True,
        False,
        TemporaryError,
        OutcomeUnknownError,
        OutcomeUnknownError,
        TemporaryError,
        True,
    ]
    assert [mail.to for mail in server.received] == [an_email(number).to for number in (1, 4, 7)]


def test_a_permanent_error_ends_the_window(server: SmtpServer, sender: Sender) -> None:
    """After a refusal of ourselves the remaining messages are not touched; another turn may try."""
    server.rules = [Rule(at="RCPT", to=an_email(2).to, do="550 5.7.1 bad reputation")]
    assert kinds(list(sender.send([an_email(1), an_email(2), an_email(3)]))) == [True, PermanentError]
    assert [mail.to for mail in server.received] == [an_email(1).to]
    server.rules.clear()
    assert kinds(list(sender.send([an_email(2), an_email(3)]))) == [True, True]


# How far it came when the line broke


@pytest.mark.parametrize("place", ["CONNECT", "EHLO", "MAIL", "RCPT", "DATA"])
def test_a_drop_before_the_message_sends_nothing(server: SmtpServer, sender: Sender, place: str) -> None:
    """When the line breaks before the final dot nothing was sent, and another try delivers it once."""
    server.rules = [Rule(at=place, do=Act.DROP, times=1)]
    assert kinds(list(sender.send([an_email()]))) == [TemporaryError]
    assert server.received == []
    assert kinds(list(sender.send([an_email()]))) == [True]
    assert len(server.received) == 1


def test_a_drop_in_the_middle_of_the_message_sends_nothing(server: SmtpServer, sender: Sender) -> None:
    """A message that could not be written to its end was not sent."""
    server.rules = [Rule(at="CONTENT", do=Act.DROP, times=1)]
    big = an_email(
        mime=b"Subject: x\r\n\r\n" + b"0123456789abcdef" * 62 + b"\r\n" + b"x" * 16_000_000 + b"\r\n"
    )
    assert kinds(list(sender.send([big, an_email(2)]))) == [TemporaryError, True]
    assert [mail.to for mail in server.received] == [an_email(2).to]


@pytest.mark.parametrize(("act", "kept"), [(Act.DROP, 0), (Act.KEEP_AND_DROP, 1)])
def test_a_drop_after_the_final_dot_is_unknown(
    server: SmtpServer, sender: Sender, act: Act, kept: int
) -> None:
    """Without an answer to the final dot nobody can tell whether it was kept, so nobody says so."""
    server.rules = [Rule(at=".", do=act, times=1)]
    assert kinds(list(sender.send([an_email(1), an_email(2)]))) == [OutcomeUnknownError, True]
    assert [mail.to for mail in server.received] == [an_email(1).to] * kept + [an_email(2).to]


@pytest.mark.parametrize(
    ("place", "act", "outcome"),
    [
        ("CONNECT", Act.HANG, TemporaryError),
        ("RCPT", Act.HANG, TemporaryError),
        ("DATA", Act.HANG, TemporaryError),
        (".", Act.HANG, OutcomeUnknownError),
        (".", Act.KEEP_AND_HANG, OutcomeUnknownError),
    ],
)
def test_a_silent_server_ends_the_turn(
    server: SmtpServer, opened: Open, place: str, act: Act, outcome: type[DeliveryError]
) -> None:
    """The wait has an end. One message pays for it, the others are not touched instead of waiting as long."""
    server.rules = [Rule(at=place, do=act, times=1)]
    sender = opened(timeout=1)
    assert kinds(list(sender.send([an_email(1), an_email(2)]))) == [outcome]
    assert len(server.received) == (1 if act is Act.KEEP_AND_HANG else 0)
    assert kinds(list(sender.send([an_email(2)]))) == [True]


def test_a_server_that_is_not_there_ends_the_turn(tmp_path: Path) -> None:
    """Nothing was sent, and the reason tells why; the other messages are not touched."""
    settings = {"connector": "smtp", "host": "127.0.0.1", "port": free_port()}
    outcomes = list(open_sender(settings, Channel.EMAIL, tmp_path).send([an_email(1), an_email(2)]))
    assert kinds(outcomes) == [TemporaryError]
    assert "Connection refused" in str(outcomes[0])


# One connection


def test_one_connection_serves_all(server: SmtpServer, sender: Sender) -> None:
    """Messages and windows share a connection, also after people were refused."""
    server.rules = [
        Rule(at="RCPT", to=an_email(2).to, do="550 5.1.1 no such user"),
        Rule(at=".", to=an_email(3).to, do="451 4.7.1 later"),
    ]
    for _ in range(2):
        outcomes = list(sender.send([an_email(number) for number in range(1, 5)]))
        assert kinds(outcomes) == [True, False, TemporaryError, True]
    sender.close()
    assert server.connections == 1
    assert verbs(server).count("EHLO") == 1
    assert verbs(server)[-1] == "QUIT"


@pytest.mark.parametrize("farewell", [b"", b"421 4.4.2 idle for too long\r\n"], ids=["silent", "421"])
def test_an_idle_drop_is_recovered(server: SmtpServer, sender: Sender, farewell: bytes) -> None:
    """A server that closed the idle connection costs a new one: nothing is lost, nothing goes twice."""
    for number in (1, 2, 3):
        assert kinds(list(sender.send([an_email(number)]))) == [True]
        server.hang_up(farewell)
    assert [mail.to for mail in server.received] == [an_email(number).to for number in (1, 2, 3)]
    assert server.connections == 3


def test_a_limit_of_messages_is_recovered(server: SmtpServer, sender: Sender) -> None:
    """A server that wants a new connection after some messages gets it, once for each message at most."""
    assert kinds(list(sender.send([an_email(1)]))) == [True]
    server.rules = [Rule(at="MAIL", do="421 4.7.0 enough on this connection", times=2)]
    assert kinds(list(sender.send([an_email(2), an_email(3)]))) == [TemporaryError, True]
    assert [mail.to for mail in server.received] == [an_email(1).to, an_email(3).to]
    assert server.connections == 3


def test_a_failing_reset_costs_the_connection(server: SmtpServer, sender: Sender) -> None:
    """When the server does not come back to order after a refusal, the next message gets a new connection."""
    server.rules = [
        Rule(at="RCPT", do="550 5.1.1 no such user", times=1),
        Rule(at="RSET", do="500 what?", times=1),
    ]
    assert kinds(list(sender.send([an_email(1), an_email(2)]))) == [False, True]
    assert server.connections == 2


# Encryption and login


def test_starttls_and_login(
    tmp_path: Path, certificate: Certificate, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With STARTTLS the login and the message go over a line whose certificate was checked."""
    monkeypatch.setenv("AFTERSHOW_SMTP_PASSWORD", PASSWORD)
    with SmtpServer(tls=certificate.context, login=("aftershow", PASSWORD)) as server:
        settings = settings_for(server, starttls=True, ca_file="certificate.pem", username="aftershow")
        with closing(open_sender(settings, Channel.EMAIL, tmp_path)) as sender:
            assert kinds(list(sender.send([an_email(1), an_email(2)]))) == [True, True]
        assert [mail.encrypted for mail in server.received] == [True, True]
        assert verbs(server)[:4] == ["EHLO", "STARTTLS", "EHLO", "AUTH"]


def test_tls_from_the_first_byte(tmp_path: Path, certificate: Certificate) -> None:
    """With `tls` the connection is encrypted before anything is said."""
    with SmtpServer(tls=certificate.context, implicit_tls=True) as server:
        settings = settings_for(server, starttls=True, tls=True, ca_file=str(certificate.file))
        with closing(open_sender(settings, Channel.EMAIL, tmp_path)) as sender:
            assert kinds(list(sender.send([an_email()]))) == [True]
        assert server.received[0].encrypted
        assert "STARTTLS" not in verbs(server)


def test_without_starttls_nothing_goes_in_the_clear(
    server: SmtpServer, opened: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A server that does not offer STARTTLS gets neither a password nor a message."""
    monkeypatch.setenv("AFTERSHOW_SMTP_PASSWORD", PASSWORD)
    server.login = ("aftershow", PASSWORD)
    outcomes = list(opened(starttls=True, username="aftershow").send([an_email()]))
    assert kinds(outcomes) == [PermanentError]
    assert "STARTTLS" in str(outcomes[0])
    assert verbs(server) == ["EHLO"]


@pytest.mark.parametrize(
    ("answer", "outcome"),
    [("454 4.7.0 TLS not available now", TemporaryError), ("502 5.5.1 no TLS here", PermanentError)],
)
def test_a_refused_starttls_is_not_passed_over(
    tmp_path: Path, certificate: Certificate, answer: str, outcome: type[DeliveryError]
) -> None:
    """STARTTLS that is offered and then refused ends the try; nothing is said in the clear."""
    with SmtpServer([Rule(at="STARTTLS", do=answer)], tls=certificate.context) as server:
        sender = open_sender(settings_for(server, starttls=True), Channel.EMAIL, tmp_path)
        assert kinds(list(sender.send([an_email()]))) == [outcome]
        assert verbs(server) == ["EHLO", "STARTTLS"]


@pytest.mark.parametrize("implicit", [True, False], ids=["tls", "starttls"])
@pytest.mark.parametrize("flaw", ["nobody trusts it", "another address"])
def test_a_wrong_certificate_is_not_accepted(tmp_path: Path, implicit: bool, flaw: str) -> None:
    """A certificate that is not trusted, or is another server's, stops the campaign; nothing is sent."""
    address = "127.0.0.2" if flaw == "another address" else "127.0.0.1"
    certificate = self_signed(tmp_path, address=address)
    trust = {"ca_file": str(certificate.file)} if flaw == "another address" else {}
    with SmtpServer(tls=certificate.context, implicit_tls=implicit) as server:
        settings = settings_for(server, starttls=True, tls=implicit, **trust)
        outcomes = list(open_sender(settings, Channel.EMAIL, tmp_path).send([an_email(1), an_email(2)]))
        assert kinds(outcomes) == [PermanentError]
        assert "certificate" in str(outcomes[0]).lower()
        assert "MAIL" not in verbs(server)


def test_tls_on_a_plain_port_is_a_settings_mistake(server: SmtpServer, opened: Open) -> None:
    """A server that does not speak TLS where we expect it will not do so later."""
    assert kinds(list(opened(tls=True).send([an_email()]))) == [PermanentError]


def test_a_certificate_file_that_is_missing_is_named(server: SmtpServer, opened: Open) -> None:
    """The mistake is told when the connector is opened, before any message is touched."""
    with pytest.raises(UsageError, match="ca_file"):
        opened(starttls=True, ca_file="nowhere.pem")


@pytest.mark.parametrize("password", ["wrong horse", "falsches Pferd, Größe 3"])
def test_a_wrong_password_stops_the_campaign(
    server: SmtpServer, opened: Open, monkeypatch: pytest.MonkeyPatch, password: str
) -> None:
    """A login that fails is our mistake; the error does not repeat the password, even if the server does."""
    monkeypatch.setenv("AFTERSHOW_SMTP_PASSWORD", password)
    server.login = ("aftershow", PASSWORD)
    outcomes = list(opened(username="aftershow").send([an_email(1), an_email(2)]))
    assert kinds(outcomes) == [PermanentError]
    assert password not in f"{outcomes} {outcomes[0]}"
    assert base64.b64encode(password.encode()).decode() not in f"{outcomes} {outcomes[0]}"
    assert server.received == []


def test_a_login_that_fails_for_now_is_temporary(
    server: SmtpServer, opened: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    """454 means that the server can't check passwords at the moment (RFC 4954)."""
    monkeypatch.setenv("AFTERSHOW_SMTP_PASSWORD", PASSWORD)
    server.login = ("aftershow", PASSWORD)
    server.rules = [Rule(at="AUTH", do="454 4.7.0 directory is down", times=2)]
    assert kinds(list(opened(username="aftershow").send([an_email(1), an_email(2)]))) == [TemporaryError]


def test_a_server_without_login_is_a_settings_mistake(
    server: SmtpServer, opened: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A username for a server that does not ask for one points to a wrong host or port."""
    monkeypatch.setenv("AFTERSHOW_SMTP_PASSWORD", PASSWORD)
    outcomes = list(opened(username="aftershow").send([an_email()]))
    assert kinds(outcomes) == [PermanentError]
    assert "AUTH" in str(outcomes[0])


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
