"""The desk of the tests of leads, on both databases, and the demo's workspace."""

from pathlib import Path

import pytest
from sqlalchemy import Engine

from aftershow.workspace.workspace import Workspace, load_workspace
from tests.leads.desk import Desk


@pytest.fixture(scope="session")
def workspace() -> Workspace:
    """The repository's own workspace, which is the demo."""
    return load_workspace(Path(__file__).parents[2], {})


@pytest.fixture
def desk(engine: Engine, workspace: Workspace, tmp_path: Path) -> Desk:
    """A desk on each of the databases, one after the other."""
    return Desk(engine=engine, settings=workspace.settings, folder=tmp_path)


@pytest.fixture
def sqlite_desk(sqlite_engine: Engine, workspace: Workspace, tmp_path: Path) -> Desk:
    """A desk on SQLite, for what does not depend on the database."""
    return Desk(engine=sqlite_engine, settings=workspace.settings, folder=tmp_path)
