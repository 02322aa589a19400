"""The sample files, imported as a careful person would by hand."""

from itertools import islice, permutations
from math import factorial
from pathlib import Path

import pytest

from aftershow.commands import import_
from aftershow.leads.importing import import_files
from aftershow.leads.readers.opening import FORMATS
from aftershow.people.identity.finding import find_contact
from aftershow.people.identity.reviews import open_reviews
from aftershow.people.record.profile import profile
from aftershow.store.tables import capture, contact, lead
from aftershow.workspace.workspace import Workspace
from tests.leads.desk import NOW, Desk

LEADS = Path(__file__).parents[2] / "leads"
README = LEADS.parent / "aftershow/workspace/starter/leads/my-show/README.txt"

#: Show and file; then rows, captures, new contacts, matched contacts, new leads, review, fix list: first for
#: the file alone in an empty database, then for all of them one after the other.
SAMPLES = {
    "rental-show-2026/01_registrar_flat.csv": ((3, 3, 3, 0, 3, 0, 0), (3, 3, 3, 0, 3, 0, 0)),
    "concrete-expo-2026/02_headerless_codes.txt": ((3, 3, 2, 0, 2, 0, 0), (3, 3, 1, 1, 2, 0, 0)),
    "midwest-expo-2026/04_titled_workbook.xlsx": ((3, 3, 2, 0, 2, 0, 0), (3, 3, 2, 0, 2, 0, 0)),
    "euroblech-2026/05_dach_semicolon.csv": ((3, 3, 3, 0, 3, 0, 0), (3, 3, 3, 0, 3, 0, 0)),
    "midwest-expo-2026/08_cards.vcf": ((3, 3, 3, 0, 3, 0, 0), (3, 3, 2, 1, 3, 1, 0)),
    "website/web_form.csv": ((7, 6, 6, 0, 6, 0, 1), (7, 6, 4, 2, 6, 0, 1)),
}


def _figures(desk: Desk, workspace: Workspace, sample: str) -> tuple[int, ...]:
    show = workspace.shows[sample.partition("/")[0]]
    found = import_files(desk.engine, show, workspace.settings, [LEADS / sample], now=NOW)
    leads = (found.contacts_new, found.contacts_matched, found.leads_new)
    return (found.rows, found.captures, *leads, found.review, len(found.fix_list))


@pytest.mark.parametrize("sample", SAMPLES)
def test_alone(desk: Desk, workspace: Workspace, sample: str) -> None:
    """Each sample gives the figures that a careful person gets by hand."""
    assert _figures(desk, workspace, sample) == SAMPLES[sample][0]


@pytest.fixture
def filled(desk: Desk, workspace: Workspace) -> Desk:
    """A desk on which all samples were imported, in the order of their names."""
    for sample, (_, expected) in SAMPLES.items():
        assert _figures(desk, workspace, sample) == expected, sample
    return desk


def test_all_in_order(filled: Desk) -> None:
    """All samples in one database: the tables hold what the figures say, with the people who recur once."""
    captures, contacts, leads = (
        sum(figures[1][column] for figures in SAMPLES.values()) for column in (1, 2, 4)
    )
    assert (filled.count(capture), filled.count(contact), filled.count(lead)) == (captures, contacts, leads)
    assert contacts < leads < captures


@pytest.mark.parametrize(
    "text", [import_.command.__doc__, README.read_text("utf-8")], ids=["help", "starter"]
)
def test_people_are_told_the_same_formats(text: str) -> None:
    """The help of `aftershow import` and a new workspace name the formats as a refused file does."""
    assert FORMATS in text


def test_again_changes_nothing(filled: Desk, workspace: Workspace) -> None:
    """The same files a second time change nothing in any table, and say so."""
    before = filled.everything()
    for sample, (_, (rows, _, new, matched, _, _, fixes)) in SAMPLES.items():
        again = _figures(filled, workspace, sample)
        assert again == (rows, 0, 0, again[3], 0, 0, fixes)
        assert again[3] >= max(new, matched)
    assert filled.everything() == before


def test_marge_is_one_person(filled: Desk) -> None:
    """Registrar, badge, card and web form speak of one Marge; each fact comes from the newest row with it."""
    with filled.engine.begin() as connection:
        number = find_contact(connection, "MOkafor@Example.com")
        assert find_contact(connection, "508.555.0114") == find_contact(connection, str(number)) == number
        marge = profile(connection, number)
    facts = {fact.field: (fact.value, fact.source and fact.source.show) for fact in marge.facts}
    assert facts["given_name"] == ("Marge", "website")
    assert facts["company"] == ("Okafor Paving, Inc.", "website")
    assert facts["city"] == ("Marlborough", "concrete-expo-2026")
    assert facts["title"] == ("Owner", "concrete-expo-2026")
    assert facts["timezone"] == ("America/New_York", None)
    assert [at_show.show for at_show in marge.leads] == [
        "website",
        "midwest-expo-2026",
        "concrete-expo-2026",
        "rental-show-2026",
    ]
    assert len(marge.timeline) == 5
    counting = {(said.channel, said.source) for said in marge.permissions if said.counts}
    assert counting == {("email", "show:website"), ("text", "show:website")}


def test_codes_become_answers(filled: Desk) -> None:
    """A code of the headerless file is an answer in words, the last one counts."""
    with filled.engine.begin() as connection:
        marge = profile(connection, find_contact(connection, "mokafor@example.com"))
    answers = next(found.answers for found in marge.leads if found.show == "concrete-expo-2026")
    assert answers == {
        "role": "Owner or partner",
        "interest_product": "Mixers",
        "time_frame": "3-6 months",
    }


def test_two_reps_scan_one_badge(filled: Desk) -> None:
    """Ann was scanned on two days by two reps: one lead, with the later grade and rep, and both notes."""
    with filled.engine.begin() as connection:
        ann = profile(connection, find_contact(connection, "ann.lee@example.com"))
    assert len(ann.timeline) == 2
    (at_show,) = ann.leads
    assert (at_show.grade, at_show.owner) == ("B", "minh")
    assert at_show.answers == {
        "time_frame": "0-3 months",
        "interest_product": "Pumps; Valves",
        "notes": 'Send quote for 3" pump by Friday\nBack with her boss; asked for references',
    }
    facts = {fact.field: fact.value for fact in ann.facts}
    assert (facts["given_name"], facts["company"]) == ("Ann", "Lee Water District")
    assert facts["phone"] == "+13095550100"
    assert str(at_show.first_captured_at) == "2026-09-15 19:05:00+00:00"


def test_bo_has_an_extension(filled: Desk) -> None:
    """Bo's number has an extension and takes no texts; his ZIP code got its zero back; hot is an A."""
    with filled.engine.begin() as connection:
        bo = profile(connection, find_contact(connection, "309-555-0101"))
    facts = {fact.field: fact.value for fact in bo.facts}
    assert (facts["phone"], facts["phone_extension"], facts.get("mobile")) == ("+13095550101", "12", None)
    assert (facts["postal_code"], bo.leads[0].grade) == ("01752", "A")


def test_mueller_goes_to_review(filled: Desk) -> None:
    """Müller of Oeztuerk and Müller of Bäckerei Öztürk are not linked, but a person is asked."""
    with filled.engine.begin() as connection:
        (pair,) = open_reviews(connection)
    assert {pair.one.company, pair.other.company} == {"Bäckerei Öztürk GmbH & Co. KG", "Oeztuerk GmbH"}
    assert pair.one.name == pair.other.name == "Jürgen Müller"


def test_permission_comes_from_the_column(filled: Desk) -> None:
    """EuroBLECH has no terms: yes and no come from its column, and a blank is nothing."""
    answers = {}
    with filled.engine.begin() as connection:
        for who in ("j.mueller@example.de", "zoe@example.fr", "+4722550123"):
            person = profile(connection, find_contact(connection, who))
            answers[who] = [said.answer for said in person.permissions]
    assert answers == {"j.mueller@example.de": ["yes"], "zoe@example.fr": ["no"], "+4722550123": []}


def test_nobody_may_be_texted_for_a_badge(filled: Desk) -> None:
    """Permission for texts comes from the web form alone."""
    numbers = [row["id"] for row in filled.rows(contact)]
    with filled.engine.begin() as connection:
        people = [profile(connection, number) for number in numbers]
    texts = [said for person in people for said in person.permissions if said.channel == "text"]
    assert {said.source for said in texts} == {"show:website"}
    assert sorted(said.answer for said in texts) == ["no", "no", "yes", "yes", "yes"]


def test_places(filled: Desk) -> None:
    """Countries in words, a wrong one beside a Canadian address, and the zones that follow."""
    found = {
        row["family_name"]: (row["country"], row["state"], row["timezone"]) for row in filled.rows(contact)
    }
    assert found["Rao"] == ("CA", "ON", "America/Toronto")
    assert found["Powell"] == ("AU", "SA", "Australia/Adelaide")
    assert found["de la Cruz"] == ("US", "IL", "America/Chicago")
    assert found["Ødegård"] == ("NO", None, "Europe/Oslo")
    assert found["Sato"] == (None, None, "Asia/Tokyo")
    assert found["Fischer"] == ("DE", None, "Europe/Berlin")


def test_any_order_gives_the_same_people(sqlite_desk: Desk, workspace: Workspace) -> None:
    """In whatever order the files come, the same captures end with the same person, who looks the same."""
    orders = list(islice(permutations(SAMPLES), 0, None, factorial(len(SAMPLES)) // 5))
    outcomes = []
    for order in orders:
        for sample in order:
            _figures(sqlite_desk, workspace, sample)
        outcomes.append(_people(sqlite_desk))
        _empty(sqlite_desk)
    assert len(outcomes) == 5
    assert all(outcome == outcomes[0] for outcome in outcomes)


def _people(desk: Desk) -> set[tuple[object, ...]]:
    rows = {row["id"]: row for row in desk.rows(contact)}
    hashes: dict[int, list[str]] = {}
    for row in desk.rows(capture):
        hashes.setdefault(row["contact_id"], []).append(row["row_hash"])
    shown = ("given_name", "family_name", "email", "phone", "mobile", "city", "country", "timezone", "title")
    return {(*sorted(hashes[number]), *(row[name] for name in shown)) for number, row in rows.items()}


def _empty(desk: Desk) -> None:
    from aftershow.store.tables import metadata

    with desk.engine.begin() as connection:
        for table in reversed(metadata.sorted_tables):
            connection.execute(table.delete())


def test_columns_that_say_nothing_of_a_person(filled: Desk) -> None:
    """A heading that the show's YAML gives to "-" is kept in the raw row and is nobody's answer."""
    answers = {name for row in filled.rows(lead) for name in row["answers"]}
    assert not {"event_name", "ocr_confidence"} & answers
    assert any("ocr_confidence" in row["cells"] for row in filled.rows(capture))
