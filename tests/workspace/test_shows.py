"""config/shows/KEY.yaml: dates, what people agreed to, and how the show's lead files are read."""

from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal

import pytest

from aftershow.words.answers import Answer
from aftershow.words.channels import Channel
from aftershow.workspace.shows import FIELDS, Show
from aftershow.workspace.yaml.model import Model
from aftershow.workspace.yaml.yaml_file import YamlFile

Mistakes = Callable[[type[Model], str], list[str]]

LEAST = "show: web-form\nname: Our web form\ntimezone: Europe/Berlin\n"


def read(text: str) -> Show:
    return YamlFile.parse("config/shows/x.yaml", text).read(Show)


def test_a_show_lasts_from_its_first_to_its_last_moment_at_its_place() -> None:
    """The days are those of the show's time zone, also across a clock change."""
    show = read(LEAST + "starts: 2026-10-24\nends: 2026-10-25\ncost: 12000\n")
    assert show.starts_at is not None
    assert show.ends_at is not None
    assert show.starts_at.astimezone(UTC) == datetime(2026, 10, 23, 22, tzinfo=UTC)
    assert show.ends_at.astimezone(UTC) == datetime(2026, 10, 25, 22, 59, 59, 999_999, tzinfo=UTC)
    assert show.cost == Decimal(12000)


def test_a_show_of_one_day_ends_on_that_day() -> None:
    """Without `ends`, the first day is the last."""
    show = read(LEAST + "starts: 2026-06-01\n")
    assert show.ends_at is not None
    assert show.ends_at.isoformat() == "2026-06-01T23:59:59.999999+02:00"


def test_a_standing_avenue_has_no_dates() -> None:
    """A web form is a show that neither starts nor ends."""
    show = read(LEAST)
    assert (show.starts_at, show.ends_at, show.leads.columns, show.permissions) == (None, None, (), ())


def test_the_terms_and_the_layout_are_read() -> None:
    """What everyone agreed to, and how the columns, headings, codes and signs of the files are to be read."""
    show = read(
        LEAST
        + """
permissions:
  - channel: email
    answer: yes
    wording: Exhibitors may write to me.
leads:
  headings: {"Plan to buy?": answers.time_frame, Rating: grade}
  columns: [badge, family_name, "-", permission.email]
  replace: {email: {"*": "@"}}
  codes: {answers.role: {B01: Owner, "04": Buyer}}
  phone_country: US
  dates: month_first
"""
    )
    terms = show.permissions[0]
    assert (terms.channel, terms.answer, terms.purpose) == (Channel.EMAIL, Answer.YES, "marketing")
    assert show.leads.headings == {"Plan to buy?": "answers.time_frame", "Rating": "grade"}
    assert show.leads.columns == ("badge", "family_name", "-", "permission.email")
    assert show.leads.replace == {"email": {"*": "@"}}
    assert show.leads.codes == {"answers.role": {"B01": "Owner", "04": "Buyer"}}
    assert (show.leads.phone_country, show.leads.dates) == ("US", "month_first")


@pytest.mark.parametrize("field", [*FIELDS, "answers.time_frame"])
def test_each_field_is_known(field: str) -> None:
    """Every field of a row, and any answer, may have a column."""
    assert read(LEAST + f"leads: {{columns: [{field}]}}").leads.columns == (field,)


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        (
            "starts: 2026-03-03\nends: 2026-03-01",
            "x.yaml:5: ends: the show ends on 2026-03-01, before it starts on 2026-03-03",
        ),
        (
            "country: Germany",
            "x.yaml:4: country: expected a country code such as US, DE or GB, found `Germany`",
        ),
        (
            "permissions:\n  - {channel: email, answer: maybe, wording: x}",
            "x.yaml:5: permissions.1.answer: expected `yes` or `no`, found `maybe`",
        ),
        (
            "permissions:\n  - {channel: email, answer: yes}",
            "x.yaml:5: permissions.1: missing key `wording`",
        ),
        (
            "permissions:\n  - {channel: email, answer: yes, wording: x}\n  - {channel: email, answer: no, "
            "wording: y}",
            "x.yaml:4: permissions: two answers for email and marketing: keep one",
        ),
        (
            "leads:\n  columns:\n    - badge\n    - emial",
            "x.yaml:7: leads.columns.2: unknown field `emial`: did you mean `email`?",
        ),
        (
            "leads:\n  columns:\n    - Shoe Size",
            "x.yaml:6: leads.columns.1: unknown field `Shoe Size`: keep what has no field as "
            "`answers.shoe_size`",
        ),
        (
            "leads:\n  columns:\n    - badge\n    - -",
            'x.yaml:7: leads.columns.2: put the hyphen in quotes, as "-"',
        ),
        (
            "leads:\n  headings:\n    Time frame?: answers.Time Frame",
            "x.yaml:6: leads.headings.Time frame?: the name of an answer has small letters, digits and _ "
            "alone, "
            "found `answers.Time Frame`",
        ),
        (
            "leads:\n  replace:\n    mail: {a: b}",
            "x.yaml:6: leads.replace.mail: unknown field `mail`: did you mean `email`?",
        ),
        (
            "leads:\n  codes:\n    grade: {1: 2}",
            "x.yaml:6: leads.codes.grade.1: expected text, found the number 2: put it in quotes",
        ),
        (
            "leads:\n  phone_country: USA",
            "x.yaml:5: leads.phone_country: expected a country code such as US, DE or GB, found `USA`",
        ),
        (
            "leads:\n  dates: american",
            "x.yaml:5: leads.dates: expected `month_first` or `day_first`, found `american`",
        ),
    ],
)
def test_each_mistake_is_said_where_it_stands(mistakes: Mistakes, text: str, problem: str) -> None:
    """A mistake in a show has its line, its path and what was likely meant."""
    assert mistakes(Show, LEAST + text) == [problem]
