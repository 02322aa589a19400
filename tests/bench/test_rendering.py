"""What the benchmark compares."""

import email
from email.message import EmailMessage
from email.policy import SMTP

import pytest

from aftershow.content.html.inlining import in_ascii
from aftershow.content.html.inlining_proof import same_document
from aftershow.content.template import load_template
from bench.naive import NaiveMailer
from bench.rendering import NAME, NAMES, TEMPLATES, envelope_of, mail, person


@pytest.mark.parametrize("number", [0, 1])
def test_both_ways_send_the_same_mail(number: int) -> None:
    """The fast way is compared with a slow one that does the same."""
    template = load_template(TEMPLATES, NAME, names=NAMES)
    fast = _read(mail(template, number).mime)
    slow = _read(NaiveMailer(TEMPLATES, NAME).compose(person(number), **envelope_of(number)))
    assert _headers(fast) == _headers(slow)
    plain, html = (part.get_content() for part in fast.iter_parts())
    slow_plain, slow_html = (part.get_content() for part in slow.iter_parts())
    assert plain == slow_plain
    assert same_document(html, in_ascii(slow_html))
    assert len(html) > 20_000


def _read(mime: bytes) -> EmailMessage:
    message = email.message_from_bytes(mime, policy=SMTP)
    assert isinstance(message, EmailMessage)
    return message


def _headers(message: EmailMessage) -> dict[str, str]:
    return {name: str(value) for name, value in message.items() if name != "Content-Type"}
