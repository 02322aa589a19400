"""The templates that a new workspace begins with."""

import re
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from aftershow.content.template import load_template
from aftershow.words import Channel

TEMPLATES = Path(__file__).parents[2] / "templates"
NAMES = frozenset(
    {
        "given_name",
        "family_name",
        "company",
        "city",
        "language",
        "answers",
        "show.name",
        "show.city",
        "show.starts",
    }
)
EMAILS = {"catalogue": "en", "danke": "de", "follow-up": "en", "site-visit": "en", "thanks": "en"}
TEXTS = ("quick-question", "text-danke")

#: Someone of whom everything is known, and someone of whom only an address is.
FULL: dict[str, Any] = {
    "given_name": "Jürgen",
    "family_name": "Müller",
    "company": "Bäckerei Öztürk GmbH & Co. KG",
    "city": "Köln",
    "language": "de",
    "answers": {"interest_product": "Pumpen;Ventile"},
    "show": {"name": "EuroBLECH 2026", "city": "Hannover", "starts": date(2026, 10, 20)},
    "sender": {
        "name": "Jonas Keller",
        "email": "jonas.keller@example.com",
        "phone": "+49 711 5550 190",
        "title": "Vertriebsleiter DACH",
    },
    "our": {"name": "Example Pumps Ltd", "address": "1250 Foundry Street\nSpringfield, IL 62701, USA\n"},
    "unsubscribe_url": "https://mail.example.com/u/x",
}
BARE: dict[str, Any] = {
    **dict.fromkeys(FULL),
    "answers": {},
    "show": {},
    "sender": {"name": "Example Pumps", "email": "hello@example.com"},
    "our": {"name": "Example Pumps Ltd", "address": "1250 Foundry Street"},
    "unsubscribe_url": "https://mail.example.com/u/x",
}


def test_these_are_all_of_them() -> None:
    """A template that is added is looked at here too."""
    there = {folder.name for folder in TEMPLATES.iterdir()} - {"base"}
    assert there == {*EMAILS, *TEXTS}


@pytest.mark.parametrize("name", EMAILS)
def test_an_email_is_right_for_everyone(name: str) -> None:
    """Whether we know much or little of a person, the mail is fast, whole, and can be unsubscribed from."""
    template = load_template(TEMPLATES, name, names=NAMES)
    assert template.channels == {Channel.EMAIL}
    assert template.warnings == ()
    for person in (FULL, BARE):
        parts = template.render_email(person)
        assert f'<html lang="{EMAILS[name]}">' in parts.html
        for part in (parts.html, parts.text):
            assert "https://mail.example.com/u/x" in part
            assert "Example Pumps Ltd, 1250 Foundry Street" in part
            assert person["sender"]["email"] in part
            assert "None" not in part
        assert not re.search(r"<img|url\(|src=", parts.html)
        assert re.search(r" ,|  \w|\( ", parts.subject) is None


@pytest.mark.parametrize("name", TEXTS)
def test_a_text_is_one_segment(name: str) -> None:
    """A text in English or German costs one segment, umlauts and all."""
    template = load_template(TEMPLATES, name, names=NAMES)
    assert template.channels == {Channel.TEXT}
    assert template.warnings == ()
    for person in (FULL, BARE):
        parts = template.render_text(person)
        assert (parts.segments, parts.encoding) == (1, "GSM-7")
        assert "STOP" in parts.body
        assert "None" not in parts.body
