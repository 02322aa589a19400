"""Deployments follow the files, on a server that is there."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from prefect.settings import PREFECT_API_URL, temporary_settings

from tests.commands.conftest import Run
from tests.flows.conftest import asking


@pytest.fixture
def empty_server(prefect_api: str) -> Iterator[None]:
    """The server of the tests, to which other tests deploy other workspaces."""
    yield
    with asking() as prefect:
        for one in prefect.client.read_deployments(limit=200):
            prefect.client.delete_deployment(one.id)


def test_without_a_server(run: Run, unchanged: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where no server is named, one line says how to get one."""
    monkeypatch.delenv("PREFECT_API_URL", raising=False)
    with temporary_settings({PREFECT_API_URL: None}):
        ran = run("deploy")
    assert (ran.code, ran.out) == (1, "")
    assert "aftershow up" in ran.err


def test_what_changed(run: Run, unchanged: Path, empty_server: None) -> None:
    """The first time all are deployed, the second none."""
    first, again = (run("deploy", "--json") for _ in range(2))
    assert (first.code, list(first.document)) == (0, ["deployed", "removed", "unchanged"])
    assert "run-campaign/midwest-leads" in first.document["deployed"]
    assert (again.document["deployed"], again.document["unchanged"]) == ([], first.document["deployed"])
