"""Names of people and companies: compared, taken apart, and shown."""

import pytest

from aftershow.people.normalizing.companies import core, may_be_one_company, telling_words
from aftershow.people.normalizing.emails import is_shared
from aftershow.people.normalizing.names import may_be_one, name_key, split_full_name
from aftershow.people.normalizing.spelling import better_spelling, proper_name, proper_words


@pytest.mark.parametrize(
    "spellings",
    [
        ("Müller", "Mueller", "MULLER", "müller"),
        ("Ødegård", "Odegard", "Oedegaard", "ODEGAARD"),
        ("de la Cruz", "DelaCruz", "DE LA CRUZ"),
        ("D'Angelo", "DAngelo", "d’angelo"),
        ("Strauß", "Strauss"),
        ("Łukasz", "Lukasz"),
        ("Zoë", "Zoe"),
    ],
)
def test_one_name(spellings: tuple[str, ...]) -> None:
    """Accents, umlauts written out, case and punctuation make no other name."""
    assert len({name_key(spelling) for spelling in spellings}) == 1


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Marge", "Margaret"),
        ("Bob", "Robert"),
        ("J.", "Jürgen"),
        ("Jurgen", "Juergen"),
        ("Katherine", "Kathrine"),
    ],
)
def test_like_first_names(one: str, other: str) -> None:
    """Short forms, initials and typing mistakes may be one person's name."""
    assert may_be_one(one, other)


@pytest.mark.parametrize(
    ("one", "other"), [("Ann", "Bo"), ("Tom", "Tim"), ("Marge", None), ("Karl", "Karin")]
)
def test_unlike_first_names(one: str, other: str | None) -> None:
    """Other names, and none, are not alike."""
    assert not may_be_one(one, other)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("OKAFOR PAVING, INC.", "okafor paving"),
        ("Okafor Paving", "okafor paving"),
        ("Bäckerei Öztürk GmbH & Co. KG", "backerei ozturk"),
        ("Oeztuerk GmbH", "ozturk"),
        ("Café Société S.à r.l.", "cafe societe"),
        ("S.A. LIFT AND LOADER", "sa lift loader"),
        ("Fjord & Sønner AS", "fjord sonner"),
        ("The Acme Company, L.L.C.", "acme"),
        ("A.P. Moller Mærsk A/S", "ap moller marsk"),
        ("LLC", "llc"),
        ("...", ""),
    ],
)
def test_cores(name: str, expected: str) -> None:
    """The core has no legal form, case, accents or punctuation, and is empty only without letters."""
    assert core(name) == expected


def test_like_companies() -> None:
    """A part of a name, and an abbreviation, may be the same company; a shared trade is not."""
    assert may_be_one_company("ozturk", "backerei ozturk")
    assert may_be_one_company("lee water dist", "lee water district")
    assert not may_be_one_company("okafor paving", "miller paving")
    assert not may_be_one_company("", "")


def test_telling_words_meet() -> None:
    """Companies that may be one share a telling word."""
    assert set(telling_words("ozturk")) & set(telling_words("backerei ozturk"))


@pytest.mark.parametrize(
    ("shouted", "shown"),
    [
        ("MARGE", "Marge"),
        ("DE LA CRUZ", "de la Cruz"),
        ("VAN DER BERG", "van der Berg"),
        ("MCDONALD", "McDonald"),
        ("O'BRIEN", "O'Brien"),
        ("D’ANGELO", "D’Angelo"),
        ("SMITH-JONES", "Smith-Jones"),
        ("MÜLLER", "Müller"),
        ("JD", "JD"),
        ("NG", "Ng"),
        ("J.", "J."),
        ("DeShawn", "DeShawn"),
        ("marge", "marge"),
    ],
)
def test_proper_names(shouted: str, shown: str) -> None:
    """Names in capitals are shown as one writes them; others stay."""
    assert proper_name(shouted) == shown


@pytest.mark.parametrize(
    ("shouted", "shown"),
    [
        ("OKAFOR PAVING, INC.", "Okafor Paving, Inc."),
        ("RAO EQUIPMENT LLC", "Rao Equipment LLC"),
        ("S.A. LIFT AND LOADER", "S.A. Lift and Loader"),
        ("BÄCKEREI ÖZTÜRK GMBH & CO. KG", "Bäckerei Öztürk GmbH & Co. KG"),
        ("VP SALES", "VP Sales"),
        ("1200 QUARRY RD", "1200 Quarry Rd"),
        ("12TH ST", "12th St"),
        ("BW120 DEALER", "BW120 Dealer"),
        ("MOTHER'S BAKERY", "Mother's Bakery"),
        ("BASF", "BASF"),
        ("CEO", "CEO"),
        ("GMBH", "GmbH"),
        ("eBay", "eBay"),
    ],
)
def test_proper_words(shouted: str, shown: str) -> None:
    """So are companies, titles and addresses; legal forms and abbreviations keep their own spelling."""
    assert proper_words(shouted) == shown


@pytest.mark.parametrize(
    ("kept", "newer", "better"),
    [
        ("Lee Water District", "LEE WATER DIST", "Lee Water District"),
        ("LEE WATER DIST", "Lee Water District", "Lee Water District"),
        ("Acme", "NEWCO INC", "NEWCO INC"),
        ("Acme", "Newco", "Newco"),
        ("ACME", "ACME INC", "ACME INC"),
    ],
)
def test_better_spelling(kept: str, newer: str, better: str) -> None:
    """Capitals that repeat what is known give way; news does not, however it is written."""
    assert better_spelling(kept, newer) == better


@pytest.mark.parametrize(
    ("full", "parts"),
    [
        ("Marge Okafor", ("Marge", "Okafor")),
        ("Okafor, Marge", ("Marge", "Okafor")),
        ("Prof. Dr. van der Berg", (None, "van der Berg")),
        ("Juan Carlos de la Vega", ("Juan Carlos", "de la Vega")),
        ("Al Gore", ("Al", "Gore")),
        ("Herr Müller", (None, "Müller")),
        ("", (None, None)),
    ],
)
def test_split(full: str, parts: tuple[str | None, str | None]) -> None:
    """A full name has a given and a family name."""
    assert split_full_name(full) == parts


@pytest.mark.parametrize(
    "email", ["info@example.com", "sales.emea@example.com", "einkauf@example.de", "parts2@x.de"]
)
def test_shared_addresses(email: str) -> None:
    """Many read these."""
    assert is_shared(email)


@pytest.mark.parametrize("email", ["ann@example.com", "salesky@example.com", "infante@example.com"])
def test_personal_addresses(email: str) -> None:
    """One person reads these."""
    assert not is_shared(email)
