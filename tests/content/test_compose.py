"""One person's facts become a message that a connector can send."""

import email
from collections.abc import Callable
from datetime import UTC, datetime
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from typing import Any

import pytest

from aftershow.content.compose import (
    compose_call,
    compose_email,
    compose_invitation,
    compose_letter,
    compose_text,
)
from aftershow.content.mime import Envelope
from aftershow.content.template import MessageTemplate, load_template
from aftershow.errors import ContentError
from aftershow.ports import CallBrief, Invitation, RenderedLetter, RenderedText
from aftershow.words.channels import Channel

Load = Callable[..., MessageTemplate]
Folder = Callable[[dict[str, str]], Path]

NAMES = frozenset({"given_name", "family_name", "company"})
ENVELOPE = Envelope(
    from_name="Dana Cole",
    from_email="dana@example.com",
    reply_to="sales@example.com",
    return_path="bounces@example.com",
    domain="example.com",
)
AT = datetime(2026, 11, 24, 16, 0, tzinfo=UTC)
URL = "https://mail.example.com/u/token.signature"
NAMED = {"now": AT, "unsubscribe_url": URL}
SIGNED = {"key": "2s-x4jzq", "envelope": ENVELOPE, "unsubscribe_url": URL, "at": AT}


def test_an_email_is_whole(load_email: Load, context: dict[str, Any]) -> None:
    """Address, return path, headers and both parts are those of this person."""
    template = load_email(
        '<p>Hello {{ given_name }}</p><a href="{{ unsubscribe_url }}">Unsubscribe</a> {{ now|date("en") }}',
        {"hello/subject.txt": "For {{ company }}"},
    )
    rendered = compose_email(template.render_email(context | NAMED), to="ana@example.com", **SIGNED)
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


def test_the_address_goes_as_ascii(load_email: Load, context: dict[str, Any]) -> None:
    """Envelope and header name the same address, written for every server."""
    parts = load_email("<p>x</p>").render_email(context)
    rendered = compose_email(parts, to="ana@müller.example", **SIGNED)
    assert rendered.to == "ana@xn--mller-kva.example"
    assert b"\r\nTo: ana@xn--mller-kva.example\r\n" in rendered.mime


def test_no_header_from_a_person(load_email: Load, context: dict[str, Any]) -> None:
    """Neither a company's name nor an address adds a recipient."""
    template = load_email("<p>x</p>", {"hello/subject.txt": "For {{ company }}"})
    parts = template.render_email(context | {"company": "x\r\nBcc: all@example.com"})
    rendered = compose_email(parts, to="a@example.com", **SIGNED)
    assert b"\nBcc:" not in rendered.mime
    with pytest.raises(ContentError):
        compose_email(parts, to="a@example.com\r\nBcc: all@example.com", **SIGNED)


def test_a_text_message_has_its_segments(load_text: Load, context: dict[str, Any]) -> None:
    """What is sent is what is counted."""
    template = load_text("Hello {{ company }}, {{ 'x' }}")
    parts = template.render_text(context | {"company": "Okafor"})
    rendered = compose_text(parts, {}, key="2s-x4jzq", to="+15085550114")
    assert rendered == RenderedText(key="2s-x4jzq", to="+15085550114", body="Hello Okafor, x", segments=1)


def test_a_letter_has_its_envelope(folder: Folder, context: dict[str, Any]) -> None:
    """Person, company and address stand line by line, the country in words; the letter is its own text."""
    template = load_template(
        folder({"card/letter.txt": "Dear {{ given_name }},\n\n\n\nthank you.\n"}), "card", names=NAMES
    )
    to = "Ringstraße 1, 70173 Stuttgart, DE"
    body = template.render_body(Channel.LETTER, context)
    assert compose_letter(body, context | {"country": "DE"}, key="1-a", to=to) == RenderedLetter(
        key="1-a",
        to=to,
        recipient=(
            "Zoë D'Angelo",
            "Café & Söhne <GmbH>",
            "Ringstraße 1",
            "70173 Stuttgart",
            "Germany",
        ),
        body="Dear Zoë,\n\nthank you.",
    )


@pytest.mark.parametrize(
    ("person", "to", "expected"),
    [
        (
            {"family_name": "Okafor"},
            "1 Pump Road, Peoria IL 61602",
            ("Okafor", "1 Pump Road", "Peoria IL 61602"),
        ),
        ({"company": "Acme"}, "1 Pump Road, Peoria, IL", ("Acme", "1 Pump Road", "Peoria", "IL")),
        ({"given_name": "x\r\nTo: y", "country": "QX"}, "1 Pump Road, QX", ("x To: y", "1 Pump Road", "QX")),
    ],
)
def test_an_envelope_says_what_is_known(person: dict[str, str], to: str, expected: tuple[str, ...]) -> None:
    """What is missing leaves no empty line, a state is not taken for a country, and a line stays one line."""
    assert compose_letter("Hello", person, key="1-a", to=to).recipient == expected


def test_a_call_lists_what_to_find_out(folder: Folder, context: dict[str, Any]) -> None:
    """A rep reads each question of the step, with the answer that is known already."""
    root = folder(
        {
            "ask/call.txt": "{% for ask in asks %}\n- {{ ask.question }}"
            "{% if ask.answer %}: {{ ask.answer }}{% endif %}\n\n{% endfor %}\n"
        }
    )
    asks = [{"question": "decision date", "answer": None}, {"question": "budget", "answer": "20,000"}]
    body = load_template(root, "ask", names=NAMES).render_body(Channel.CALL, context | {"asks": asks})
    brief = compose_call(body, context, key="1-a", to="+15085550114")
    assert brief == CallBrief(key="1-a", to="+15085550114", body="- decision date\n- budget: 20,000")


def test_an_invitation_has_one_subject(folder: Folder, context: dict[str, Any]) -> None:
    """An invitation takes the folder's subject, on one line, and goes to an address that is one."""
    root = folder({"visit/subject.txt": "A visit to {{ company }}?", "visit/meeting.txt": "May we come?\n"})
    template = load_template(root, "visit", names=NAMES)
    parts = template.render_invitation(context | {"company": "x\r\nBcc: all@example.com"})
    assert compose_invitation(parts, context, key="1-a", to="ana@müller.example") == Invitation(
        key="1-a",
        to="ana@xn--mller-kva.example",
        subject="A visit to x Bcc: all@example.com?",
        body="May we come?",
    )
    with pytest.raises(ContentError):
        compose_invitation(parts, context, key="1-a", to="no address")
