"""Who is who: what links by itself, what a person is asked about, and what does neither."""

from dataclasses import dataclass

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine

from aftershow.people.identity.matching import Roster, alike_keys, linking_keys
from aftershow.store.tables import capture, contact, metadata, review
from tests.leads.desk import Desk, show

HEAD = "First name,Last name,Company,Email,Phone,Badge,Country\n"
MARGE = "Marge,Okafor,Okafor Paving,m@example.com,508-555-0114,17,\n"
JURGEN = "Jürgen,Müller,Öztürk GmbH,j@example.de,0171 5550123,,DE\n"


@dataclass(frozen=True)
class Case:
    """A person who is known, a row, and what becomes of the two."""

    known: str
    row: str
    linked: bool = False
    asked: bool = False


CASES = {
    "the same email": Case(MARGE, ",Smith,,M@EXAMPLE.COM,,,\n", linked=True),
    "the same badge": Case(MARGE, "M.,,,,,0017,\n", linked=True),
    "a mobile and the family name": Case(JURGEN, "J.,Mueller,,,+49 171 5550123,,\n", linked=True),
    "a mobile alone": Case(JURGEN, "Anna,Klein,,,+49 171 5550123,,\n"),
    "an American number and both names": Case(MARGE, "MARGE,OKAFOR,,,(508) 555-0114,,\n", linked=True),
    "an American number, another first name": Case(MARGE, "Tom,Okafor,,,508-555-0114,,\n", asked=True),
    "an American number, no first name": Case(MARGE, ",Okafor,,,508-555-0114,,\n", asked=True),
    "an American number, other names": Case(MARGE, "Tom,Smith,,,508-555-0114,,\n"),
    "a number with an extension": Case(
        "Bo,Ray,Ray Farms,,508-555-0101 x12,,\n", "Bo,Ray,Other,,508-555-0101 x12,,\n"
    ),
    "a switchboard": Case(
        "Jürgen,Müller,Öztürk,,0711 5550123,,DE\n", "Jürgen,Müller,Klein,,0711 5550123,,DE\n"
    ),
    "a free number": Case("Bo,Ray,Ray,,800-555-0199,,\n", "Bo,Ray,Other,,800-555-0199,,\n"),
    "a shared address": Case("Ann,Lee,Lee,info@example.com,,,\n", "Bo,Ray,Lee,info@example.com,,,\n"),
    "names alone": Case("Ann,Lee,Lee Water,,,,\n", "Ann,Lee,Other Inc,,,,\n"),
    "names and company": Case("Ann,Lee,Lee Water Dist,,,,\n", "ANN,LEE,LEE WATER DISTRICT,,,,\n", asked=True),
    "a short form": Case(
        "Bob,Powell,Lift & Loader,,,,\n", "Robert,Powell,Lift and Loader Inc,,,,\n", asked=True
    ),
    "umlauts": Case(
        "Jürgen,Müller,Bäckerei Öztürk GmbH & Co. KG,j@example.de,,,\n",
        "Juergen,Mueller,Oeztuerk GmbH,,,,\n",
        asked=True,
    ),
    "a namesake with a typing mistake": Case(
        "Katrin,Lee,Lee Inc,,,,\n", "Kathrin,Lee,Lee LLC,,,,\n", asked=True
    ),
    "another person of the company": Case("Ann,Lee,Lee Inc,,,,\n", "Tom,Lee,Lee Inc,,,,\n"),
    "a company of the same trade": Case("Ann,Lee,Lee Paving,,,,\n", "Ann,Lee,Miller Paving,,,,\n"),
}


@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("at_once", [False, True], ids=["two files", "one file"])
def test_rules(sqlite_desk: Desk, case: str, at_once: bool) -> None:
    """Each rule holds for two files and inside one."""
    wanted = CASES[case]
    if at_once:
        sqlite_desk.put(HEAD + wanted.known + wanted.row)
    else:
        sqlite_desk.put(HEAD + wanted.known)
        sqlite_desk.put(HEAD + wanted.row, name="second.csv")
    assert (sqlite_desk.count(contact), sqlite_desk.count(review)) == (
        1 if wanted.linked else 2,
        1 if wanted.asked else 0,
    )


def test_both_databases_find_the_same(desk: Desk) -> None:
    """Keys are found on both databases, whatever is in them."""
    wild = "O'%_\\\",Ünal|x,Co|mpany,we%ird_{0}'@example.com,,a|b\\c,\n"
    desk.put(HEAD + MARGE + JURGEN + wild)
    found = desk.put(
        HEAD + "M,,,,,17,\n" + "J,Muller,,,0171/5550123,,DE\n" + wild.replace("O'", "Oh"), name="b.csv"
    )
    assert (found.contacts_new, found.contacts_matched) == (0, 3)


def test_a_badge_counts_at_its_show_alone(sqlite_desk: Desk) -> None:
    """The same number at another show is another badge."""
    sqlite_desk.put(HEAD + MARGE)
    sqlite_desk.put(HEAD + "Bo,Ray,,,,17,\n", name="b.csv", show=show(show="other"))
    assert sqlite_desk.count(contact) == 2


def test_one_row_names_two_people(desk: Desk) -> None:
    """The email of one and the badge of another: the row goes to the email's, and a person is asked."""
    desk.put(HEAD + "Ann,Lee,,ann@example.com,,,\nBo,Ray,,,,23,\n")
    found = desk.put(HEAD + "Ann,Lee,,ann@example.com,,23,\n", name="b.csv")
    assert (found.contacts_matched, found.review) == (1, 1)
    (pair,) = desk.rows(review)
    assert (pair["contact_id"], pair["other_id"], pair["reason"]) == (1, 2, "one row names both")


def test_a_pair_is_asked_about_once(desk: Desk) -> None:
    """The same doubt in another file is not another pair."""
    desk.put(HEAD + "Ann,Lee,Lee Inc,a@example.com,,,\nAnn,Lee,Lee Ltd,b@example.com,,,\n")
    again = desk.put(HEAD + "Anne,Lee,Lee,b@example.com,,,\n", name="b.csv")
    assert (again.review, desk.count(review)) == (0, 1)


def test_keys_of_a_stranger() -> None:
    """A row that names nobody has no keys, and endless ones are none."""
    assert linking_keys({"company": "Lee"}, "expo") == []
    assert alike_keys({"company": "Lee"}) == []
    assert linking_keys({"badge": "7" * 300}, "expo") == []


def test_an_empty_roster(engine: Engine) -> None:
    """Without keys nobody is known."""
    with engine.begin() as connection:
        roster = Roster(connection, [])
        assert not roster.names_someone([("email", "a@example.com")])


#: Everyone has an address, a badge at the show, or a mobile: a key that each of their rows shows.
_PEOPLE = [
    ("Marge", "Okafor", "m@example.com", "", ""),
    ("MARGE", "OKAFOR", "m@example.com", "", "508-555-0114"),
    ("Tom", "de la Cruz", "", "", "309-555-0161"),
    ("TOM", "DE LA CRUZ", "", "", "(309) 555-0161"),
    ("Jürgen", "Müller", "", "", "+49 171 5550123"),
    ("J.", "Mueller", "", "", "0049 171 5550123"),
    ("Ann", "Lee", "", "100234", ""),
    ("ANN", "LEE", "", "0100234", "309-555-0100"),
    ("Bo", "Ray", "info@example.com", "100235", ""),
]
_ROW = st.tuples(st.sampled_from(_PEOPLE), st.integers(0, 3)).map(
    lambda drawn: f"{drawn[0][0]},{drawn[0][1]},Co {drawn[1]},{drawn[0][2]},{drawn[0][4]},{drawn[0][3]},\n"
)


@settings(max_examples=12)
@given(files=st.lists(st.lists(_ROW, min_size=1, max_size=5), min_size=2, max_size=3), data=st.data())
def test_order_makes_no_difference(sqlite_desk: Desk, files: list[list[str]], data: st.DataObject) -> None:
    """Files imported in any order end with the same persons, where each row shows a key of its person."""
    outcomes = []
    for order in (files, data.draw(st.permutations(files))):
        with sqlite_desk.engine.begin() as connection:
            for table in reversed(metadata.sorted_tables):
                connection.execute(table.delete())
        for number, rows in enumerate(order):
            sqlite_desk.put(HEAD + "".join(rows), name=f"{number}.csv")
        people: dict[int, set[str]] = {}
        for row in sqlite_desk.rows(capture):
            people.setdefault(row["contact_id"], set()).add(row["row_hash"])
        outcomes.append(sorted(map(sorted, people.values())))
    assert outcomes[0] == outcomes[1]
