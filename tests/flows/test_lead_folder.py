"""Files in a show's folder are imported once they are complete, each for itself."""

from datetime import UTC, datetime, timedelta

import pytest

from aftershow.desk import open_desk
from aftershow.errors import LeadFileError
from flows.import_leads import import_leads
from flows.in_process import run_here
from flows.lead_folder import new_files
from tests.flows.conftest import Prefect
from tests.promises.conftest import SHOW, Office

ROWS = "First name,Last name,Email\nAna,Lee,ana@example.com\n"


def soon() -> datetime:
    """Return a moment at which files written now have settled."""
    return datetime.now(UTC) + timedelta(minutes=2)


def names(office: Office, now: datetime) -> list[str]:
    with open_desk(office.root) as desk, desk.engine.connect() as connection:
        found = new_files(connection, desk.workspace.root, desk.show("expo"), now=now)
    return [file.name for file in found]


def test_complete_files(office: Office) -> None:
    """What is on its way, hidden, locked or our own note is passed over."""
    for file in ("b.csv", "a.csv", ".a.csv.x7", "~$a.xlsx", "README.txt", "c.csv.part"):
        office.write(f"leads/expo/{file}", ROWS + file)
    office.write("leads/expo/done/old.csv", ROWS)
    assert names(office, datetime.now(UTC)) == []
    assert names(office, soon()) == ["a.csv", "b.csv"]


def test_no_folder(office: Office) -> None:
    """A show without a folder has no new files."""
    assert names(office, soon()) == []


def test_known_files(office: Office, prefect: Prefect) -> None:
    """An imported file is not looked at again under any name, until its content changes."""
    office.write("leads/expo/a.csv", ROWS)
    first = run_here(import_leads, show="expo", workspace=office.root, at=soon())
    office.write("leads/expo/copy.csv", ROWS)
    assert (first["contacts_new"], names(office, soon())) == (1, [])
    office.write("leads/expo/a.csv", ROWS + "Bo,Lee,bo@example.com\n")
    assert names(office, soon()) == ["a.csv"]


def test_an_unreadable_file(office: Office, prefect: Prefect) -> None:
    """A file that can't be read keeps the others from nothing, and makes the run red."""
    office.write("leads/expo/a.xlsx", "no workbook")
    office.write("leads/expo/b.csv", ROWS)
    with pytest.raises(LeadFileError, match=r"a\.xlsx"):
        run_here(import_leads, show="expo", workspace=office.root, at=soon())
    assert names(office, soon()) == ["a.xlsx"]
    run = prefect.last_run()
    assert run.state is not None
    assert run.state.is_failed()
    assert {"import-expo", "unreadable-expo"} == prefect.artifacts(run).keys()


def test_two_shows(office: Office, prefect: Prefect) -> None:
    """A file that was imported into one show is new to another."""
    office.write("config/shows/fair.yaml", SHOW.replace("show: expo", "show: fair"))
    office.write("leads/expo/a.csv", ROWS)
    office.write("leads/fair/a.csv", ROWS)
    run_here(import_leads, show="fair", workspace=office.root, at=soon())
    assert names(office, soon()) == ["a.csv"]
