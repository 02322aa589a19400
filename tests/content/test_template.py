"""Template folders: what they become, and what is said of one with mistakes."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from aftershow.content.template import BODIES, CALLED, FILES, MessageTemplate, load_template
from aftershow.errors import ContentError
from aftershow.words.channels import Channel

Load = Callable[..., MessageTemplate]
Folder = Callable[[dict[str, str]], Path]
NAMES = frozenset({"given_name", "company", "language", "answers", "show.name", "show.starts"})

BASE = """<!doctype html><html><head><title>{% block title %}{{ our.name }}{% endblock %}</title></head>
<body>{% block content %}<p>From the base</p>{% endblock %}{% include "base/foot.html" %}</body></html>"""


def mistakes(root: Path, name: str = "hello") -> list[str]:
    """Return the lines that a marketer reads."""
    with pytest.raises(ContentError) as caught:
        load_template(root, name, names=NAMES)
    assert str(caught.value) == "\n".join(map(str, caught.value.problems))
    return [str(problem) for problem in caught.value.problems]


def render(template: MessageTemplate, channel: Channel, context: dict[str, Any]) -> object:
    """Return the message by one channel."""
    match channel:
        case Channel.EMAIL:
            return template.render_email(context)
        case Channel.MEETING:
            return template.render_invitation(context)
        case _:
            return template.render_body(channel, context)


def test_layout_blocks_and_partials(folder: Folder, context: dict[str, Any]) -> None:
    """A message is a few lines under one base layout, as Jinja2 would put them together."""
    root = folder(
        {
            "base/email.html": BASE,
            "base/foot.html": "<p>{{ our.address }}</p>{% if note %}<i>{{ note }}</i>{% endif %}",
            "hello/subject.txt": "Hello {{ given_name }}\n",
            "hello/email.html": '{% extends "base/email.html" %}\n{% set note = "N" ~ given_name %}\n'
            "{% block content %}<p>Hello</p>{{ super() }}{% endblock %}",
        }
    )
    parts = load_template(root, "hello", names=NAMES).render_email(context)
    assert parts.subject == "Hello Zoë"
    assert parts.html.split("<body>")[1].split("</body>")[0] == (
        "<p>Hello</p><p>From the base</p><p>1 Foundry Street</p><i>NZo&#235;</i>"
    )
    assert parts.text == "Hello\n\nFrom the base\n\n1 Foundry Street\n\nNZoë\n"


EMAIL = {"subject.txt": "x", "email.html": "<p>x</p>"}


@pytest.mark.parametrize(
    ("files", "channels"),
    [
        (EMAIL, {"email"}),
        (EMAIL | {"text.txt": "x"}, {"email", "text"}),
        (
            EMAIL | {"meeting.txt": "x", "letter.txt": "x", "call.txt": "x"},
            {"email", "letter", "call", "meeting"},
        ),
        ({"subject.txt": "x", "meeting.txt": "x"}, {"meeting"}),
        ({"letter.txt": "x"}, {"letter"}),
        ({"call.txt": "x"}, {"call"}),
    ],
)
def test_channels_are_those_of_the_files(files: dict[str, str], channels: set[str], folder: Folder) -> None:
    """What lies in the folder decides how it can go; the subject serves the email and the invitation."""
    root = folder({f"hello/{file}": text for file, text in files.items()})
    template = load_template(root, "hello", names=NAMES)
    assert template.channels == channels
    for channel in set(BODIES) - channels:
        with pytest.raises(ContentError, match=rf"has no {FILES[channel][0]}, so it can't go as an? "):
            template.render_body(channel, {})
    if Channel.EMAIL not in channels:
        with pytest.raises(ContentError, match=r"has no email\.html, so it can't go as an email"):
            template.render_email({})


def test_every_channel_has_its_files() -> None:
    """Whatever channel the ledger knows can be written for."""
    assert set(FILES) == set(CALLED) == set(Channel)


def test_a_plain_part_of_ones_own(load_email: Load, context: dict[str, Any]) -> None:
    """email.txt takes the place of the text made from the HTML, and is not escaped."""
    template = load_email("<p>x</p>", {"hello/email.txt": "Hello {{ company }},\n\n\n\nbye  \n"})
    assert template.render_email(context).text == "Hello Café & Söhne <GmbH>,\n\nbye\n"


def test_gaps_are_none_and_can_be_filled(load_text: Load, context: dict[str, Any]) -> None:
    """A question that nobody asked is no mistake, and the word None is never printed."""
    template = load_text(
        '{{ answers.budget or "?" }} {{ answers.interest }} {% if answers.items %}x{% endif %}'
    )
    assert template.render_text(context).body == "? pumps"


@pytest.mark.parametrize(
    "expression",
    [
        "given_name",
        "given_name|upper",
        "given_name|title",
        "given_name ~ '!'",
        "answers.budget",
        "[given_name]|join",
    ],
)
def test_none_is_never_printed(expression: str, load_text: Load, context: dict[str, Any]) -> None:
    """A missing value stops this person's message with advice, not with a letter to None."""
    template = load_text(f"Dear {{{{ {expression} }}}},")
    with pytest.raises(ContentError, match=r'text\.txt.*or "there"'):
        template.render_text(context | {"given_name": None})


def test_days_are_written_in_the_language_of_the_person(load_text: Load, context: dict[str, Any]) -> None:
    """A date reads as people write it."""
    template = load_text('{{ show.starts|date }} / {{ show.starts|date("en") }} / {{ now|date("fr") }}')
    names = context | {
        "show": {"starts": date(2026, 10, 20)},
        "now": datetime(2026, 10, 21, 23, 0, tzinfo=UTC),
    }
    assert template.render_text(names).body == "20. Oktober 2026 / October 20, 2026 / 21 octobre 2026"
    assert "October 20" in template.render_text(names | {"language": "xx"}).body


@pytest.mark.parametrize(
    ("call", "expected"),
    [
        ("time", "14:30"),
        ('time("en")', "2:30 PM"),
        ('time("fr")', "14:30"),
        ('time("xx")', "2:30 PM"),
    ],
)
def test_times_are_those_of_the_clock_they_come_with(
    call: str, expected: str, load_text: Load, context: dict[str, Any]
) -> None:
    """A time is written as its language does, on the show's clock, and never makes a text dear."""
    template = load_text(f"{{{{ show.starts|{call} }}}}")
    at = datetime(2026, 10, 20, 14, 30, tzinfo=ZoneInfo("Europe/Berlin"))
    parts = template.render_text(context | {"show": {"starts": at}})
    assert (parts.body, parts.encoding) == (expected, "GSM-7")


def test_a_time_that_is_missing_stays_missing(load_text: Load, context: dict[str, Any]) -> None:
    """Who has no appointment reads the words that stand in for it."""
    template = load_text('{{ show.starts|time or "soon" }}')
    assert template.render_text(context).body == "soon"


def test_a_day_that_is_not_written_out_says_how(load_text: Load, context: dict[str, Any]) -> None:
    """2026-10-20 00:00:00+00:00 is not what a marketer means."""
    template = load_text("{{ show.starts }}")
    with pytest.raises(ContentError, match=r"\{\{ show\.starts\|date \}\}"):
        template.render_text(context | {"show": {"starts": date(2026, 10, 20)}})


def test_every_mistake_at_once_with_its_line(folder: Folder) -> None:
    """A marketer reads all mistakes of a template in one go, each where it stands."""
    root = folder(
        {
            "base/email.html": "<html><body>{% block content %}{% endblock %}</body></html>",
            "hello/subject.txt": "Hello\n{{ gven_name }}",
            "hello/email.html": '{% extends "base/email.html" %}\n{% block content %}\n{{ show.nmae }}\n'
            "<p><b>{{ answers.x }}\n{{ compny|upper }}</p>\n{% endblock %}",
            "hello/text.txt": "{{ given_name|uper }}\n{{ f() }}",
        }
    )
    assert mistakes(root) == [
        "templates/hello/email.html:3: `show.nmae` is not known, did you mean `show.name`?",
        "templates/hello/email.html:4: <b> is not closed before </p>",
        "templates/hello/email.html:5: `compny` is not known, did you mean `company`?",
        "templates/hello/subject.txt:2: `gven_name` is not known, did you mean `given_name`?",
        "templates/hello/text.txt:1: there is no filter `uper`, did you mean `upper`?",
        "templates/hello/text.txt:2: this can't be called; use a filter, as in {{ given_name|upper }}",
    ]


@pytest.mark.parametrize(
    ("written", "meant"),
    [("first_name", "given_name"), ("Vorname", "given_name"), ("organization", "company")],
)
def test_a_field_is_known_by_what_lead_files_call_it(folder: Folder, written: str, meant: str) -> None:
    """Who writes first_name is led to given_name, and not to the name that looks most alike."""
    (mistake,) = mistakes(folder({"hello/text.txt": f"{{{{ {written} }}}}"}))
    assert mistake.endswith(f"`{written}` is not known, did you mean `{meant}`?")


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        (
            {"helo/meeting.txt": "x", "helo/subjct.txt": "x"},
            ["templates/helo: is an invitation without subject.txt, did you mean `subjct.txt`?"],
        ),
        (
            {"helo/letter.txt": "x", "helo/subject.txt": "x"},
            ["templates/helo: is an email without email.html"],
        ),
        (
            {"helo/meeting.txt": "x", "helo/subject.txt": "x", "helo/email.txt": "x"},
            ["templates/helo: is an email without email.html, did you mean `email.txt`?"],
        ),
        ({"hello/text.txt": "x"}, ["templates: there is no template `helo`, did you mean `hello`?"]),
        (
            {"helo/emial.html": "x"},
            [
                "templates/helo: has no message, such as email.html or text.txt or letter.txt or call.txt "
                "or meeting.txt, did you mean `emial.html`?"
            ],
        ),
        (
            {"helo/email.html": "<p>x</p>", "helo/subjekt.txt": "x"},
            ["templates/helo: is an email without subject.txt, did you mean `subjekt.txt`?"],
        ),
        ({"helo/text.txt": "\n{% if x %}"}, ["templates/helo/text.txt:2: Unexpected end of template."]),
        (
            {"helo/text.txt": '\n{% include "helo/txet.txt" %}'},
            ["templates/helo/text.txt:2: `helo/txet.txt` is not there, did you mean `helo/text.txt`?"],
        ),
        (
            {"helo/text.txt": "{% include x %}"},
            ['templates/helo/text.txt:1: write the name of the file, as in {% include "base/email.html" %}'],
        ),
    ],
)
def test_what_is_missing_or_mistyped(files: dict[str, str], expected: list[str], folder: Folder) -> None:
    """Each mistake comes with its likely meaning."""
    found = mistakes(folder(files), "helo")
    assert len(found) == 1
    assert found[0].startswith(expected[0].removesuffix("."))


@pytest.mark.parametrize(
    ("html", "line", "said"),
    [
        ("<p>\n<b>x</p>", 2, "<b> is not closed before </p>"),
        ("<p>x</p>\n</div>", 2, "</div> closes nothing"),
        ("<div>\n<table><tr><td>x", 1, "<div> is not closed before the end"),
        ("<p>\n1 < 2</p>", 2, "begins no tag"),
        ("<p>\n<a href={{ unsubscribe_url }}>x</a></p>", 2, "put quotation marks around"),
        ("\n<p {{ company }}>x</p>", 2, "can't stand at this place"),
        ("<style>\np { color: {{ company }} }</style>", 2, "write it into a `style` attribute"),
        ('\n<link rel="stylesheet" href="https://example.com/a.css">', 2, "<link> is not for emails"),
        ('<style>\n@import url("https://example.com/a.css");</style>', 1, "@import loads a file"),
        ('\n<img src="logo.png" alt="">', 2, "must begin with https://"),
    ],
)
def test_broken_html_is_named_with_its_line(html: str, line: int, said: str, load_email: Load) -> None:
    """What no browser would show as it was meant is found before it is sent."""
    with pytest.raises(ContentError) as caught:
        load_email(html)
    (problem, *_) = caught.value.problems
    assert (problem.file, problem.line) == ("templates/hello/email.html", line)
    assert said in problem.text


def test_dear_characters_are_warned_of_with_their_line(load_text: Load, context: dict[str, Any]) -> None:
    """A curly apostrophe in the template makes everyone's text dear; the marketer hears it before."""
    template = load_text("Hello {{ given_name }},\nit’s us")
    (warning,) = template.warnings
    assert warning.startswith("templates/hello/text.txt:2: ’ (RIGHT SINGLE QUOTATION MARK), write ' instead")
    parts = template.render_text(context)
    assert (parts.encoding, parts.segments, parts.forced_by) == ("UCS-2", 1, ("ë", "’"))


def test_a_text_counts_what_this_person_gets(load_text: Load, context: dict[str, Any]) -> None:
    """Names make a text longer, and dearer, than its template."""
    template = load_text("Hello {{ company }}")
    assert template.warnings == ()
    assert template.render_text(context | {"company": "x" * 160}).segments == 2
    assert template.render_text(context | {"company": "Čapek"}).forced_by == ("Č",)


def test_a_line_with_a_tag_alone_leaves_no_gap_in_a_text(load_text: Load, context: dict[str, Any]) -> None:
    """A text message reads as its template looks."""
    template = load_text(
        "Hello\n{% if grade == 'A' %}\ndear\n{% endif %}\n  {% for x in [1, 2] %}\n{{ x }}\n  {% endfor %}\n"
    )
    assert template.render_text(context).body == "Hello\ndear\n1\n2"


def test_what_is_not_there_is_named(load_text: Load, context: dict[str, Any]) -> None:
    """Who reads why a message is held reads the name that stands in the template."""
    with pytest.raises(ContentError, match="'answers' is undefined"):
        load_text("{{ answers.budget or 1 }}").render_text({})


@pytest.mark.parametrize("channel", Channel)
def test_an_empty_part_is_no_message(channel: Channel, folder: Folder, context: dict[str, Any]) -> None:
    """Nobody gets a mail or an invitation without a subject, or anything else without words."""
    root = folder({f"hello/{file}": "{{ company }}\n" for file in FILES[channel]})
    template = load_template(root, "hello", names=NAMES)
    with pytest.raises(ContentError, match=r"\.txt: it is empty for this person"):
        render(template, channel, context | {"company": " "})


def test_an_invitation_needs_its_subject(folder: Folder, context: dict[str, Any]) -> None:
    """A subject that is empty for someone stops the invitation, though its text is there."""
    root = folder({"hello/subject.txt": "{{ company }}", "hello/meeting.txt": "May we come?"})
    with pytest.raises(ContentError, match=r"subject\.txt: it is empty"):
        load_template(root, "hello", names=NAMES).render_invitation(context | {"company": " "})


@pytest.mark.parametrize("channel", BODIES)
def test_no_message_is_endless(channel: Channel, folder: Folder, context: dict[str, Any]) -> None:
    """What a person wrote makes no letter of a hundred pages and no text for a hundred segments."""
    root = folder({f"hello/{file}": "{{ company }}\n" for file in FILES[channel]})
    template = load_template(root, "hello", names=NAMES)
    with pytest.raises(ContentError, match="longer than"):
        template.render_body(channel, context | {"company": "x" * 10_001})


def test_what_is_missing_is_not_defined(tmp_path: Path) -> None:
    """`is defined` asks in templates what it asks in conditions: whether something is known."""
    (tmp_path / "note").mkdir()
    (tmp_path / "note" / "text.txt").write_text(
        "{% if city is defined %}in {{ city }}{% else %}somewhere{% endif %}"
    )
    template = load_template(tmp_path, "note", names=frozenset({"city"}))
    assert template.render_text({"city": None}).body == "somewhere"
    assert template.render_text({"city": "Peoria"}).body == "in Peoria"
