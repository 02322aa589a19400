"""A mail server that misbehaves on command: every message ends where it should, and nobody has it twice."""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from aftershow.errors import OutcomeUnknownError, PermanentError, TemporaryError
from aftershow.ports import DeliveryOutcome, Receipt, RenderedEmail, Sender
from aftershow.words.channels import Channel
from connectors import open_sender
from tests.connectors.rig import an_email
from tests.connectors.test_smtp import PASSWORD, settings_for
from tests.servers.certificate import self_signed
from tests.servers.smtp_server import Act, Pipelining, Rule, SmtpServer

#: The one that the server misbehaves at, and how many there are.
VICTIM, MESSAGES = 2, 6
#: Seconds: longer than a letter of a trickle takes, shorter than its answers; and so long that none is late.
SHORT, LONG = 0.6, 20
#: What costs the whole of it.
SLOW = {Act.HANG, Act.KEEP_AND_HANG, Act.TRICKLE, Pipelining.FORGETS, Pipelining.ANSWERS_LAST}

#: What becomes of messages, as the ledger says it; what is untouched or deferred goes with another turn.
ACCEPTED, REJECTED, UNKNOWN = "accepted", "rejected", "unknown"
DEFERRED, UNTOUCHED, STOPPED = "deferred", "untouched", "stopped"
AGAIN = {DEFERRED, UNTOUCHED, STOPPED}

#: Where, what, and where the message ends to which it happens.
CASES: list[tuple[str, str | Act, str]] = [
    ("MAIL", "421 4.3.2 going down", DEFERRED),
    ("MAIL", "450 4.1.8 not now", DEFERRED),
    ("MAIL", "451 4.3.0 not now", DEFERRED),
    ("MAIL", "550 5.7.1 not you", STOPPED),
    ("MAIL", "552 5.3.4 too big", STOPPED),
    ("MAIL", Act.DROP, DEFERRED),
    ("MAIL", Act.HANG, DEFERRED),
    ("MAIL", Act.TRICKLE, DEFERRED),
    ("MAIL", Act.GARBAGE, DEFERRED),
    ("MAIL", Act.FLOOD, DEFERRED),
    ("RCPT", "421 4.3.2 going down", DEFERRED),
    ("RCPT", "450 4.2.0 greylisted", DEFERRED),
    ("RCPT", "451 4.3.0 not now", DEFERRED),
    ("RCPT", "550 5.1.1 no such user", REJECTED),
    ("RCPT", "550 5.7.1 not you", STOPPED),
    ("RCPT", "552 5.2.2 mailbox full", REJECTED),
    ("RCPT", Act.DROP, DEFERRED),
    ("RCPT", Act.HANG, DEFERRED),
    ("RCPT", Act.TRICKLE, DEFERRED),
    ("RCPT", Act.GARBAGE, DEFERRED),
    ("RCPT", Act.FLOOD, DEFERRED),
    ("DATA", "421 4.3.2 going down", DEFERRED),
    ("DATA", "450 4.3.0 not now", DEFERRED),
    ("DATA", "451 4.3.0 queue full", DEFERRED),
    ("DATA", "550 5.5.0 no", REJECTED),
    ("DATA", "552 5.3.4 too big", REJECTED),
    ("DATA", Act.DROP, DEFERRED),
    ("DATA", Act.HANG, DEFERRED),
    ("DATA", Act.TRICKLE, DEFERRED),
    ("DATA", Act.GARBAGE, DEFERRED),
    ("DATA", Act.FLOOD, DEFERRED),
    (".", "421 4.3.2 going down", DEFERRED),
    (".", "450 4.2.0 greylisted", DEFERRED),
    (".", "451 4.7.1 greylisted", DEFERRED),
    (".", "550 5.1.1 no such user", REJECTED),
    (".", "552 5.3.4 too big", REJECTED),
    (".", "554 5.7.1 looks like spam", STOPPED),
    (".", Act.DROP, UNKNOWN),
    (".", Act.HANG, UNKNOWN),
    (".", Act.KEEP_AND_DROP, UNKNOWN),
    (".", Act.KEEP_AND_HANG, UNKNOWN),
    (".", Act.TRICKLE, UNKNOWN),
    (".", Act.GARBAGE, UNKNOWN),
    (".", Act.FLOOD, UNKNOWN),
]

#: What happens to a connection before any message, and where the first one ends; the others are untouched.
GREETINGS: list[tuple[str, str | Act, str]] = [
    (at, do, outcome)
    for at in ("CONNECT", "EHLO")
    for do, outcome in [
        ("421 4.3.2 too busy", DEFERRED),
        ("450 4.3.2 not now", DEFERRED),
        ("451 4.3.2 not now", DEFERRED),
        ("550 5.7.1 go away", STOPPED),
        ("552 5.7.1 go away", STOPPED),
        (Act.DROP, DEFERRED),
        (Act.HANG, DEFERRED),
        (Act.GARBAGE, DEFERRED),
        # What floods us is no mail server.
        (Act.FLOOD, STOPPED),
    ]
]


def said(case: object) -> str:
    return case.name.lower() if isinstance(case, Act | Pipelining) else str(case).partition(" ")[0]


@pytest.fixture(params=[None, Pipelining.WELL], ids=["one by one", "in groups"])
def server(request: pytest.FixtureRequest) -> Iterator[SmtpServer]:
    with SmtpServer(pipelining=request.param) as server:
        yield server


@pytest.fixture(params=[1, 4], ids=["1 line", "4 lines"])
def connections(request: pytest.FixtureRequest) -> int:
    return int(request.param)


@contextmanager
def opened(
    server: SmtpServer, connections: int, do: object, folder: Path, **more: object
) -> Iterator[Sender]:
    """Open the connector, and wait as long as it takes to see something done."""
    timeout = SHORT if do in SLOW else LONG
    settings = settings_for(server, connections=connections, **{"timeout": timeout, **more})
    with closing(open_sender(settings, Channel.EMAIL, folder)) as sender:
        yield sender


def sent_all(sender: Sender) -> dict[int, str]:
    """Send each message once; returns what became of it."""
    return sent(sender, [an_email(number) for number in range(1, MESSAGES + 1)])


def sent(sender: Sender, messages: list[RenderedEmail]) -> dict[int, str]:
    """Send, and return what became of each message, by its number."""
    outcomes = [state(outcome) for outcome in sender.send(messages)]
    outcomes += [UNTOUCHED] * (len(messages) - len(outcomes))
    numbers = [int(message.key.removeprefix("message-")) for message in messages]
    return dict(zip(numbers, outcomes, strict=True))


def state(outcome: DeliveryOutcome) -> str:
    match outcome:
        case Receipt():
            return ACCEPTED if outcome.accepted else REJECTED
        case TemporaryError():
            return DEFERRED
        case OutcomeUnknownError():
            return UNKNOWN
        case PermanentError():
            return STOPPED
        case _:
            raise AssertionError(outcome)


def arrived(server: SmtpServer) -> list[int]:
    """Return the numbers of the messages that the server kept, and checks that each is whole."""
    found = []
    for mail in server.received:
        number = int(mail.to.partition("@")[0].removeprefix("persephone."))
        assert (mail.content, mail.sender) == (an_email(number).mime, an_email(number).return_path)
        found.append(number)
    return sorted(found)


def end_well(server: SmtpServer, sender: Sender, first: dict[int, str]) -> None:
    """Send again what another turn sends again; then everyone has it once, as far as anybody can know."""
    server.rules.clear()
    server.release()
    once_more = [number for number, outcome in first.items() if outcome in AGAIN]
    assert sent(sender, [an_email(number) for number in once_more]) == dict.fromkeys(once_more, ACCEPTED)
    accepted = {number for number, outcome in first.items() if outcome == ACCEPTED} | set(once_more)
    kept = arrived(server)
    assert len(set(kept)) == len(kept)
    assert accepted <= set(kept) <= accepted | {n for n, outcome in first.items() if outcome == UNKNOWN}


@pytest.mark.parametrize(("at", "do", "outcome"), CASES, ids=said)
def test_a_message_ends_where_the_rules_say(
    server: SmtpServer, connections: int, tmp_path: Path, at: str, do: str | Act, outcome: str
) -> None:
    """One message meets the misbehaviour: it ends as it should, the others arrive, now or in another turn."""
    server.rules = [Rule(at=at, do=do, sender=an_email(VICTIM).return_path)]
    with opened(server, connections, do, tmp_path) as sender:
        first = sent_all(sender)
        others = {ended for number, ended in first.items() if number != VICTIM}
        assert first[VICTIM] == outcome
        assert others <= ({ACCEPTED, UNTOUCHED} if outcome == STOPPED or do in SLOW else {ACCEPTED})
        end_well(server, sender, first)


@pytest.mark.parametrize(("at", "do", "outcome"), GREETINGS, ids=said)
def test_a_connection_that_is_not_made(
    server: SmtpServer, connections: int, tmp_path: Path, at: str, do: str | Act, outcome: str
) -> None:
    """A server that misbehaves before any message: nothing is sent, and a later turn sends all."""
    server.rules = [Rule(at=at, do=do)]
    with opened(server, connections, do, tmp_path) as sender:
        first = sent_all(sender)
        assert list(first.values()) == [outcome] + [UNTOUCHED] * (MESSAGES - 1)
        end_well(server, sender, first)


@pytest.mark.parametrize("way", Pipelining, ids=said)
def test_pipelining_that_is_broken(way: Pipelining, connections: int, tmp_path: Path) -> None:
    """Whatever a server does to commands in groups: it gets each message once, in the same turn."""
    with SmtpServer(pipelining=way) as server, opened(server, connections, way, tmp_path) as sender:
        assert set(sent_all(sender).values()) == {ACCEPTED}
        assert arrived(server) == list(range(1, MESSAGES + 1))


#: What happens on the way to an encrypted line and a login, and where the first message ends.
DOORS: list[tuple[str, str | Act, str]] = [
    ("STARTTLS", "454 4.7.0 not now", DEFERRED),
    ("STARTTLS", "502 5.5.1 not here", STOPPED),
    ("STARTTLS", Act.DROP, DEFERRED),
    ("STARTTLS", Act.HANG, DEFERRED),
    ("STARTTLS", Act.GARBAGE, DEFERRED),
    ("TLS", Act.DROP, DEFERRED),
    ("TLS", Act.HANG, DEFERRED),
    ("TLS", Act.GARBAGE, DEFERRED),
    ("TLS", Act.FLOOD, STOPPED),
    ("AUTH", "454 4.7.0 not now", DEFERRED),
    ("AUTH", "535 5.7.8 no", STOPPED),
    ("AUTH", Act.DROP, DEFERRED),
    ("AUTH", Act.HANG, DEFERRED),
    ("AUTH", Act.GARBAGE, DEFERRED),
]


@pytest.mark.parametrize(("at", "do", "outcome"), DOORS, ids=said)
def test_encryption_or_login_that_fails(
    at: str, do: str | Act, outcome: str, connections: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing is said in the clear or without the login; when it works again, all are sent."""
    monkeypatch.setenv("AFTERSHOW_SMTP_PASSWORD", PASSWORD)
    certificate = self_signed(tmp_path)
    more = {"starttls": True, "ca_file": "certificate.pem", "username": "aftershow"}
    with (
        SmtpServer([Rule(at=at, do=do)], tls=certificate.context, login=("aftershow", PASSWORD)) as server,
        opened(server, connections, do, tmp_path, **more) as sender,
    ):
        first = sent_all(sender)
        assert list(first.values()) == [outcome] + [UNTOUCHED] * (MESSAGES - 1)
        assert not any(line.startswith("MAIL") for line in server.said)
        end_well(server, sender, first)
        assert all(mail.encrypted for mail in server.received)
