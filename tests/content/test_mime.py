"""The bytes of an email, held against those of the standard library."""

import email
import re
from datetime import UTC, datetime, timedelta, timezone
from email.header import decode_header, make_header
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, parseaddr

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aftershow.content.mime import Envelope, ascii_address, build_mime
from aftershow.content.parts import EmailParts, one_line
from aftershow.errors import ContentError

POLICY = SMTP.clone(max_line_length=998)
AT = datetime(2026, 11, 24, 10, 0, 30, tzinfo=timezone(timedelta(hours=-6)))
URL = "https://mail.example.com/unsubscribe/" + "x" * 120

#: Whatever people may write: other alphabets, long lines, dots, tabs, control characters and mixed line ends.
lines = st.text(st.characters(codec="utf-8"), max_size=80) | st.sampled_from(
    [
        ".",
        "..",
        ".x",
        "From x",
        "--=_key-1",
        "=20",
        "x" * 1200,
        "é" * 700,
        "trailing \t ",
        "",
        "=?utf-8?q?x?=",
    ]
)
texts = st.lists(st.tuples(lines, st.sampled_from(["\n", "\r\n", "\r", "\n\n"])), min_size=1, max_size=8).map(
    lambda pairs: "".join(line + end for line, end in pairs)
)
words = (
    st.text(st.characters(codec="utf-8"), min_size=1, max_size=200)
    | st.text(st.characters(codec="ascii"), max_size=120)
    | st.sampled_from(
        ["=?utf-8?q?Hello?=", "a, b", 'Dana "D" Cole', "x" * 800, "Ü" * 90, "Cole (Sales)", "O'Brien"]
    )
).filter(one_line)

# The standard library can't write what looks like an encoded word, and puts a space between the encoded words
# of a long name that it reads; both have their own test below.
subjects = words.filter(lambda subject: "=?" not in subject)
names = subjects.filter(lambda name: len(one_line(name).encode()) <= 42)


def envelope(**changes: str | None) -> Envelope:
    values = {"from_name": "Dana Cole", "from_email": "dana@example.com", "domain": "example.com", **changes}
    return Envelope(**values)  # type: ignore[arg-type] -- the values are right, their common type says less


def built(parts: EmailParts, sender: Envelope) -> bytes:
    return build_mime(sender, parts, key="key-1", to="ana@example.com", unsubscribe_url=URL, at=AT)


def by_the_standard_library(parts: EmailParts, sender: Envelope) -> bytes:
    message = EmailMessage(policy=POLICY)
    message["From"] = Address(one_line(sender.from_name), addr_spec=sender.from_email)
    message["Reply-To"] = sender.reply_to or sender.from_email
    message["To"] = "ana@example.com"
    message["Subject"] = one_line(parts.subject)
    message["Date"] = format_datetime(AT.astimezone(UTC))
    message["Message-ID"] = "<key-1@example.com>"
    message["List-Unsubscribe"] = f"<{URL}>"
    message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    message.set_content(parts.text)
    message.add_alternative(parts.html, subtype="html")
    return message.as_bytes()


def read(mime: bytes) -> tuple[dict[str, str], list[tuple[str, str]]]:
    """Return headers and decoded parts, as a mail program reads them."""
    message = email.message_from_bytes(mime, policy=POLICY)
    assert isinstance(message, EmailMessage)
    assert message.get_content_type() == "multipart/alternative"
    parts = list(message.iter_parts())
    assert not message.defects
    assert not any(part.defects for part in parts)
    headers = {name: str(value) for name, value in message.items() if name != "Content-Type"}
    return headers, [(part.get_content_type(), part.get_content()) for part in parts]


@settings(max_examples=150)
@given(text=texts, html=texts, subject=subjects, name=names)
def test_equal_to_the_standard_library(text: str, html: str, subject: str, name: str) -> None:
    """Whatever is in a mail, it reads as if EmailMessage had written it, and keeps to RFC 5322."""
    parts = EmailParts(subject=subject, html=html, text=text)
    sender = envelope(from_name=name, reply_to="sales@example.com")
    mime = built(parts, sender)
    assert read(mime) == read(by_the_standard_library(parts, sender))
    assert mime.isascii()
    assert b"\0" not in mime
    assert not re.search(rb"\r(?!\n)|(?<!\r)\n", mime)
    assert max(map(len, mime.split(b"\r\n"))) <= 998
    head = mime.split(b"\r\n\r\n")[0]
    assert all(
        len(line) <= 76 for line in head.split(b"\r\n") if b"=?" in line and not line.startswith(b"List")
    )


@pytest.mark.parametrize("text", ["=?utf-8?q?Hello?=", "=??Q??=", "a =? b", "=?utf-8?b?QQ==?= B"])
def test_what_looks_encoded_is_read_as_it_was_written(text: str) -> None:
    """A name from a lead file can't turn into other words on its way."""
    headers, _ = read(built(EmailParts(subject=text, html="x", text="x"), envelope(from_name=text)))
    assert headers["Subject"] == text
    assert text in (headers["From"].removesuffix(" <dana@example.com>"), parseaddr(headers["From"])[0])


@given(name=words)
@settings(max_examples=50)
def test_a_long_name_is_folded_between_characters(name: str) -> None:
    """Each encoded word is whole by itself, and together they are the name (RFC 2047, 5 and 6.2)."""
    mime = built(EmailParts(subject="x", html="x", text="x"), envelope(from_name=name))
    header = re.match(rb"From: ((?:.|\r\n )*)\r\n", mime)
    assert header is not None
    decoded = str(make_header(decode_header(header[1].decode().replace("\r\n", ""))))
    assert parseaddr(decoded)[0] == one_line(name) or f"{one_line(name)} <dana@example.com>" == decoded


def test_unsubscribe_stands_on_one_line_as_it_is() -> None:
    """Gmail shows its button: one https address, neither folded nor encoded (RFC 8058)."""
    mime = built(EmailParts(subject="x", html="x", text="x"), envelope())
    assert f"\r\nList-Unsubscribe: <{URL}>\r\n".encode() in mime
    assert b"\r\nList-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n" in mime


def test_headers_of_a_plain_mail() -> None:
    """What a person sees when looking at the source."""
    head = built(EmailParts(subject="Hello, Ana", html="<p>x</p>", text="x"), envelope()).split(b"\r\n\r\n")[
        0
    ]
    assert head.decode().split("\r\n") == [
        "From: Dana Cole <dana@example.com>",
        "To: ana@example.com",
        "Subject: Hello, Ana",
        "Date: Tue, 24 Nov 2026 16:00:30 +0000",
        "Message-ID: <key-1@example.com>",
        f"List-Unsubscribe: <{URL}>",
        "List-Unsubscribe-Post: List-Unsubscribe=One-Click",
        "MIME-Version: 1.0",
        'Content-Type: multipart/alternative; boundary="=_key-1"',
    ]


def test_ascii_goes_as_it_is_and_the_rest_quoted() -> None:
    """A mail in ASCII needs no encoding; one with an umlaut is quoted-printable."""
    mime = built(EmailParts(subject="x", html="<p>Gr&#252;&#223;e</p>", text="Grüße"), envelope())
    plain, html = mime.split(b"\r\n--=_key-1")[1:3]
    assert b"Content-Transfer-Encoding: quoted-printable\r\n\r\nGr=C3=BC=C3=9Fe\r\n" in plain
    assert b"Content-Transfer-Encoding: 7bit\r\n\r\n<p>Gr&#252;&#223;e</p>\r\n" in html


@pytest.mark.parametrize(
    ("address", "written"),
    [
        ("Ana@Example.com", "Ana@Example.com"),
        ("ana@müller.example", "ana@xn--mller-kva.example"),
        ("ana@straße.example", "ana@xn--strae-oqa.example"),
    ],
)
def test_international_domains_are_written_in_ascii(address: str, written: str) -> None:
    """A domain with an umlaut is reached, and ß is not ss (IDNA 2008)."""
    assert ascii_address(address) == written


@pytest.mark.parametrize(
    "address",
    ["", "ana", "a@b@c", "ana@example.com\r\nBcc: x@example.com", "a b@example.com", "<a@example.com>",
     "ü@example.com", "a,b@example.com", "ana@exa\x00mple.com", "ana@-\u200d.com", "x" * 65 + "@example.com"],
)  # fmt: skip
def test_no_address_adds_a_header(address: str) -> None:
    """What could begin another header, or name another person, is refused; the error does not quote it."""
    with pytest.raises(ContentError) as caught:
        ascii_address(address)
    assert not address or address not in str(caught.value)


@pytest.mark.parametrize(
    "url",
    ["http://example.com/u", "https://example.com/a b", "https://example.com/é", "https://a.example/>,<https://b.example",
     "mailto:x@example.com", "https://example.com/\r\nBcc: x", "https://example.com/" + "x" * 1000],
)  # fmt: skip
def test_an_unsubscribe_link_is_one_https_address(url: str) -> None:
    """Without a link that works nothing is sent."""
    parts = EmailParts(subject="x", html="x", text="x")
    with pytest.raises(ContentError, match="unsubscribe link"):
        build_mime(envelope(), parts, key="k", to="a@example.com", unsubscribe_url=url, at=AT)


def test_a_key_is_safe_where_it_stands() -> None:
    """A key can't close the Message-ID, or the boundary."""
    parts = EmailParts(subject="x", html="x", text="x")
    for key in ("A", "a@b", "a>", 'a"', "", "a\r\nb", "x" * 51):
        with pytest.raises(ContentError, match="key"):
            build_mime(envelope(), parts, key=key, to="a@example.com", unsubscribe_url=URL, at=AT)


def test_a_return_path_of_its_own_for_each_message() -> None:
    """A bounce tells whose it is, by the address that it comes back to."""
    sender = envelope(return_path="bounces@müller.example")
    assert sender.return_path_of("2s-x4jzq") == "bounces+2s-x4jzq@xn--mller-kva.example"
    assert envelope().return_path_of("2s-x4jzq") == "dana@example.com"
