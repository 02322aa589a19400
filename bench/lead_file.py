"""A CSV file of leads as a big show's scanners export it, with the same rows each time it is written."""

import csv
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from random import Random

from aftershow.people.normalizing.wordlists import listed
from aftershow.words.answers import Answer
from aftershow.words.channels import Channel
from aftershow.workspace.shows import Layout, Show, Terms

SHOW = Show(
    show="bench-expo",
    name="Bench Expo",
    starts=date(2026, 11, 16),
    ends=date(2026, 11, 19),
    timezone="America/Chicago",
    country="US",
    permissions=(
        Terms(
            channel=Channel.TEXT, answer=Answer.NO, wording="Exhibitors who scan my badge may not text me."
        ),
    ),
    leads=Layout(headings={"OK to email?": "permission.email"}),
)
HEADINGS = (
    *("Badge ID", "First Name", "Last Name", "Job Title", "Company", "Street", "City", "State", "ZIP"),
    *("Country", "Email", "Phone", "Scanned At", "Scanned By", "Grade", "Interest", "Notes", "OK to email?"),
)
#: Of so many rows one is a second scan of a person who was scanned before.
_AGAIN = 10
#: A second scan is of someone among the last so many.
_REMEMBERED = 20_000
#: How long the show is open.
_MINUTES_A_DAY, _MINUTES = 9 * 60, 4 * 9 * 60
#: So many people come from one company.
_COLLEAGUES = 12

_GIVEN = listed(
    """Marge Tom Ana Ben Grace Walt Harold Liam Jürgen Zoë Maria José Wei Priya Ahmed Olga Pierre Anneke
    Robert Bob William Katherine Kate James Jim Elizabeth Susan Linda Carlos Sofia Björn Ingrid"""
)
_BEGIN = listed("Ad Bak Cor Dal En Fin Gar Hol Ka Lin Mar Nor Ok Pet Ro Sand Tal Van Wil Zim Mül Bör O'Ha")
_MIDDLE = listed("a e i o u en er an ar ol il or el un on")
_END = listed("son ler mann ez ski berg ford man ton field ova etti sen quist ley ner ham ti ke ras")
_TITLES = ("Plant Manager", "Owner", "Purchasing Manager", "Maintenance Lead", "VP Operations", "Engineer")
_TRADES = listed("Pumps Paving Rentals Dairy Beverages Logistics Foods Steel Chemicals Packaging Concrete")
_FORMS = ("Inc.", "LLC", "Co.", "Corp", "& Sons", "Group", "")
_EUROPEAN_FORMS = ("GmbH", "GmbH & Co. KG", "SARL", "S.A.", "Ltd", "BV")
_STREETS = listed("Quarry Mill Foundry Lake Station Market Harbor Grain Canal River")
_CITIES = (
    *(("Peoria", "IL", "61602"), ("Milwaukee", "WI", "53202"), ("Kewanee", "IL", "61443")),
    *(("Marlborough", "MA", "01752"), ("Trenton", "NJ", "08608"), ("Austin", "TX", "78701")),
)
_AREAS = (309, 414, 217, 508, 609, 512, 312, 608, 702, 305, 404, 916, 206, 303, 215, 617, 713, 602, 503, 612)
_ABROAD = (
    ("Germany", "Stuttgart", "70173", ("0711 {6}", "0176 {8}", "+49 711 {6}", "0049 176 {8}", "0171/{7}")),
    ("France", "Lyon", "69001", ("06 {2} {2} {2} {2}", "+33 4 72 {2} {2} {2}", "04.72.{2}.{2}.{2}")),
    ("United Kingdom", "Leeds", "LS1 4AP", ("0113 496 {4}", "+44 20 7946 {4}", "07911 {6}")),
    ("Australia", "Adelaide", "5000", ("(08) 8222 {4}", "0412 {3} {3}", "+61 412 {3} {3}")),
)
_AT_HOME = ("({}) {}-{}", "{}-{}-{}", "{}.{}.{}", "+1 {} {} {}", "1-{}-{}-{}", "{}{}{}", "{}-{}-{} x{}")
_NOTES = (
    "wants the curve sheet; call Tuesday",
    "Promised a quote for two booster sets, delivery before Easter",
    "talked to the competitor, price is what counts",
    "Compares two models. Send the dimensional drawings.",
)
_INTERESTS = ("Dewatering pumps", "Mixers", "Dewatering pumps; Mixers", "Valves", "Access platforms")


def write_leads(path: Path, rows: int) -> None:
    """Write the file: nine in ten people are from the USA, one row in ten repeats a person, a few are broken.

    Badges, grades, addresses and answers are there more often than not, as on real lists.
    """
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(HEADINGS)
        writer.writerows(_rows(rows, Random(4)))


def _rows(rows: int, chance: Random) -> Iterator[list[str]]:
    people: list[list[str]] = []
    for number in range(rows):
        if number % _AGAIN == _AGAIN - 1:
            yield _scan(number, rows, _again(chance.choice(people), chance), chance)
            continue
        person = _person(number, chance)
        if len(people) < _REMEMBERED:
            people.append(person)
        else:
            people[chance.randrange(_REMEMBERED)] = person
        yield _scan(number, rows, person, chance)


def _person(number: int, chance: Random) -> list[str]:
    """Return badge to phone; one in fifteen has no email, one in five hundred says nothing of use."""
    if number % 500 == 333:
        return ["", chance.choice(_GIVEN), *[""] * 8, "not given", "n/a"]
    given, family = chance.choice(_GIVEN), _family(chance)
    company, domain, abroad = _company(number // _COLLEAGUES)
    if abroad:
        country, city, code, writings = _ABROAD[number % len(_ABROAD)]
        place = [f"{_street(chance)} {chance.randint(1, 200)}", city, "", code, country]
        phone = _dialled(chance.choice(writings), chance)
    else:
        place = [f"{chance.randint(1, 9999)} {_street(chance)} Rd", *chance.choice(_CITIES), "USA"]
        phone = _american(chance)
    email = f"{_plain(given)}.{_plain(family)}{number % 97}@{domain}" if number % 15 else ""
    if number % 60 == 7:
        email = f"info@{domain}"
    badge = str(200_000 + number) if number % 5 else ""
    title = chance.choice(_TITLES) if number % 4 else ""
    return [badge, given, family, title, company, *place, email, phone if number % 8 else ""]


def _company(number: int) -> tuple[str, str, bool]:
    """Return its name, its domain, and whether it is abroad."""
    chance = Random(number)
    abroad = number % 10 == 3
    words = f"{_family(chance)} {chance.choice(_TRADES)}"
    form = chance.choice(_EUROPEAN_FORMS if abroad else _FORMS)
    domain = f"{_plain(words)}.example.{'net' if abroad else 'com'}"
    return f"{words} {form}".strip(), domain, abroad


def _family(chance: Random) -> str:
    return chance.choice(_BEGIN) + "".join(chance.choices(_MIDDLE, k=2)) + chance.choice(_END)


def _plain(name: str) -> str:
    """Return a name as addresses have it."""
    return "".join(letter for letter in name.lower() if letter.isascii() and letter.isalpha())


def _street(chance: Random) -> str:
    return chance.choice(_STREETS)


def _american(chance: Random) -> str:
    parts = (chance.choice(_AREAS), chance.randint(200, 999), f"{chance.randrange(10_000):04}")
    return chance.choice(_AT_HOME).format(*parts, chance.randint(10, 999))


def _dialled(writing: str, chance: Random) -> str:
    for places in range(2, 9):
        while f"{{{places}}}" in writing:
            digits = f"{chance.randint(10 ** (places - 1), 10**places - 1)}"
            writing = writing.replace(f"{{{places}}}", digits, 1)
    return writing


def _again(person: list[str], chance: Random) -> list[str]:
    """Return a person as another scanner wrote them: in capitals, or with a title that was missing."""
    if chance.random() < 0.4:
        return [*(cell.upper() for cell in person[:-1]), person[-1]]
    return [*person[:3], chance.choice(_TITLES), *person[4:]]


def _scan(number: int, rows: int, person: list[str], chance: Random) -> list[str]:
    day, minute = divmod(_MINUTES * number // rows, _MINUTES_A_DAY)
    at = f"11/{16 + day}/2026 {9 + minute // 60}:{minute % 60:02}"
    rep = ("DCole", "mtran", "Booth tablet 3")[number % 3]
    answers = [chance.choice("ABC") if number % 3 else "", chance.choice(_INTERESTS) if number % 2 else ""]
    notes = f"{chance.choice(_NOTES)} ({number % 1000})" if number % 3 == 0 else ""
    return [*person, at, rep, *answers, notes, ("Y", "Y", "N", "")[number % 4]]
