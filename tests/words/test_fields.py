"""What a field of a contact needs beside its row is there for every field."""

from datetime import UTC, datetime

import pytest

from aftershow.audience.fields import FIELDS
from aftershow.leads.readers.headings import Columns
from aftershow.leads.readers.rows import LeadRow
from aftershow.leads.row_reader import RowReader
from aftershow.people.record.captures import Captured
from aftershow.people.record.facts import contact_facts
from aftershow.people.record.profile import SHOWN
from aftershow.rehearsal.trial_file import Given
from aftershow.store.tables import account, contact, lead
from aftershow.words.fields import Cell, ContactField, Holder, Told
from aftershow.workspace.settings import Settings
from aftershow.workspace.shows import Show

NOON = datetime(2026, 9, 18, 12, tzinfo=UTC)
#: What a cell may say; of a field that is read by a rule of its own, something that the rule takes.
CELLS = {
    "email": "ana@example.com",
    "phone": "+1 508 555 0114",
    "mobile": "+49 151 23456789",
    "fax": "+1 508 555 0115",
    "state": "IL",
    "country": "US",
    "language": "German",
    "is_customer": "yes",
    "captured_at": "2026-09-17 10:00",
    "captured_date": "2026-09-17",
    "captured_time": "10:00",
    "grade": "hot",
}


@pytest.fixture(scope="module")
def understanding() -> RowReader:
    """How the rows of a show are read that says nothing of its columns."""
    show = Show(show="s", name="S", timezone="America/Chicago", country="US")
    company = {"name": "C", "address": "1 Pump Road"}
    settings = Settings.model_validate(
        {
            "company": company,
            "public_url": "https://example.com",
            "timezone": "America/Chicago",
            "from": {"name": "C", "email": "c@example.com"},
        }
    )
    return RowReader(show, settings, Columns(show.leads))


@pytest.mark.parametrize("field", [field for field in ContactField if field.row.cell])
def test_its_cell_is_read(field: ContactField, understanding: RowReader) -> None:
    """What a column says that means a field is understood, whether as it stands or by a rule."""
    heading, *_ = field.row.headings.split()
    # A time of day alone is no moment.
    beside = {"scandate": CELLS["captured_date"]} if field is ContactField.CAPTURED_TIME else {}
    row = LeadRow(file="f.csv", line=2, cells={**beside, heading: CELLS.get(field, "Stone")})
    empty = LeadRow(file="f.csv", line=2, cells={**beside, heading: ""})
    said, nothing = understanding(row), understanding(empty)
    assert not said.fields.get("unread")
    told = (said.fields, said.captured_at, said.captured_raw, said.captured_by)
    assert told != (nothing.fields, nothing.captured_at, nothing.captured_raw, nothing.captured_by)
    if field.row.cell is Cell.TEXT:
        assert said.fields[field] == "Stone"


@pytest.mark.parametrize("field", [field for field in ContactField if field.row.told])
def test_captures_tell_it(field: ContactField) -> None:
    """What a capture says of a person is known of the person, with the capture that it comes from."""
    fields = {"phone": "+15085550114", str(field): CELLS.get(field, "Stone")}
    captured = Captured(id=1, show_id=1, at=NOON, fields=fields)
    assert contact_facts([captured])[field] == (fields[field], captured)


@pytest.mark.parametrize("field", list(ContactField))
def test_a_row_fits_together(field: ContactField) -> None:
    """A field has its column where its row says, and who shows it can."""
    row = field.row
    assert (row.holder is Holder.CONTACT) is (row.kept is not None) is (field in contact.c)
    assert bool(row.headings) is (row.cell is not None), "headings are of columns"
    if row.told:
        assert row.holder in (Holder.CONTACT, Holder.COMPANY)
    if row.told in (Told.NAME, Told.WORDS):
        assert row.kept is None or not row.kept.flag, "only texts have spellings"
    if row.on_page:
        assert row.holder in (Holder.CONTACT, Holder.COMPANY), "leads have a table of their own there"


@pytest.mark.parametrize("field", list(ContactField))
def test_conditions_tests_and_pages_have_it(field: ContactField) -> None:
    """A field stands where its row says, and nowhere else."""
    assert (field in FIELDS) is field.row.in_conditions
    assert (field in Given.model_fields) is field.row.in_tests
    assert (field in SHOWN) is field.row.on_page


def test_no_heading_means_two_fields() -> None:
    """Each heading of an export means one field."""
    headings = [heading for field in ContactField for heading in field.row.headings.split()]
    assert len(headings) == len(set(headings))


def test_what_is_kept_elsewhere() -> None:
    """Fields of a lead and of the company stand in their tables."""
    assert {"grade", "owner"} <= set(lead.c.keys())
    assert "name" in account.c
