"""What importing is compared with."""

from pathlib import Path

import pytest
from sqlalchemy import Column, Engine, select, text
from sqlalchemy.sql.schema import Table

from aftershow.store.tables import capture, contact, interaction, lead, permission
from bench.importing import by_aftershow, by_copy, by_orm, empty, measured
from bench.lead_file import write_leads

pytestmark = pytest.mark.either_database

ROWS = 400


def test_both_ways_find_the_same_people(engine: Engine, tmp_path: Path) -> None:
    """The row-by-row way does the work that it is compared by."""
    path = leads(tmp_path, ROWS)
    result = by_aftershow(engine, path)
    ours = written(engine)
    assert 0 < len(result.fix_list) < 5
    assert 0.85 < result.contacts_new / result.captures < 0.95
    empty(engine)
    assert by_orm(engine, path, ROWS) == result.captures
    assert written(engine) == ours


@pytest.mark.both_databases
def test_the_bare_copy_has_every_row(engine: Engine, tmp_path: Path) -> None:
    """It leaves nothing out of what it copies."""
    by_copy(engine, leads(tmp_path, 30))
    with engine.begin() as connection:
        assert connection.scalar(text("SELECT count(*) FROM bare WHERE c4 <> ''")) in (30, 31)
        connection.execute(text("DROP TABLE bare"))


def test_the_bench_runs_and_says_what_it_compares(sqlite_engine: Engine, tmp_path: Path) -> None:
    """The table is printed from these lines."""
    lines = [str(row) for row in measured(sqlite_engine, leads(tmp_path, 30), 30, "import")]
    assert [line.partition("  ")[0] for line in lines] == ["import", "import"]
    assert "row by row with an ORM" in lines[0]
    assert "bare copy" in lines[1]


def leads(folder: Path, rows: int) -> Path:
    """Write a lead file."""
    path = folder / "leads.csv"
    write_leads(path, rows)
    return path


def written(engine: Engine) -> dict[str, list[object]]:
    """Return what both ways must agree on."""
    return {
        "addresses": column(engine, contact, contact.c.email),
        "numbers": column(engine, contact, contact.c.phone),
        "captures": column(engine, capture, capture.c.line),
        "times": column(engine, capture, capture.c.captured_at),
        "interactions": column(engine, interaction, interaction.c.kind),
        "permissions": column(engine, permission, permission.c.answer),
        "leads": column(engine, lead, lead.c.grade),
    }


def column(engine: Engine, table: Table, its: Column[object]) -> list[object]:
    """Return a column's values, sorted."""
    with engine.begin() as connection:
        return sorted(connection.scalars(select(its).select_from(table)), key=str)
