"""One person's facts become a message that a connector can send."""

import email
from collections.abc import Callable
from datetime import UTC, datetime
from email.message import EmailMessage
from email.policy import default
from typing import Any

import pytest

from aftershow.content.compose import compose_email, compose_text
from aftershow.content.mime import Envelope
from aftershow.content.template import MessageTemplate
from aftershow.errors import ContentError
from aftershow.ports import RenderedText

Load = Callable[..., MessageTemplate]

ENVELOPE = Envelope(
    from_name="Dana Cole",
    from_email="dana@example.com",
    reply_to="sales@example.com",
    return_path="bounces@example.com",
    domain="example.com",
)
AT = datetime(2026, 11, 24, 16, 0, tzinfo=UTC)
URL = "https://mail.example.com/u/token.signature"
SIGNED = {"key": "2s-x4jzq", "envelope": ENVELOPE, "unsubscribe_url": URL, "at": AT}


def test_an_email_is_whole(load_email: Load, context: dict[str, Any]) -> None:
    """Address, return path, headers and both parts are those of this person."""
    template = load_email(
        '<p>Hello {{ given_name }}</p><a href="{{ unsubscribe_url }}">Unsubscribe</a> {{ now|date("en") }}',
        {"hello/subject.txt": "For {{ company }}"},
    )
    rendered = compose_email(template, context, to="ana@example.com", **SIGNED)
    assert (rendered.key, rendered.to) == ("2s-x4jzq", "ana@example.com")
    assert rendered.return_path == "bounces+2s-x4jzq@example.com"
    assert rendered.subject == "For Café & Söhne <GmbH>"
    message = email.message_from_bytes(rendered.mime, policy=default)
    assert isinstance(message, EmailMessage)
    assert message["Subject"] == rendered.subject
    assert message["Message-ID"] == "<2s-x4jzq@example.com>"
    assert message["List-Unsubscribe"] == f"<{URL}>"
    plain, html = (part.get_content() for part in message.iter_parts())
    assert plain.splitlines() == ["Hello Zoë", "", f"Unsubscribe <{URL}> November 24, 2026"]
    assert f'<p>Hello Zo&#235;</p><a href="{URL}">Unsubscribe</a>' in html


def test_the_link_in_the_mail_is_the_one_in_the_header(load_email: Load, context: dict[str, Any]) -> None:
    """No context can put another person's unsubscribe link into a mail."""
    template = load_email('<a href="{{ unsubscribe_url }}">x</a>')
    rendered = compose_email(
        template, context | {"unsubscribe_url": "https://evil.example"}, to="ana@example.com", **SIGNED
    )
    assert b"evil.example" not in rendered.mime


def test_the_address_goes_as_ascii(load_email: Load, context: dict[str, Any]) -> None:
    """Envelope and header name the same address, written for every server."""
    rendered = compose_email(load_email("<p>x</p>"), context, to="ana@müller.example", **SIGNED)
    assert rendered.to == "ana@xn--mller-kva.example"
    assert b"\r\nTo: ana@xn--mller-kva.example\r\n" in rendered.mime


def test_no_header_from_a_person(load_email: Load, context: dict[str, Any]) -> None:
    """Neither a company's name nor an address adds a recipient."""
    template = load_email("<p>x</p>", {"hello/subject.txt": "For {{ company }}"})
    rendered = compose_email(
        template, context | {"company": "x\r\nBcc: all@example.com"}, to="a@example.com", **SIGNED
    )
    assert b"\nBcc:" not in rendered.mime
    with pytest.raises(ContentError):
        compose_email(template, context, to="a@example.com\r\nBcc: all@example.com", **SIGNED)


def test_a_text_message_has_its_segments(load_text: Load, context: dict[str, Any]) -> None:
    """What is sent is what is counted."""
    template = load_text("Hello {{ company }}, {{ 'x' }}")
    rendered = compose_text(template, context | {"company": "Okafor"}, key="2s-x4jzq", to="+15085550114")
    assert rendered == RenderedText(key="2s-x4jzq", to="+15085550114", body="Hello Okafor, x", segments=1)
