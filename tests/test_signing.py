"""Keys and tokens that nobody else can make."""

import re
from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Engine

from aftershow.errors import UsageError
from aftershow.signing import Signer, Unsubscription, load_secret
from aftershow.words.channels import Channel

SIGNER = Signer(b"s" * 32)
OTHER = Signer(b"t" * 32)


@given(st.integers(min_value=0, max_value=2**63 - 1))
def test_a_message_key_comes_back(message_id: int) -> None:
    """A key is read again, in any case, and is short and plain enough for an address's local part."""
    key = SIGNER.message_key(message_id)
    assert re.fullmatch(r"[a-z0-9-]{18,30}", key)
    assert SIGNER.read_message_key(key) == message_id
    assert SIGNER.read_message_key(key.upper()) == message_id
    assert OTHER.read_message_key(key) is None


@pytest.mark.parametrize(
    "key", ["", "-", "2s", "2s-", "2s-aaaaaaaaaaaaaaaa", "ü-x", "²-x", "z" * 100, "2s-x\u0130"]
)
def test_a_message_key_that_is_not_ours(key: str) -> None:
    """What a stranger writes into a bounce's address is nobody's message."""
    assert SIGNER.read_message_key(key) is None


def test_a_message_key_with_one_character_changed() -> None:
    """No key leads to the next one."""
    key = SIGNER.message_key(1)
    for place in range(len(key)):
        changed = key[:place] + ("a" if key[place] != "a" else "b") + key[place + 1 :]
        assert SIGNER.read_message_key(changed) is None


@given(st.integers(min_value=0), st.sampled_from(Channel), st.text(st.characters(codec="utf-8"), max_size=80))
def test_an_unsubscribe_token_comes_back(contact_id: int, channel: Channel, campaign: str) -> None:
    """A link says who no longer wants what, and can stand in a URL as it is."""
    token = SIGNER.unsubscribe_token(contact_id, channel, campaign)
    assert re.fullmatch(r"[A-Za-z0-9._-]+", token)
    said = Unsubscription(contact_id=contact_id, channel=channel, campaign=campaign)
    assert SIGNER.read_unsubscribe_token(token) == said
    assert OTHER.read_unsubscribe_token(token) is None


@pytest.mark.parametrize("token", ["", ".", "a.b", "é.é", "MTcuZW1haWwuYS1sZWFkcw", "x" * 5000])
def test_an_unsubscribe_token_that_is_not_ours(token: str) -> None:
    """Nobody unsubscribes somebody else."""
    assert SIGNER.read_unsubscribe_token(token) is None


def test_what_was_said_can_not_be_changed() -> None:
    """A signature holds for one contact, channel and campaign."""
    mine, other = (SIGNER.unsubscribe_token(contact, Channel.EMAIL, "a") for contact in (1, 2))
    assert SIGNER.read_unsubscribe_token(other.split(".")[0] + "." + mine.split(".")[1]) is None


def test_a_key_is_no_token() -> None:
    """What signs a message can't sign a link."""
    assert SIGNER.read_unsubscribe_token(SIGNER.message_key(17).replace("-", ".")) is None


def test_the_secret_is_made_once(engine: Engine) -> None:
    """Links stay good after a restart."""
    with engine.begin() as connection:
        made = load_secret(connection)
    with engine.begin() as connection:
        assert load_secret(connection) == made
    assert len(made) == 32


def test_two_who_need_the_secret_at_once_get_the_same(engine: Engine) -> None:
    """Workers that start together sign alike."""

    def load(_: int) -> bytes:
        with engine.begin() as connection:
            return load_secret(connection)

    with ThreadPoolExecutor(4) as pool:
        assert len(set(pool.map(load, range(8)))) == 1


def test_the_environment_wins(sqlite_engine: Engine) -> None:
    """An installation on several machines brings its own secret; a weak one is refused."""
    with sqlite_engine.begin() as connection:
        good = "9f2c47d1b80e5a6394c1d7e2f05b8a63"
        assert load_secret(connection, good) == good.encode()
        with pytest.raises(UsageError, match="32 characters or more"):
            load_secret(connection, "short")
