"""Our reps are contacts of their own kind, whom no lead file touches."""

from datetime import timedelta

from sqlalchemy import update

from aftershow.people.record.team import keep_team
from aftershow.store.tables import capture, contact, contact_key, merged_contact
from aftershow.workspace.settings import Rep
from tests.leads.desk import NOW, Desk

DANA = Rep(name="Dana Maria Cole", email="Dana@example.com", phone="+1 309 555 0100", title="Area Sales")
LEE = Rep(name="Lee", email="lee@example.com")


def _keep(desk: Desk, days: int = 0, **team: Rep) -> None:
    with desk.engine.begin() as connection:
        keep_team(connection, team, NOW + timedelta(days=days))


def test_each_rep_is_one_contact(desk: Desk) -> None:
    """A rep is one contact, as the settings have it, however often the team is kept."""
    _keep(desk, dana=DANA, lee=LEE)
    _keep(desk, days=1, dana=DANA, lee=LEE)
    dana, lee = desk.rows(contact)
    assert (dana["rep"], dana["given_name"], dana["family_name"]) == ("dana", "Dana Maria", "Cole")
    assert (dana["email"], dana["phone"], dana["mobile"]) == ("dana@example.com", *["+13095550100"] * 2)
    assert (lee["rep"], lee["given_name"], lee["family_name"], lee["phone"]) == ("lee", "Lee", None, None)
    assert {dana["updated_at"], lee["updated_at"]} == {NOW}


def test_a_rep_changes(desk: Desk) -> None:
    """A new address in the settings is the contact's; nobody else changes."""
    _keep(desk, dana=DANA, lee=LEE)
    _keep(desk, days=1, dana=DANA, lee=LEE.model_copy(update={"email": "l@example.com"}))
    dana, lee = desk.rows(contact)
    assert (lee["email"], lee["updated_at"]) == ("l@example.com", NOW + timedelta(days=1))
    assert dana["updated_at"] == NOW


def test_a_rep_leaves(desk: Desk) -> None:
    """Who has left the team can't be reached any more, and is reached again after coming back."""
    _keep(desk, dana=DANA, lee=LEE)
    _keep(desk, lee=LEE)
    dana = desk.contact()
    assert (dana["rep"], dana["email"], dana["phone"], dana["mobile"]) == ("dana", None, None, None)
    _keep(desk, dana=DANA, lee=LEE)
    assert desk.contact()["email"] == "dana@example.com"
    assert desk.count(contact) == 2


def test_a_lead_file_does_not_find_a_rep(desk: Desk) -> None:
    """A row with a rep's address, name and number is a contact of its own; the rep stays as they are."""
    _keep(desk, dana=DANA)
    before = dict(desk.contact())
    desk.put("First name,Last name,Company,Email,Phone\nDana Maria,Cole,Ours,dana@example.com,309-555-0100\n")
    assert dict(desk.contact()) == before
    assert [row["contact_id"] for row in desk.rows(capture)] == [2]
    assert {row["contact_id"] for row in desk.rows(contact_key)} == {2}
    assert desk.contact(2)["rep"] is None


def test_a_rep_takes_no_number_that_was_used(sqlite_desk: Desk) -> None:
    """The number of a contact that was merged away still leads to who took it in, not to a rep."""
    sqlite_desk.put("First name,Last name,Email\nAnn,Lee,ann@example.com\n")
    with sqlite_desk.engine.begin() as connection:
        row = {"id": 5, "into_id": 1, "fields": {}, "merged_by": "x", "merged_at": NOW}
        connection.execute(merged_contact.insert().values(row))
        connection.execute(update(contact).values(title="Boss"))
    _keep(sqlite_desk, dana=DANA)
    assert [row["id"] for row in sqlite_desk.rows(contact)] == [1, 6]
