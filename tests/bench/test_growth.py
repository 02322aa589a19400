"""The table that shows how a turn grows with the people."""

from pathlib import Path

from sqlalchemy import Engine

from bench.growth import HEADINGS, line, measured
from tests.support.moves import rehearsing


def test_each_size_is_a_line_below_the_headings(sqlite_engine: Engine, tmp_path: Path) -> None:
    """What is printed says how many people, and has a figure for each heading."""
    with rehearsing(sqlite_engine):
        printed = str(measured(sqlite_engine, tmp_path, 60))
    assert printed.split()[0] == "60"
    assert len(printed) == len(line(HEADINGS))
