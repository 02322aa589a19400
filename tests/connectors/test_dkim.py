"""What goes out signed is verified by another's implementation."""

from base64 import b64encode
from contextlib import closing
from pathlib import Path

import dkim
import pytest
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key as generate_rsa_key
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

from aftershow.errors import UsageError
from aftershow.ports import RenderedEmail
from aftershow.words.channels import Channel
from connectors import open_sender
from tests.servers.smtp_server import SmtpServer

HEADERS = (
    b"From: =?utf-8?b?SsO8cmdlbg==?=\r\n <jo@example.com>\r\nTo: ana@example.com\r\n"
    b"Subject:  Two   spaces \r\n"
    b"Date: Mon, 30 Nov 2026 16:00:00 +0000\r\nMessage-ID: <1@example.com>\r\n"
    b"List-Unsubscribe: <https://example.com/u/1>\r\nList-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n"
    b"MIME-Version: 1.0\r\nContent-Type: text/plain\r\n\r\n"
)
BODIES = (b"hello\r\n", b"", b".\r\n..dots\r\n", b"ends with nothing\r\n\r\n\r\n", b"no line end")


def pem(key: object) -> bytes:
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())  # type: ignore[attr-defined]


def published(key: object) -> bytes:
    """The other half, as it stands in the DNS."""
    if isinstance(key, Ed25519PrivateKey):
        raw = key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
        return b"v=DKIM1; k=ed25519; p=" + b64encode(raw)
    der = key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)  # type: ignore[attr-defined]
    return b"v=DKIM1; k=rsa; p=" + b64encode(der)


def sent(folder: Path, server: SmtpServer, key: bytes, mime: bytes) -> bytes:
    """What arrives of a message that is sent with a key."""
    (folder / "dkim.pem").write_bytes(key)
    settings = {
        "connector": "smtp",
        "host": "127.0.0.1",
        "port": server.port,
        "starttls": False,
        "dkim": {"domain": "example.com", "selector": "s1", "key_file": "dkim.pem"},
    }
    with closing(open_sender(settings, Channel.EMAIL, folder)) as sender:
        mail = RenderedEmail(
            key="1", to="ana@example.com", return_path="b@example.com", subject="", mime=mime
        )
        [outcome] = sender.send([mail])
    assert outcome.accepted  # type: ignore[union-attr]
    return server.received[-1].content


@pytest.mark.parametrize(
    "key", [generate_rsa_key(65537, 2048), Ed25519PrivateKey.generate()], ids=["rsa", "ed"]
)
@pytest.mark.parametrize("body", BODIES)
def test_a_signature_is_believed(tmp_path: Path, key: object, body: bytes) -> None:
    """Whatever the body ends with; a change of a header or of the body is noticed."""
    with SmtpServer() as server:
        arrived = sent(tmp_path, server, pem(key), HEADERS + body)
    looked_up: list[bytes] = []

    def dns(name: bytes, timeout: int = 5) -> bytes:
        looked_up.append(name)
        return published(key)

    assert dkim.verify(arrived, dnsfunc=dns)
    assert looked_up == [b"s1._domainkey.example.com."]
    assert not dkim.verify(b"From: eve@example.com\r\n" + arrived, dnsfunc=dns)
    for old, new in (
        (b"/u/1", b"/u/2"),
        (b"Two", b"Three"),
        (b"ana@", b"bo@"),
        (HEADERS[-4:], b"\r\n\r\nmore "),
    ):
        assert not dkim.verify(arrived.replace(old, new), dnsfunc=dns), old


@pytest.mark.parametrize(
    "key",
    [b"nonsense", pem(generate_private_key(SECP256R1())), pem(generate_rsa_key(65537, 1024))[:400]],
    ids=["nonsense", "another kind", "half a key"],
)
def test_a_key_that_cannot_sign(tmp_path: Path, key: bytes) -> None:
    """It is said when the connector is opened, with the place in the settings, and not for each message."""
    with SmtpServer() as server, pytest.raises(UsageError, match=r"dkim\.key_file"):
        sent(tmp_path, server, key, HEADERS)
    assert server.received == []
