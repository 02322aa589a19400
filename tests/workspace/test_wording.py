"""What a validation finds is said in plain words, with the place and what was likely meant."""

from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal
from typing import Annotated, Literal

import pytest
from pydantic import Field, Tag

from aftershow.errors import Problem, WorkspaceError
from aftershow.words.channels import Channel
from aftershow.workspace.times.durations import Duration
from aftershow.workspace.yaml.model import (
    Country,
    Email,
    Key,
    Line,
    Model,
    Text,
    TimeZone,
    WebAddress,
    by_key,
)
from aftershow.workspace.yaml.wording import did_you_mean, found
from aftershow.workspace.yaml.yaml_file import YamlFile, collect


class EmailStep(Model):
    email: Key
    subject: Line | None = None
    after: Duration = Duration(seconds=0)


class TextStep(Model):
    text: Key
    after: Duration = Duration(seconds=0)


Step = Annotated[
    Annotated[EmailStep, Tag("email")] | Annotated[TextStep, Tag("text")], by_key("email", "text")
]


class Plan(Model):
    """A model with each kind of value."""

    name: Line = "x"
    sender: Key | None = Field(default=None, alias="from")
    note: Text | None = None
    size: int | None = None
    on: bool | None = None
    day: date | None = None
    cost: Decimal | None = Field(default=None, ge=0)
    kind: Literal["one", "two", "three"] | None = None
    names: tuple[Line, ...] = Field(default=("x",), min_length=1)
    by_channel: Mapping[Channel, Line] = {}
    more: Mapping[Key, EmailStep] = {}
    steps: tuple[Step, ...] = ()
    email: Email | None = None
    site: WebAddress | None = None
    zone: TimeZone | None = None
    country: Country | None = None


Mistakes = Callable[[type[Model], str], list[str]]


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("nmae: x", "x.yaml:1: nmae: unknown key `nmae`: did you mean `name`?"),
        ("sender: x", "x.yaml:1: sender: unknown key `sender`"),
        ("fron: x", "x.yaml:1: fron: unknown key `fron`: did you mean `from`?"),
        ("name: 2026", "x.yaml:1: name: expected text, found the number 2026: put it in quotes"),
        ("name: true", "x.yaml:1: name: expected text, found `true`: put it in quotes"),
        ("name:", "x.yaml:1: name: expected text, found nothing"),
        ("name: ''", "x.yaml:1: name: expected text, found nothing"),
        ("name: [a]", "x.yaml:1: name: expected text, found a list"),
        ("name: {a: b}", "x.yaml:1: name: expected text, found keys and values"),
        (
            "name: |\n  a\n  b",
            "x.yaml:1: name: expected one line of text, found a line break or another control character",
        ),
        (
            "from: Dana Cole",
            "x.yaml:1: from: expected small letters, digits and hyphens, "
            "as in `pack-expo-2026`, found `Dana Cole`",
        ),
        ("size: big", "x.yaml:1: size: expected a whole number, found `big`"),
        ("size: 2.5", "x.yaml:1: size: expected a whole number, found the number 2.5"),
        ("size: '2'", "x.yaml:1: size: expected a whole number, found `2`"),
        ("on: yes", "x.yaml:1: on: expected `true` or `false`, found `yes`"),
        ("day: 3 March", "x.yaml:1: day: expected a date such as 2026-11-24, found `3 March`"),
        ("day: 2026-02-30", "x.yaml:1: day: expected a date such as 2026-11-24, found `2026-02-30`"),
        (
            "day: 2026-02-03 10:00",
            "x.yaml:1: day: expected a date such as 2026-11-24, found `2026-02-03 10:00`",
        ),
        ("day: 2026", "x.yaml:1: day: expected a date such as 2026-11-24, found the number 2026"),
        ("cost: much", "x.yaml:1: cost: expected a number, found `much`"),
        ("cost: -2", "x.yaml:1: cost: input should be greater than or equal to 0, found the number -2"),
        ("kind: tow", "x.yaml:1: kind: expected `one`, `two` or `three`, found `tow`"),
        ("names: x", "x.yaml:1: names: expected a list, found `x`"),
        ("names: []", "x.yaml:1: names: expected at least 1 here, found 0"),
        ("names:\n  - x\n  - 3", "x.yaml:3: names.2: expected text, found the number 3: put it in quotes"),
        ("by_channel: [x]", "x.yaml:1: by_channel: expected keys and values, found a list"),
        ("by_channel:\n  txet: x", "x.yaml:2: by_channel.txet: unknown key `txet`: did you mean `text`?"),
        (
            "by_channel:\n  fax: x",
            "x.yaml:2: by_channel.fax: unknown key `fax`: "
            "expected `call`, `email`, `letter`, `meeting` or `text`",
        ),
        (
            "more:\n  a:\n    email: x\n    subjct: x",
            "x.yaml:4: more.a.subjct: unknown key `subjct`: did you mean `subject`?",
        ),
        ("more:\n  a:\n    subject: x", "x.yaml:2: more.a: missing key `email`"),
        (
            "more:\n  A: {email: x}",
            "x.yaml:2: more.A: expected small letters, digits and hyphens, as in `pack-expo-2026`, found `A`",
        ),
        (
            "email: dana@",
            "x.yaml:1: email: expected an email address, found `dana@`: "
            "There must be something after the @-sign.",
        ),
        (
            "email: jürgen@example.com",
            "x.yaml:1: email: expected an email address, found `jürgen@example.com`: "
            "Internationalized characters before the @-sign are not supported: 'ü'.",
        ),
        (
            "site: example.com",
            "x.yaml:1: site: expected a web address such as https://example.com, found `example.com`",
        ),
        (
            "site: ftp://example.com",
            "x.yaml:1: site: expected a web address such as https://example.com, found `ftp://example.com`",
        ),
        (
            "site: https://example.com/?a=b",
            "x.yaml:1: site: expected a web address such as https://example.com, "
            "found `https://example.com/?a=b`",
        ),
        ("site: http://me:pw@example.com", "x.yaml:1: site: a web address has no user name or password here"),
        (
            "site: http://[x",
            "x.yaml:1: site: expected a web address such as https://example.com, found `http://[x`",
        ),
        (
            "zone: Chicago",
            "x.yaml:1: zone: expected a time zone such as America/Chicago, found `Chicago`: "
            "did you mean `America/Chicago`?",
        ),
        (
            "zone: Europe/Berlln",
            "x.yaml:1: zone: expected a time zone such as America/Chicago, "
            "found `Europe/Berlln`: did you mean `Europe/Berlin`?",
        ),
        (
            "zone: ../../etc/passwd",
            "x.yaml:1: zone: expected a time zone such as America/Chicago, found `../../etc/passwd`",
        ),
        (
            "steps:\n  - email: x\n  - emial: y",
            "x.yaml:3: steps.2: one of the keys `email` or `text` must be here: "
            "did you mean `email` instead of `emial`?",
        ),
        ("steps:\n  - after: 2 days", "x.yaml:2: steps.1: one of the keys `email` or `text` must be here"),
        (
            "steps:\n  - thanks",
            "x.yaml:2: steps.1: expected keys and values with `email` or `text`, found `thanks`",
        ),
        (
            "steps:\n  - text: x\n    subject: y",
            "x.yaml:3: steps.1.subject: unknown key `subject`: expected `after` or `text`",
        ),
        ("steps:\n  - email: x\n    email: y", "x.yaml:3: steps.1.email: this key stands already in line 2"),
        (
            "steps:\n  - email: 5",
            "x.yaml:2: steps.1.email: expected text, found the number 5: put it in quotes",
        ),
        (
            "steps:\n  - text: x\n    after: 2 business days",
            "x.yaml:3: steps.1.after: expected a length of time "
            "such as `2 days`, found `2 business days`: write a whole number and minutes, hours, days or "
            "weeks",
        ),
        ("- name: x", "x.yaml:1: expected keys and values, found a list"),
        ("just words", "x.yaml:1: expected keys and values, found `just words`"),
        ("# nothing yet", "x.yaml:1: expected keys and values, found nothing"),
        ("country: UK", "x.yaml:1: country: expected a country code such as US, DE or GB, found `UK`"),
    ],
)
def test_each_mistake_has_its_place_and_its_words(mistakes: Mistakes, text: str, problem: str) -> None:
    """A mistake says where it stands, what was found, what is expected and what was likely meant."""
    assert mistakes(Plan, text) == [problem]


def test_all_mistakes_come_at_once_in_the_order_of_lines(mistakes: Mistakes) -> None:
    """A person mends a file in one go, from top to bottom."""
    text = """
        steps:
          - emial: x
          - email: y
            aftr: 2 days
        size: big
        nmae: x
    """
    assert mistakes(Plan, text) == [
        "x.yaml:2: steps.1: one of the keys `email` or `text` must be here: "
        "did you mean `email` instead of `emial`?",
        "x.yaml:4: steps.2.aftr: unknown key `aftr`: did you mean `after`?",
        "x.yaml:5: size: expected a whole number, found `big`",
        "x.yaml:6: nmae: unknown key `nmae`: did you mean `name`?",
    ]


def test_what_is_right_is_read() -> None:
    """Text becomes dates, amounts, lengths of time and kinds of steps; an empty key is an absent one."""
    source = YamlFile.parse(
        "x.yaml",
        "name: ' Pack Expo '\nday: 2026-11-24\ncost: 2.40\nsize:\nsite: https://example.com/a/\n"
        "email: dana@münchen.example.com\nsteps: [{text: hi, after: 2 days}]",
    )
    plan = source.read(Plan)
    assert (plan.name, plan.day, plan.cost, plan.size) == (
        "Pack Expo",
        date(2026, 11, 24),
        Decimal("2.4"),
        None,
    )
    assert (plan.site, plan.email) == ("https://example.com/a", "dana@xn--mnchen-3ya.example.com")
    assert plan.steps == (TextStep(text="hi", after=Duration(seconds=172_800)),)


def test_a_part_of_a_file_is_validated_with_the_lines_of_the_file() -> None:
    """A connector checks its own settings, and its mistakes stand where the person wrote them."""
    source = YamlFile.parse("x.yaml", "channels:\n  email:\n    connector: smtp\n    emial: x\n")
    with pytest.raises(WorkspaceError) as caught:
        source.validate(EmailStep, {"email": "y", "emial": "x"}, at=("channels", "email"))
    assert str(caught.value) == "x.yaml:4: channels.email.emial: unknown key `emial`: did you mean `email`?"


def test_collect_gathers_problems_and_returns_what_was_read() -> None:
    """Many files are read in a row, and their problems are said together."""
    problems: list[Problem] = []
    good = collect(problems, lambda: YamlFile.parse("a.yaml", "a: 1"))
    bad = collect(problems, lambda: YamlFile.parse("b.yaml", "a: b: c"))
    assert good is not None
    assert (good.data, bad, [problem.file for problem in problems]) == ({"a": 1}, None, ["b.yaml"])


def test_long_values_are_cut() -> None:
    """An error shows the beginning of what was found, in one line."""
    assert found("two\nlines " + "x" * 100) == "`two lines " + "x" * 30 + "…`"


@pytest.mark.parametrize(
    ("word", "known", "hint"),
    [
        ("Dana", ["minh", "dana"], ": did you mean `dana`?"),
        ("zzz", ["minh", "dana"], ": expected `dana` or `minh`"),
        ("zzz", ["minh"], ": expected `minh`"),
        ("zzz", [], ""),
        ("zzz", [f"name{n}" for n in range(20)], ""),
    ],
)
def test_a_hint_is_the_nearest_name_or_a_short_list(word: str, known: list[str], hint: str) -> None:
    """A wrong name gets the likely one; without a likely one, the few that there are."""
    assert did_you_mean(word, known) == hint
