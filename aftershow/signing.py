"""Names and links that only we can have made: the key of a message, and the link that unsubscribes.

HMAC-SHA256 (RFC 2104), with a key of its own for each purpose: what signs a message can't sign a link.
"""

import hmac
import secrets
from base64 import b32encode, urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass
from itertools import pairwise

from sqlalchemy import Connection, select

from aftershow.errors import UsageError
from aftershow.store.engine import insert_into
from aftershow.store.tables import secret
from aftershow.words.channels import Channel

#: Bytes of a signature in a message's key: a million guesses a second hit nothing within a lifetime.
SIGNATURE_LENGTH = 10
#: A secret from the environment is at least this long, in characters: 128 bits when they are hex digits.
SECRET_LENGTH = 32
#: It has so many different runs of four characters, which a repeated word has not, and so many different
#: steps in Unicode from a character to the next, which rows of letters have not. Random secrets have more.
RUNS, STEPS = 24, 12
#: Words of examples and of secrets that somebody made up, in small letters.
MADE_UP = ("aftershow", "changeme", "change-me", "change_me", "example", "password", "qwerty", "secret")
MAKE_ONE = 'Make one with: python -c "import secrets; print(secrets.token_hex(32))"'

_DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"
_SECRET_NAME = "signing"  # noqa: S105 -- the name of the row, not the secret


@dataclass(frozen=True, kw_only=True, slots=True)
class Unsubscription:
    """What an unsubscribe link says: who no longer wants what."""

    contact_id: int
    channel: Channel
    #: the campaign whose message carried the link
    campaign: str


class Signer:
    """Makes and reads keys and tokens with one secret."""

    def __init__(self, secret: bytes) -> None:
        self._message_secret = _digest(secret, b"aftershow message key")
        self._unsubscribe_secret = _digest(secret, b"aftershow unsubscribe token")

    def message_key(self, message_id: int) -> str:
        """Return the key of a ledger row, such as 2s-x4jzq…: at most 30 characters of a-z, 0-9 and -.

        It can stand in a Message-ID and, with a prefix, in an address's local part (RFC 5321, 4.5.3.1.1).
        """
        name = _to_base36(message_id)
        signature = _digest(self._message_secret, name.encode())[:SIGNATURE_LENGTH]
        return f"{name}-{b32encode(signature).decode().lower()}"

    def read_message_key(self, key: str) -> int | None:
        """Return the id of the ledger row, or None for a key that we did not make; case does not matter."""
        key = key.lower()
        name = key.partition("-")[0]
        if not (key.isascii() and name.isalnum() and len(name) <= 13):
            return None
        message_id = int(name, 36)
        return message_id if hmac.compare_digest(self.message_key(message_id), key) else None

    def unsubscribe_token(self, contact_id: int, channel: Channel, campaign: str) -> str:
        """Return the token of an unsubscribe link; it can stand in a URL, and never expires (RFC 8058)."""
        said = _to_base64(f"{contact_id}.{channel}.{campaign}".encode())
        return f"{said}.{_to_base64(_digest(self._unsubscribe_secret, said.encode()))}"

    def read_unsubscribe_token(self, token: str) -> Unsubscription | None:
        """Return what the link says, or None for a token that we did not make."""
        said, _, signature = token.partition(".")
        right = _to_base64(_digest(self._unsubscribe_secret, said.encode(errors="replace")))
        if not hmac.compare_digest(right.encode(), signature.encode(errors="replace")):
            return None
        contact_id, channel, campaign = urlsafe_b64decode(said + "==").decode().split(".", 2)
        return Unsubscription(contact_id=int(contact_id), channel=Channel(channel), campaign=campaign)


def load_secret(connection: Connection, override: str | None = None) -> bytes:
    """Return the installation's secret: AFTERSHOW_SECRET if given as `override`, else the database's.

    When the database has none, one of 32 random bytes is made. Raises UsageError for an override that is
    plainly weak.
    """
    if override is not None:
        if weakness := why_weak(override):
            raise UsageError(f"AFTERSHOW_SECRET is weak: {weakness}. {MAKE_ONE}")
        return override.encode()
    query = select(secret.c.value).where(secret.c.name == _SECRET_NAME)
    kept = connection.execute(query).scalar()
    if kept is None:
        # Another process may make it at the same moment: who comes second takes what stands there.
        made = insert_into(connection, secret).values(name=_SECRET_NAME, value=secrets.token_hex(32))
        connection.execute(made.on_conflict_do_nothing())
        kept = connection.execute(query).scalar_one()
    return bytes.fromhex(kept)


def why_weak(secret: str) -> str | None:
    """Return why a secret is no secret, or None; how hard it is to guess, no program can tell from one."""
    if len(secret) < SECRET_LENGTH:
        return f"it needs {SECRET_LENGTH} characters or more"
    if any(word in secret.lower() for word in MADE_UP):
        return "it has a word in it that anybody would try"
    steps = {ord(after) - ord(before) for before, after in pairwise(secret)}
    runs = {secret[start : start + 4] for start in range(len(secret) - 3)}
    if len(runs) < RUNS or len(steps) < STEPS:
        return "it repeats itself, or is a row of letters and digits"
    return None


def _digest(key: bytes, text: bytes) -> bytes:
    return hmac.digest(key, text, "sha256")


def _to_base64(value: bytes) -> str:
    return urlsafe_b64encode(value).rstrip(b"=").decode()


def _to_base36(number: int) -> str:
    digits = ""
    while number:
        number, digit = divmod(number, 36)
        digits = _DIGITS[digit] + digits
    return digits or "0"
