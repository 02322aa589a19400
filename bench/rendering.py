"""Rendering and MIME for each mail: a catalogue of 20 KB with a loop and a dozen variables."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from aftershow.content.compose import compose_email
from aftershow.content.mime import Envelope
from aftershow.content.template import MessageTemplate, load_template
from aftershow.ports import RenderedEmail
from bench.naive import NaiveMailer
from bench.row import Row, compare

TEMPLATES = Path(__file__).parent.parent / "templates"
NAME = "catalogue"
NAMES = frozenset({"given_name", "company", "answers", "show.name", "show.city", "show.starts"})
ENVELOPE = Envelope(from_name="Dana Cole", from_email="dana.cole@example.com", domain="example.com")


def person(number: int) -> dict[str, Any]:
    """Return the facts of one of many people."""
    return {
        "given_name": ("Jürgen", "Marge", "Zoë", "Tom")[number % 4],
        "company": f"Müller & Söhne {number} GmbH",
        "answers": {"interest_product": "Pumps;Valves"} if number % 2 else {},
        "show": {"name": "Pack Expo 2026", "city": "Chicago", "starts": date(2026, 10, 18)},
        "sender": {
            "name": "Dana Cole",
            "email": "dana.cole@example.com",
            "phone": "+1 217 555 0142",
            "title": "Regional Sales Manager",
        },
        "our": {"name": "Example Pumps Ltd", "address": "1250 Foundry Street\nSpringfield, IL 62701, USA\n"},
    }


def envelope_of(number: int) -> dict[str, Any]:
    """Return what a mail needs beside its words."""
    return {
        "key": f"{number}-2kx7qpl4mzv3wybt",
        "to": f"person{number}@example.com",
        "envelope": ENVELOPE,
        "unsubscribe_url": f"https://mail.example.com/u/MTcuZW1haWwuYS1sZWFkcw.{number:043}",
        "at": datetime(2026, 11, 24, 16, 0, tzinfo=UTC),
    }


def mail(template: MessageTemplate, number: int) -> RenderedEmail:
    """Render and pack the mail to one of many people, both in this process."""
    envelope = envelope_of(number)
    facts = {**person(number), "now": envelope["at"], "unsubscribe_url": envelope["unsubscribe_url"]}
    return compose_email(template.render_email(facts), **envelope)


def rows() -> Iterator[Row]:
    """Measure both ways."""
    template = load_template(TEMPLATES, NAME, names=NAMES)
    naive = NaiveMailer(TEMPLATES, NAME)
    size = len(naive.compose(person(0), **envelope_of(0))) // 1024
    yield compare(
        f"one personal email, {size} KB, from facts to bytes",
        aftershow=lambda number: mail(template, number),
        naive=lambda number: naive.compose(person(number), **envelope_of(number)),
        counts=(200, 5),
    )
