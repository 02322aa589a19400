"""The templates that a new workspace begins with."""

import re
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from aftershow.content.template import MessageTemplate, load_template
from aftershow.words.channels import Channel

TEMPLATES = Path(__file__).parents[2] / "templates"
NAMES = frozenset(
    {
        "given_name",
        "family_name",
        "title",
        "company",
        "email",
        "city",
        "timezone",
        "language",
        "grade",
        "captured_at",
        "answers",
        "show.name",
        "show.city",
        "show.starts",
        "meeting.starts",
        "meeting.place",
        "digest.ungraded",
        "digest.promises",
    }
)
SERVES = {
    "book-a-meeting": {"email"},
    "call-before-decision": {"call"},
    "call-before-show": {"call"},
    "catalogue": {"email"},
    "danke": {"email"},
    "decision-date": {"call"},
    "handwritten-card": {"letter"},
    "last-postcard": {"letter"},
    "meeting-reminder": {"email", "text"},
    "new-slot": {"email", "text"},
    "newsletter": {"email"},
    "now-this-year-no": {"email"},
    "owner-call": {"call"},
    "postcard-booth": {"letter"},
    "product-card": {"letter"},
    "quick-question": {"text"},
    "rep-digest": {"email"},
    "second-email": {"email"},
    "silent-customer": {"call"},
    "site-visit": {"email", "meeting"},
    "sorry-we-missed-you": {"email"},
    "text-danke": {"text"},
    "thank-you-card": {"letter"},
    "thanks": {"email"},
    "they-said-now": {"call"},
    "third-call": {"call"},
    "two-questions": {"email"},
    "useful-mailing": {"email"},
}
GERMAN = ("danke", "text-danke")

#: Someone of whom everything is known, and someone of whom only an address is.
FULL: dict[str, Any] = {
    "given_name": "Jürgen",
    "family_name": "Müller",
    "title": "Leiter Einkauf",
    "company": "Bäckerei Öztürk GmbH & Co. KG",
    "email": "j.mueller@example.de",
    "city": "Köln",
    "timezone": "Europe/Berlin",
    "language": "de",
    "grade": "A",
    "captured_at": datetime(2026, 10, 20, 9, 58, tzinfo=UTC),
    "answers": {"interest_product": "Pumpen;Ventile", "budget": "20.000 EUR", "notes": "Rückruf"},
    "asks": [{"question": "decision date", "answer": None}, {"question": "budget", "answer": "20.000 EUR"}],
    "show": {"name": "EuroBLECH 2026", "city": "Hannover", "starts": date(2026, 10, 20)},
    "meeting": {
        "starts": datetime(2026, 10, 21, 14, 30, tzinfo=ZoneInfo("Europe/Berlin")),
        "place": "Hall 5, booth C 12",
    },
    "digest": {
        "ungraded": [
            {
                "name": "Ana Kovač",
                "company": "Acme",
                "captured_at": datetime(2026, 10, 20, 9, 58, tzinfo=UTC),
            },
            {"name": None, "company": None, "captured_at": None},
        ],
        "promises": [{"name": "Tom Rao", "company": None, "promise": "a price for two pumps"}],
    },
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
    "asks": [{"question": "decision date", "answer": None}, {"question": "budget", "answer": None}],
    "show": {},
    "meeting": {},
    "digest": {"ungraded": [], "promises": []},
    "sender": {"name": "Example Pumps", "email": "hello@example.com"},
    "our": {"name": "Example Pumps Ltd", "address": "1250 Foundry Street"},
    "unsubscribe_url": "https://mail.example.com/u/x",
}


def serving(channel: Channel) -> list[str]:
    return [name for name, channels in SERVES.items() if channel in channels]


@cache
def load(name: str) -> MessageTemplate:
    return load_template(TEMPLATES, name, names=NAMES)


def assert_clean(text: str) -> None:
    """Assert that no gap of this person shows."""
    assert "None" not in text
    assert re.search(r" ,| \.|\w  \w|\( |\n\n\n", text) is None


def test_these_are_all_of_them() -> None:
    """A template that is added is looked at here too."""
    assert {folder.name for folder in TEMPLATES.iterdir()} - {"base"} == set(SERVES)


@pytest.mark.parametrize("name", SERVES)
def test_it_goes_by_its_channels(name: str) -> None:
    """A folder serves what it was written for, and nothing in it is slow or dear."""
    template = load(name)
    assert template.channels == SERVES[name]
    assert template.warnings == ()


@pytest.mark.parametrize("person", [FULL, BARE], ids=["full", "bare"])
@pytest.mark.parametrize("name", serving(Channel.EMAIL))
def test_an_email_is_right_for_everyone(name: str, person: dict[str, Any]) -> None:
    """Whether we know much or little of a person, the mail is whole, and can be unsubscribed from."""
    parts = load(name).render_email(person)
    assert f'<html lang="{"de" if name in GERMAN else "en"}">' in parts.html
    for part in (parts.html, parts.text):
        assert "https://mail.example.com/u/x" in part
        assert "Example Pumps Ltd, 1250 Foundry Street" in part
        assert person["sender"]["email"] in part
        assert "None" not in part
    assert not re.search(r"<img|url\(|src=", parts.html)
    assert_clean(parts.subject)


@pytest.mark.parametrize("person", [FULL, BARE], ids=["full", "bare"])
@pytest.mark.parametrize("name", serving(Channel.TEXT))
def test_a_text_is_one_segment(name: str, person: dict[str, Any]) -> None:
    """A text in English or German costs one segment, umlauts and all."""
    parts = load(name).render_text(person)
    assert (parts.segments, parts.encoding) == (1, "GSM-7")
    assert "STOP" in parts.body
    assert_clean(parts.body)


@pytest.mark.parametrize("person", [FULL, BARE], ids=["full", "bare"])
@pytest.mark.parametrize("name", serving(Channel.LETTER))
def test_a_letter_fits_on_a_card(name: str, person: dict[str, Any]) -> None:
    """It is short, has a line for each paragraph, and says how to reach who writes."""
    body = load(name).render_body(Channel.LETTER, person)
    salutation, *paragraphs, closing, signature = body.split("\n\n")
    assert salutation == ("Dear Jürgen," if person is FULL else "Good day,")
    assert all("\n" not in paragraph for paragraph in (*paragraphs, closing))
    assert len(body) < 600
    assert signature.startswith(person["sender"]["name"])
    assert signature.endswith(person["sender"]["email"])
    assert_clean(body)


@pytest.mark.parametrize("person", [FULL, BARE], ids=["full", "bare"])
@pytest.mark.parametrize("name", serving(Channel.CALL))
def test_a_rep_knows_what_to_say(name: str, person: dict[str, Any]) -> None:
    """Who it is, why we call, what to find out and what we know of it, and what to do with a machine."""
    body = load(name).render_body(Channel.CALL, person)
    who, why, find_out, otherwise = body.split("\n\n")
    assert [part.split("\n")[0] for part in (who, why, find_out, otherwise)] == [
        "WHO",
        "WHY YOU CALL",
        "FIND OUT",
        "IF NOBODY ANSWERS",
    ]
    assert ("Jürgen Müller" if person is FULL else "Name not known") in who
    assert all("\n" in part for part in (why, otherwise))
    budget = "- Budget (so far: 20.000 EUR)?" if person is FULL else "- Budget?"
    assert find_out.split("\n")[1:] == ["- Decision date?", budget]
    assert_clean(body)


@pytest.mark.parametrize("person", [FULL, BARE], ids=["full", "bare"])
@pytest.mark.parametrize("name", serving(Channel.MEETING))
def test_an_invitation_says_who_comes(name: str, person: dict[str, Any]) -> None:
    """The person invited reads what for, and from whom."""
    parts = load(name).render_invitation(person)
    assert person["sender"]["name"] in parts.body
    assert_clean(parts.subject)
    assert_clean(parts.body)


def test_a_call_without_questions_has_no_list() -> None:
    """A step that asks nothing leaves no empty heading behind."""
    assert "FIND OUT" not in load("owner-call").render_body(Channel.CALL, FULL | {"asks": []})


def test_a_reminder_says_where_and_when() -> None:
    """Day, time and place stand in the text and in the mail; without them it sends nobody astray."""
    template = load("meeting-reminder")
    for text in (template.render_text(FULL).body, template.render_email(FULL).text):
        assert "October 21, 2026, 2:30 PM" in text
        assert "Hall 5, booth C 12" in text
    assert "soon, at our booth" in template.render_text(BARE).body


def test_a_digest_lists_what_is_left_to_do() -> None:
    """A rep reads who has no grade and what was promised, counted; a rep who is done reads that."""
    template = load("rep-digest")
    full, done = template.render_email(FULL), template.render_email(BARE)
    assert full.subject == "Tonight: 2 to grade, 1 to keep"
    for line in (
        "- Ana Kovač, Acme, scanned at 9:58 AM",
        "- Name not known",
        "- Tom Rao: a price for two pumps",
    ):
        assert line in full.text.splitlines()
    assert done.subject == "Tonight: nothing left to do"
    assert "All your scans have a grade" in done.text
