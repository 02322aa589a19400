"""Files in a show's folder are imported once they are complete, each for itself."""

import json
import os
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from aftershow.desk import open_desk
from aftershow.errors import LeadFileError
from aftershow.leads.aside import MOST_TRIES, Tried, begin_trying, files_aside
from aftershow.leads.each import import_each
from aftershow.leads.folder import new_files
from aftershow.leads.readers.opening import sha256_of
from flows.import_leads import import_leads
from flows.in_process import run_here
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


def take(office: Office) -> dict[str, Any]:
    """Import what is new."""
    return run_here(import_leads, show="expo", workspace=office.root, at=soon())


def set_aside(office: Office) -> list[str]:
    with office.database() as connection:
        return [f"{one.file}: {one.reason}" for one in files_aside(connection, "expo")]


def test_an_unreadable_file(office: Office, prefect: Prefect) -> None:
    """A file that can't be read is set aside: red once, seen until it is corrected, in the way of nobody."""
    office.write("leads/expo/a.xlsx", "no workbook")
    office.write("leads/expo/b.csv", ROWS)
    with pytest.raises(LeadFileError, match=r"a\.xlsx"):
        take(office)
    run = prefect.last_run()
    assert run.state is not None
    assert run.state.is_failed()
    assert {"import-expo", "unreadable-expo"} == prefect.artifacts(run).keys()
    assert names(office, soon()) == []
    assert take(office)["rows"] == 0
    (shown,) = json.loads(prefect.artifacts(prefect.last_run())["unreadable-expo"].data)
    assert shown["file"] == "a.xlsx"
    assert set_aside(office) == [f"a.xlsx: {shown['what is wrong']}"]
    office.write("leads/expo/a.xlsx", ROWS + "Bo,Ray,bo@example.com\n")
    assert take(office)["captures"] == 1
    assert json.loads(prefect.artifacts(prefect.last_run())["unreadable-expo"].data) == []
    assert set_aside(office) == []


def test_reading_it_otherwise(office: Office, prefect: Prefect) -> None:
    """A file that was set aside is tried again when the YAML says how to read it, or when asked for."""
    office.write("leads/expo/a.csv", "Ana,Lee,ana@example.com\n")
    with pytest.raises(LeadFileError, match="looks like headings"):
        take(office)
    with open_desk(office.root) as desk:
        files = [office.root / "leads/expo/a.csv"]
        asked = import_each(desk.engine, desk.show("expo"), desk.workspace.settings, files, now=soon())
    assert len(asked.unreadable) == 1
    columns = "leads: {columns: [given_name, family_name, email]}\n"
    office.write("config/shows/expo.yaml", SHOW + columns)
    assert take(office)["captures"] == 1


def test_a_file_that_was_taken_out(office: Office, prefect: Prefect) -> None:
    """Of a file that is not there any more nobody hears again."""
    office.write("leads/expo/a.csv", "nothing\n")
    with pytest.raises(LeadFileError):
        take(office)
    (office.root / "leads/expo/a.csv").unlink()
    take(office)
    assert set_aside(office) == []


def test_a_file_that_ends_the_process(office: Office) -> None:
    """A file at which the process that imports it ends is tried again, and set aside in the end."""
    office.write("leads/expo/a.csv", ROWS)
    path = office.root / "leads/expo/a.csv"
    with open_desk(office.root) as desk:
        tried = Tried(show=desk.show("expo"), name="a.csv", sha256=sha256_of(path), now=soon())
        for _ in range(MOST_TRIES):
            assert names(office, soon()) == ["a.csv"]
            with desk.engine.begin() as connection:
                begin_trying(connection, tried)
    assert names(office, soon()) == []
    assert "ended in the middle" in set_aside(office)[0]


def test_what_is_no_regular_file(office: Office) -> None:
    """Links out of the workspace and pipes are passed over: nobody reads another file, or waits for ever."""
    outside = office.root.with_name("secret.csv")
    outside.write_text(ROWS + "Bo,Ray,bo@example.com\n")
    office.write("leads/expo/a.csv", ROWS)
    (office.root / "leads/expo/link.csv").symlink_to(outside)
    os.mkfifo(office.root / "leads/expo/pipe.csv")
    assert names(office, soon()) == ["a.csv"]


def test_a_file_that_may_not_be_read(office: Office, prefect: Prefect) -> None:
    """A file of somebody else is set aside like one that is broken, and comes in once it may be read."""
    if os.geteuid() == 0:
        pytest.skip("root may read everything")
    office.write("leads/expo/a.csv", ROWS)
    office.write("leads/expo/b.csv", ROWS + "Bo,Ray,bo@example.com\n")
    path = office.root / "leads/expo/a.csv"
    path.chmod(0)
    with pytest.raises(LeadFileError, match="may not read"):
        take(office)
    assert names(office, soon()) == []
    path.chmod(0o600)
    assert names(office, soon()) == ["a.csv"]


def test_two_shows(office: Office, prefect: Prefect) -> None:
    """A file that was imported into one show is new to another."""
    office.write("config/shows/fair.yaml", SHOW.replace("show: expo", "show: fair"))
    office.write("leads/expo/a.csv", ROWS)
    office.write("leads/fair/a.csv", ROWS)
    run_here(import_leads, show="fair", workspace=office.root, at=soon())
    assert names(office, soon()) == ["a.csv"]
