"""What a stranger writes on a badge does not speak in our name, and does not steer a terminal."""

import json
import sys
import unicodedata
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import update

from aftershow.audience.fields import RECORDED
from aftershow.cli import main
from aftershow.desk import open_desk
from aftershow.errors import AftershowError, Problem, WorkspaceError
from aftershow.leads.readers.headings import Columns
from aftershow.leads.readers.rows import LeadRow
from aftershow.leads.row_reader import RowReader
from aftershow.messages.context import person_context
from aftershow.people.normalizing.harmless import said, said_name, said_phrase
from aftershow.signs import escaped, plain
from aftershow.store.tables import contact, lead
from aftershow.workspace.settings import Settings
from tests.leads.desk import show

NOW = datetime(2026, 11, 10, 12, tzinfo=UTC)
SETTINGS = Settings.model_validate_json(
    json.dumps(
        {
            "company": {"name": "Pumps Inc", "address": "1 Pump Road"},
            "public_url": "https://pumps.example",
            "timezone": "America/Chicago",
            "from": {"name": "Pumps", "email": "hello@pumps.example"},
        }
    )
)

#: Names of which a mail program makes a link, in some of the ways in which that can be written.
LINKS = (
    "Your invoice https://evil.example/pay",
    "HTTPS://EVIL.EXAMPLE",
    "https:\\\\evil.example",
    "https\uff1a\uff0f\uff0fevil.example",
    "https:\u2215\u2215evil.example",
    "https\ufe55//3232235777/pay",
    "Ana evil.example/pay",
    "evil.example?pay",
    "evil.example:8080",
    "www.evil.example",
    "Ana WWW2.evil.example",
    "www\uff0eevil\uff0eexample",
    "evil.com",
    "evil.co.uk",
    "evil\u3002example",
    "evil\uff61example",
    "evil\ufe52example",
    "xn--e1afmkfd.xn--p1ai",
    "пример.рф",
    "ana@evil.example",
    "ana\uff20evil.example",
    "mailto:ana\ufe6bevil.example",
    "10.0.0.1",
    "\\\\evil\\share",
    "//evil.example",
    "evil\u200b.exam\u200dple",
    "\u202eelpmaxe.live",
    "Call +1 (900) 555-0100 now",
    "Call 900\u2013555\u20130100",
    "Call 9_0_0_5\u20225\u00b75",
    "evil.\u24d2\u24de\u24dc/pay",
    "DE12 5001 0517 0648",
)
#: Signs that nobody sees, one of each kind.
HIDDEN = tuple(
    "\x00\x07\x08\x1b\x7f\x85\x9b\u00ad\u034f\u061c\u115f\u180e\u200b\u200e\u2028\u202e\u2060\u2066\u2800\u3164"
    "\ue000\ufeff\uffa0\ufff9\U000e0041\U000e01ff\U0010fffe"
)
#: What people, companies, titles and towns are really called.
REAL = (
    ("given_name", "J.R."),
    ("given_name", "Prof. Dr. Anna-Lena"),
    ("given_name", "علی\u200cرضا"),
    ("given_name", "क्\u200dष"),
    ("given_name", "\u908a\U000e0102"),
    ("family_name", "O'Neil, Jr."),
    ("family_name", "d’Hélène"),
    ("family_name", "Sammy Davis 3rd"),
    ("title", "Sales/Service & Parts (EMEA) #2"),
    ("title", "VP: Sales"),
    ("company", "AT&T / 7-Eleven, Yahoo! + C++"),
    ("city", "Frankfurt a.M."),
)


def understood(**cells: str) -> dict[str, Any]:
    """Return what a row says whose headings are our fields."""
    headings = {"Email": "ana@example.com", **cells}
    layout = show(leads={"headings": {name: name for name in cells if name != "Note"}})
    row = LeadRow(file="leads.csv", line=2, cells=headings, headings=tuple(headings))
    return dict(RowReader(layout, SETTINGS, Columns(layout.leads))(row).fields)


def context(**facts: Any) -> dict[str, Any]:
    """Return what templates see of a person of whom the database has these facts."""
    names = {name.replace("__", "."): value for name, value in facts.items()}
    row = {**dict.fromkeys(fact.name for fact in RECORDED), "answers": {}, **names}
    return person_context(row, SETTINGS, None, now=NOW)


def is_live(text: str) -> bool:
    """Tell whether a mail program may find something to link in a text: a scheme, www., an @, a domain."""
    folded = unicodedata.normalize("NFKC", "".join(letter for letter in text if letter.isprintable()))
    words = folded.replace("。", ".").replace("\u2215", "/").replace("\\", "/").casefold().split()
    return any("//" in word or "www." in word or "@" in word or "." in word.strip(".") for word in words)


@pytest.mark.parametrize("name", LINKS)
@pytest.mark.parametrize("field", ["given_name", "family_name", "full_name"])
def test_a_name_that_reads_like_an_address_is_unread(field: str, name: str) -> None:
    """It is listed, and nobody is called so."""
    fields = understood(**{field: name})
    assert field in fields["unread"]
    assert "given_name" not in fields
    assert "family_name" not in fields


@pytest.mark.parametrize("field", ["given_name", "family_name", "full_name"])
def test_a_message_is_no_name(field: str) -> None:
    """Whole sentences do not greet in our name; the longest real names do."""
    sentence = (
        "Your invoice is overdue and your account will be closed. Call our department for payments at once"
    )
    long = "Maria do Carmo Aparecida Gonçalves de Albuquerque Cavalcanti da Conceição Vasconcelos"
    assert field in understood(**{field: sentence + " or else"})["unread"]
    assert "unread" not in understood(**{field: long})


@pytest.mark.parametrize("name", [name for name in LINKS if "/" in name or "@" in name or "www" in name])
@pytest.mark.parametrize("field", ["title", "company", "city"])
def test_a_company_title_or_town_with_an_address_is_unread(field: str, name: str) -> None:
    """It is listed, and the rest of the row is used."""
    fields = understood(**{field: name})
    assert list(fields["unread"]) == [field]
    assert (fields.get(field), fields["email"]) == (None, "ana@example.com")


@pytest.mark.parametrize("sign", HIDDEN)
@pytest.mark.parametrize("field", ["given_name", "title", "company", "city"])
def test_hidden_signs_make_a_name_unread(field: str, sign: str) -> None:
    """Direction marks, control characters, fillers and the like are in no name."""
    assert field in understood(**{field: f"An{sign}a"})["unread"]


@pytest.mark.parametrize("sign", HIDDEN)
def test_hidden_signs_are_dropped_from_all_else(sign: str) -> None:
    """Notes, answers and addresses lose them on their way in."""
    fields = understood(
        notes=f"see{sign} us", badge=f"A1{sign}2", Note=f"a{sign}b", email=f"ana@example.com{sign}"
    )
    assert sign not in json.dumps(fields, ensure_ascii=False)
    assert fields["email"] == "ana@example.com"


@pytest.mark.parametrize(("field", "name"), REAL)
def test_real_names_stay(field: str, name: str) -> None:
    """Abbreviations, joiners and ideographs of certain shapes are as they were written."""
    fields = understood(**{field: name})
    assert (fields[field], fields.get("unread")) == (name, None)
    assert context(**{field: name})[field] == name


def test_a_name_of_ten_thousand_letters_is_unread() -> None:
    """What is too long for a name is listed too, and not lost in silence."""
    assert "given_name" in understood(given_name="A" * 10_000)["unread"]


@pytest.mark.parametrize("name", LINKS)
def test_a_name_that_is_stored_already_greets_nobody_with_a_link(name: str) -> None:
    """What an earlier version let in counts as missing, so that a template's own words come instead."""
    person = context(given_name=name, family_name=name)
    assert (person["given_name"], person["family_name"]) == (None, None)


@pytest.mark.parametrize("name", LINKS)
def test_nothing_that_is_printed_is_a_link(name: str) -> None:
    """Companies, titles, towns and answers are missing or written so that no program links them."""
    fields = dict.fromkeys(("company", "title", "city", "account__name", "owner"), name)
    person = context(**fields, answers={"interest": name, "more": {name: [name, {"x": name}]}})
    printed = [person[field] for field in ("company", "title", "city", "owner")]
    printed += [person["account"]["name"], *_texts(person["answers"])]
    assert len(printed) == 8
    assert not [text for text in printed if text and is_live(text)]


def _texts(value: Any) -> list[str]:
    if isinstance(value, dict):
        return [text for inner in value.values() for text in _texts(inner)]
    return [text for inner in value for text in _texts(inner)] if isinstance(value, list) else [value]


@pytest.mark.parametrize("sign", HIDDEN)
def test_nothing_that_is_printed_has_hidden_signs(sign: str) -> None:
    """They are dropped from whatever comes from outside, at all depths."""
    text = f"a{sign}b"
    facts = {
        fact.name: text for fact in RECORDED if not fact.name.endswith(("timezone", "starts", "ends", "_at"))
    }
    row = {
        **dict.fromkeys(fact.name for fact in RECORDED),
        **facts,
        "answers": {text: [text, {text: text}]},
    }
    person = person_context(row, SETTINGS, None, now=NOW)
    assert person["meeting"]["place"] == "ab"
    assert sign not in json.dumps({**person, "now": None}, ensure_ascii=False)


@pytest.mark.parametrize("domain", ["evil.\u24d2\u24de\u24dc", "a.\U0001f132\U0001f13e", "bit.\u33d5x"])
def test_symbols_that_domains_take_for_letters(domain: str) -> None:
    """They get a space in front, too."""
    word, _, ending = domain.partition(".")
    assert said(domain) == f"{word}. {ending}"


def test_accents_do_not_pile_up() -> None:
    """No name covers the lines above it; names that are written with several keep them."""
    for sign in "\u0300\u0336\u0489\u064b\u0e47\u20dd":
        assert plain("Z" + sign * 300) == "Z" + sign * 4
    for name in (
        "Nguye\u0302\u0303n",
        "\u05e9\u05c1\u05b8\u05bc",
        "\u0645\u064f\u062d\u064e\u0645\u0651\u064e\u062f",
    ):
        assert plain(name) == name


def test_a_company_that_is_called_like_its_domain() -> None:
    """It is kept as it is, and printed with a space, so that nobody's program links it."""
    assert understood(company="Booking.com B.V.")["company"] == "Booking.com B.V."
    assert said_phrase("Booking.com B.V.") == "Booking. com B.V."
    assert said_phrase("St.Gallen") == "St. Gallen"
    assert said_name("Dr.Smith") == "Dr. Smith"
    assert said("3.5mm, J.R., e.g. ASP.NET at 12:30") == "3.5mm, J.R., e.g. ASP. NET at 12:30"


def test_the_look_alikes_are_all_that_unicode_knows() -> None:
    """Whatever Unicode normalises to a dot, a colon, a slash or an @ is taken for it."""
    for code in range(0x80, 0x110000):
        sign = unicodedata.normalize("NFKC", chr(code))
        if sign in (".", "。"):
            assert said(f"evil{chr(code)}example") == f"evil{chr(code)} example", hex(code)
        elif sign in ("@", "/", "\\", ":"):
            assert (
                said_name(f"https:{chr(code)}{chr(code)}x" if sign != ":" else f"https{chr(code)}//x") is None
            )


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Callable[..., str]:
    """Call the command line as a shell would; returns all that it printed."""

    def call(*words: str | Path) -> str:
        monkeypatch.setattr(sys, "argv", ["aftershow", *map(str, words)])
        with pytest.raises(SystemExit):
            main()
        return "".join(capsys.readouterr())

    return call


@pytest.fixture
def office(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, run: Callable[..., str]) -> Path:
    """A new workspace with a template that prints whatever strangers may have written."""
    monkeypatch.delenv("AFTERSHOW_DATABASE_URL", raising=False)
    root = tmp_path / "office"
    run("init", root)
    monkeypatch.setenv("AFTERSHOW_WORKSPACE", str(root))
    hello = root / "templates" / "hello"
    hello.mkdir()
    greeting = 'Hi {{ given_name or "there" }} of {{ company or "your company" }}: {{ answers.interest }}'
    (hello / "subject.txt").write_text(greeting)
    (hello / "text.txt").write_text(greeting)
    (hello / "email.html").write_text(
        f'<html><body><p>{greeting}</p><p><a href="{{{{ unsubscribe_url }}}}">Leave</a></p></body></html>'
    )
    return root


ESCAPES = "\x1b]0;owned\x07\x1b[2J\x9b31m[bold][link=https://evil.example]\u202e"


def test_a_badge_is_not_greeted_with_its_link(office: Path, run: Callable[..., str]) -> None:
    """From the file to the mail and the text: neither the row nor what was stored before makes a link."""
    (office / "scans.csv").write_text(
        "First Name,Company,Email,Interest\n"
        "Your invoice https://evil.example/pay,evil.example,ana@example.com,see www.evil.example\u202e\n"
    )
    assert "given_name" in run("import", office / "scans.csv", "--show", "my-show")
    for stored in (None, "evil.example/pay"):
        if stored:
            with open_desk(office) as desk, desk.engine.begin() as connection:
                connection.execute(update(contact).values(given_name=stored))
                connection.execute(update(lead).values(answers={"interest": "https://evil.example"}))
        run("preview", "hello", "--contact", "ana@example.com")
        written = {file.name: file.read_text() for file in (office / "preview" / "hello").iterdir()}
        assert {"subject.txt", "email.txt", "email.html", "text.txt"} <= written.keys()
        for name, text in written.items():
            assert "evil.example" not in text, name
            assert "\u202e" not in text, name
        assert written["subject.txt"].startswith("Hi there of evil. example: ")


def test_terminal_escapes_of_a_file_reach_no_terminal(office: Path, run: Callable[..., str]) -> None:
    """Cells, headings and the file's own name are printed without what would steer a terminal."""
    file = office / f"scans{ESCAPES.replace('/', '')}.csv"
    file.write_text(f"First Name,Email,{ESCAPES}\n{ESCAPES},ana@example.com,{ESCAPES}\n{ESCAPES},nobody,x\n")
    printed = [
        run("import", file, "--show", "my-show"),
        run("import", file.with_name("no" + file.name), "--show", "my-show"),
        run("contact", "ana@example.com"),
        run("contact", "ana@example.com", "--json"),
        run("fixes"),
        run("fixes", "--json"),
        run("log", "ana@example.com", "note", "--note", ESCAPES),
        run(f"no{ESCAPES}command"),
        run("check", f"--no{ESCAPES}option"),
    ]
    assert "ana@example.com" in printed[2]
    for text in printed:
        assert not [sign for sign in text if sign != "\n" and not sign.isprintable()]
    assert "[bold][link=" in printed[2]


def test_a_document_says_the_same_without_steering() -> None:
    """JSON keeps every sign, those that would steer a terminal as \\\\uXXXX."""
    content = {"a": f"ü \x7f{ESCAPES}\U000e0041"}
    text = escaped(json.dumps(content, ensure_ascii=False))
    assert json.loads(text) == content
    assert text.isprintable()


def test_errors_steer_no_terminal() -> None:
    """Whatever an error quotes, a terminal or a log can show it."""
    problem = Problem(file=f"config/{ESCAPES}.yaml", text=f"found {ESCAPES}")
    for error in (AftershowError(ESCAPES), WorkspaceError([problem])):
        assert str(error).isprintable()
    assert str(problem).isprintable()


def test_what_is_dropped_is_dropped_once_and_for_all() -> None:
    """Doing it twice changes nothing: no two signs make a third one."""
    text = "".join(map(chr, range(0x3000))) + ESCAPES + "\u200c\u200d\ufe0f" * 3
    assert plain(plain(text)) == plain(text)
    assert plain("a\u200cb\u200d c\ufe0f") == "ab c"
