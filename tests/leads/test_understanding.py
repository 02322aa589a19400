"""From cells to fields: what is understood, and what is left alone."""

from typing import Any

import pytest

from aftershow.leads.readers.headings import Columns, answer_name
from aftershow.leads.readers.rows import LeadRow
from aftershow.leads.row_reader import ReadRow, RowReader
from aftershow.leads.wordings import grade, language_tag, yes_or_no
from aftershow.workspace.shows import Show
from aftershow.workspace.workspace import Workspace
from tests.leads.desk import show


def understood(workspace: Workspace, cells: dict[str, str], at: Show | None = None) -> ReadRow:
    """Return what a row of the show Expo says."""
    at = at or show()
    understand = RowReader(at, workspace.settings, Columns(at.leads))
    return understand(LeadRow(file="leads.csv", line=2, headings=tuple(cells), cells=cells))


def fields(workspace: Workspace, at: Show | None = None, **cells: str) -> dict[str, Any]:
    """Return the fields of a row whose headings are given with _ for blanks."""
    return dict(
        understood(workspace, {name.replace("_", " "): text for name, text in cells.items()}, at).fields
    )


@pytest.mark.parametrize(
    ("cells", "name"),
    [
        ({"First_Name": "Ann", "Last_Name": "Lee"}, ("Ann", "Lee")),
        ({"Name": "Ann Lee"}, ("Ann", "Lee")),
        ({"Name": "Lee, Ann"}, ("Ann", "Lee")),
        ({"Name": "Dr. Vincent van Gogh"}, ("Vincent", "van Gogh")),
        ({"Name": "Tom de la Cruz"}, ("Tom", "de la Cruz")),
        ({"Vorname": "Jürgen", "Name": "Müller"}, ("Jürgen", "Müller")),
        ({"Vorname": "Jürgen", "Name": "Jürgen Müller"}, ("Jürgen", "Müller")),
        ({"Contact_First_Name": "Ann", "contact_last_name": "Lee"}, ("Ann", "Lee")),
        ({"Name": "Cher"}, (None, "Cher")),
    ],
)
def test_names(workspace: Workspace, cells: dict[str, str], name: tuple[str | None, str]) -> None:
    """Names come in one column or two, under many headings."""
    found = fields(workspace, **cells)
    assert (found.get("given_name"), found.get("family_name")) == name


@pytest.mark.parametrize(
    ("text", "email"),
    [
        ("MOKAFOR@EXAMPLE.COM", "mokafor@example.com"),
        (" Ann Lee <ann@example.com> ", "ann@example.com"),
        ("mailto:ann@example.com", "ann@example.com"),
        ("ann@example.com; bo@example.com", "ann@example.com"),
        ("ann@exämple.com", "ann@xn--exmple-cua.com"),
        ("o'hara+show@mail.example.co.uk", "o'hara+show@mail.example.co.uk"),
        ("ann@example", None),
        ("ann.example.com", None),
        ("ann@@example.com", None),
    ],
)
def test_emails(workspace: Workspace, text: str, email: str | None) -> None:
    """An address in one form; what is none is named as unread."""
    found = fields(workspace, Email=text)
    assert found.get("email") == email
    assert ("email" in found.get("unread", {})) == (email is None)


@pytest.mark.parametrize(
    ("cells", "phone", "mobile"),
    [
        ({"Phone": "(508) 555-0114"}, "+15085550114", "+15085550114"),
        ({"Phone": "5085550114.0"}, "+15085550114", "+15085550114"),
        ({"Phone": "309.555.0101 ext. 12"}, "+13095550101", None),
        ({"Phone": "800-555-0199"}, "+18005550199", None),
        ({"Phone": "0711 5550123", "Country": "Deutschland"}, "+497115550123", None),
        ({"Phone": "0171/5550123", "Country": "Germany"}, "+491715550123", "+491715550123"),
        ({"Phone": "0049 711 5550123"}, "+497115550123", None),
        ({"Phone": "61882430100", "Country": "AUSTRALIA"}, "+61882430100", None),
        ({"Phone": "+33 (0)1 99 00 12 34"}, "+33199001234", None),
        ({"Phone": "508-555-0114", "Mobile": "508-555-0115"}, "+15085550114", "+15085550115"),
        ({"Mobile": "0711 5550123", "Country": "DE"}, "+497115550123", None),
        ({"Phone": "508-555-0114 / 508-555-0115"}, "+15085550114", "+15085550114"),
    ],
)
def test_phones(workspace: Workspace, cells: dict[str, str], phone: str, mobile: str | None) -> None:
    """Numbers as people write them, with the country of their row; only what may take texts is a mobile."""
    found = fields(workspace, **cells)
    assert (found.get("phone"), found.get("mobile")) == (phone, mobile)


@pytest.mark.parametrize("text", ["5.55E+09", "5,55E+09", "5550123", "call me", "123", "999-999-9999"])
def test_lost_numbers(workspace: Workspace, text: str) -> None:
    """Digits that a spreadsheet lost are not guessed: no phone, and the fix is named."""
    found = fields(workspace, Name="Ann Lee", Company="Lee", Phone=text)
    assert "phone" not in found
    assert "phone" in found["unread"]


@pytest.mark.parametrize(
    ("cells", "place"),
    [
        ({"Country": "U.S.A.", "State": "Illinois", "Zip": "1752"}, ("US", "IL", "01752")),
        ({"State": "ma", "Zip": "1752.0"}, ("US", "MA", "01752")),
        ({"Country": "日本"}, ("JP", None, None)),
        ({"Country": "Türkei"}, ("TR", None, None)),
        ({"Country": "Schweiz", "PLZ": "8005"}, ("CH", None, "8005")),
        ({"Country": "USA", "State": "ON", "Zip": "K1A 0B1"}, ("CA", "ON", "K1A 0B1")),
        ({"Country": "Görögország"}, ("GR", None, None)),
        ({"Country": "Atlantis"}, (None, None, None)),
    ],
)
def test_places(workspace: Workspace, cells: dict[str, str], place: tuple[str | None, ...]) -> None:
    """Countries in any language, states by name, ZIP codes with the zeros that spreadsheets drop."""
    found = fields(workspace, Email="ann@example.com", **cells)
    assert tuple(found.get(name) for name in ("country", "state", "postal_code")) == place


def test_unknown_columns_are_answers(workspace: Workspace) -> None:
    """What has no field is kept as an answer under a name that expressions can write."""
    cells = {"Email": "ann@example.com", "Time frame?": "0-3 months", "Größe (m²)": "12", '3" pump': "yes"}
    assert understood(workspace, cells).fields["answers"] == {
        "time_frame": "0-3 months",
        "grosse_m2": "12",
        "q_3_pump": "yes",
    }


def test_replacements_and_codes(workspace: Workspace) -> None:
    """Replacements come before codes; a code without a meaning stays as it is."""
    layout = {
        "headings": {"Role": "answers.role"},
        "replace": {"email": {"*": "@"}, "answers.role": {"#": ""}},
        "codes": {"answers.role": {"B01": "Owner"}},
    }
    found = fields(workspace, show(leads=layout), Email="ANN*EXAMPLE.COM", Role="#B01")
    assert (found["email"], found["answers"]) == ("ann@example.com", {"role": "Owner"})
    assert fields(workspace, show(leads=layout), Role="B99", Email="x@y.de")["answers"] == {"role": "B99"}


def test_reps(workspace: Workspace) -> None:
    """The rep who scanned owns the lead: by the key in team:, or by the name that the file gave."""
    assert fields(workspace, Email="a@example.com", Scanned_by="dcole")["owner"] == "dana"
    assert fields(workspace, Email="a@example.com", Scanned_by="Kim P.")["owner"] == "Kim P."


@pytest.mark.parametrize(
    ("cells", "why"),
    [
        ({}, "nothing to recognise"),
        ({"First name": "Ann"}, "nothing to recognise"),
        ({"First name": "Ann", "Email": "none"}, "can't be read: the email address"),
        ({"Notes": "nice talk"}, "nothing to recognise"),
        ({"Name": "Ann Lee", "Company": "Lee"}, None),
        ({"Email": "ann@example.com"}, None),
        ({"Phone": "508-555-0114"}, None),
        ({"Badge": "17"}, None),
        ({"Badge": "000", "First name": "Ann"}, "nothing to recognise"),
    ],
)
def test_usable(workspace: Workspace, cells: dict[str, str], why: str | None) -> None:
    """A row is usable when it says who a person is, or how to reach them."""
    found = understood(workspace, cells).unusable
    assert found is None if why is None else why in (found or "")


def test_blank_and_unclear_permission(workspace: Workspace) -> None:
    """Blank is never yes; a cell that says neither is named; a column that is not there asks nobody."""
    layout = show(leads={"headings": {"Mail?": "permission.email", "Text?": "permission.text"}})
    found = understood(workspace, {"Email": "a@example.com", "Mail?": "", "Text?": "perhaps"}, layout).fields
    assert found["permission"] == {"email": "not_asked", "text": "not_asked"}
    assert found["unread"] == {"permission.text": "this is neither yes nor no"}
    assert "permission" not in understood(workspace, {"Email": "a@example.com"}, layout).fields


@pytest.mark.parametrize("text", ["yes", "Y", "TRUE", "1", "x", "ja", "Oui", "Sí", "opted in", "✓"])
def test_yes(text: str) -> None:
    """Ways to say yes."""
    assert yes_or_no(text) is True


@pytest.mark.parametrize("text", ["no", "N", "false", "0", "Nein", "non", "Não", "opt-out"])
def test_no(text: str) -> None:
    """Ways to say no."""
    assert yes_or_no(text) is False


@pytest.mark.parametrize(
    ("text", "letter"),
    [("a", "A"), ("Hot", "A"), ("B-Lead", "B"), ("warm", "B"), ("Grade C", "C"), ("kalt", "C"), ("7", None)],
)
def test_grades(text: str, letter: str | None) -> None:
    """Grades and temperatures."""
    assert grade(text) == letter


@pytest.mark.parametrize(
    ("text", "tag"), [("de", "de"), ("Deutsch", "de"), ("German", "de"), ("pt_br", "pt-BR"), ("Elvish", None)]
)
def test_languages(text: str, tag: str | None) -> None:
    """Languages by tag, by their English name, and by their own."""
    assert language_tag(text) == tag


@pytest.mark.parametrize(("question", "name"), [("???", "unnamed"), ("x" * 90, "x" * 80), ("A  B", "a_b")])
def test_answer_names(question: str, name: str) -> None:
    """The name of an answer is never empty and never long."""
    assert answer_name(question) == name
