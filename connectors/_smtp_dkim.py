"""Signs emails, so that a mailbox provider knows whose they are (DKIM, RFC 6376 and RFC 8463).

Headers are signed relaxed and the body simple: what goes out is 7-bit with CRLF, and no server changes it.
"""

import binascii
import hashlib
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Protocol

from cryptography.hazmat.primitives.asymmetric import padding
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from pydantic import BaseModel, ConfigDict, Field

from aftershow.errors import UsageError

#: One-click unsubscribe counts only when its two headers are signed (RFC 8058, 4).
SIGNED = (
    b"from", b"to", b"reply-to", b"subject", b"date", b"message-id", b"mime-version", b"content-type",
    b"list-unsubscribe", b"list-unsubscribe-post",
)  # fmt: skip

_FOLDED = re.compile(rb"\r\n[ \t]")
_SPACES = re.compile(rb"[ \t]+")
#: A key that is shorter is no longer believed (RFC 8301, 3.2).
_RSA_BITS = 1024


class Settings(BaseModel):
    """The key that signs, and where its other half is published: SELECTOR._domainkey.DOMAIN."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    domain: str = Field(pattern=r"^[A-Za-z0-9.-]+$")
    selector: str = Field(pattern=r"^[A-Za-z0-9._-]+$")
    #: an RSA or Ed25519 key in PEM without a password, relative to the workspace
    key_file: Path


class _Key(Protocol):
    algorithm: bytes

    def sign(self, data: bytes) -> bytes: ...


class _RsaKey:
    algorithm = b"rsa-sha256"

    def __init__(self, key: RSAPrivateKey) -> None:
        self._key = key

    def sign(self, data: bytes) -> bytes:
        return self._key.sign(data, padding.PKCS1v15(), SHA256())


class _Ed25519Key:
    algorithm = b"ed25519-sha256"

    def __init__(self, key: Ed25519PrivateKey) -> None:
        self._key = key

    def sign(self, data: bytes) -> bytes:
        return self._key.sign(hashlib.sha256(data).digest())


class DkimSigner:
    """Signs with one key. Raises UsageError when the key can't be used."""

    def __init__(self, settings: Settings, workspace: Path) -> None:
        self._key = _load(workspace / settings.key_file)
        self._fields = b"v=1; a=%s; c=relaxed/simple; d=%s; s=%s" % (
            self._key.algorithm,
            settings.domain.encode("ascii"),
            settings.selector.encode("ascii"),
        )

    def sign(self, mime: bytes) -> bytes:
        """Return the message with its signature before it; it has CRLF line ends."""
        head, _, body = mime.partition(b"\r\n\r\n")
        headers = [(name, line) for name, line in _relaxed(head) if name in SIGNED]
        digest = hashlib.sha256(body.rstrip(b"\r\n") + b"\r\n").digest()
        unsigned = b"%s; h=%s; bh=%s; b=" % (
            self._fields,
            # A header that is named once more than it is there can't be added later (RFC 6376, 5.4).
            b":".join([*(name for name, _ in headers), b"from"]),
            binascii.b2a_base64(digest, newline=False),
        )
        data = b"\r\n".join([*(line for _, line in headers), b"dkim-signature:" + unsigned])
        signature = binascii.b2a_base64(self._key.sign(data), newline=False)
        return b"DKIM-Signature: %s%s\r\n%s" % (unsigned, signature, mime)


def _relaxed(head: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Yield the name of each header and the line that is signed (RFC 6376, 3.4.2)."""
    for line in _FOLDED.sub(b" ", head).split(b"\r\n"):
        name, _, value = line.partition(b":")
        name = name.strip().lower()
        yield name, name + b":" + _SPACES.sub(b" ", value).strip()


def _load(path: Path) -> _Key:
    try:
        key = load_pem_private_key(path.read_bytes(), password=None)
    except (OSError, ValueError, TypeError):
        raise UsageError(
            f"channels.email.dkim.key_file: {path.name} is no private key in PEM without a password."
        ) from None
    if isinstance(key, Ed25519PrivateKey):
        return _Ed25519Key(key)
    if isinstance(key, RSAPrivateKey) and key.key_size >= _RSA_BITS:
        return _RsaKey(key)
    raise UsageError(
        f"channels.email.dkim.key_file: {path.name} is neither Ed25519 nor RSA of {_RSA_BITS} bits."
    )
