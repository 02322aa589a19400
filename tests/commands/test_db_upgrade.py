"""The database is brought to this version's tables."""

from pathlib import Path

from tests.commands.conftest import Run


def test_db_upgrade(run: Run, workspace: Path) -> None:
    """Upgrading what is new already says so."""
    ran = run("db", "upgrade", "--json")
    assert (ran.code, ran.document["before"]) == (0, ran.document["after"])
