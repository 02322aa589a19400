"""A scene over each kind of database, a mail server beside it, and the figures of the proofs at the end."""

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import pytest

from aftershow.ledger import sending
from tests.proofs.scene import Scene
from tests.proofs.stage import WINDOW, Stage
from tests.servers.mail_sink import MailSink
from tests.support.statements import let_alone

#: Under this name a test reports a line of figures.
FIGURES = "proof"
Report = Callable[[Mapping[str, object]], None]


@pytest.fixture(autouse=True)
def own_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let no setting of the environment change where a scene plays."""
    for name in ("AFTERSHOW_DATABASE_URL", "AFTERSHOW_SECRET"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture(autouse=True)
def own_dialects(monkeypatch: pytest.MonkeyPatch) -> None:
    """Boundaries are counted on the dialect of one engine."""
    let_alone(monkeypatch)


@pytest.fixture
def sink(tmp_path: Path) -> Iterator[MailSink]:
    with MailSink(tmp_path / "taken") as sink:
        yield sink


@pytest.fixture
def scene(tmp_path: Path, database_url: str, sink: MailSink) -> Scene:
    """A workspace over a fresh database, once for each kind, that sends to the sink."""
    scene = Scene(root=tmp_path, url=database_url, port=sink.port)
    scene.write()
    return scene


@pytest.fixture
def stage(scene: Scene, sink: MailSink, monkeypatch: pytest.MonkeyPatch) -> Iterator[Stage]:
    """A scene whose campaign is sent in this process, in small windows."""
    monkeypatch.setattr(sending, "SLICE", WINDOW)
    with scene.engine() as engine, scene.engine() as other:
        yield Stage(scene=scene, sink=sink, engine=engine, other=other)


@pytest.fixture
def report(record_property: Callable[[str, object], None], scene: Scene) -> Report:
    """Takes figures for the summary at the end."""

    def tell(figures: Mapping[str, object]) -> None:
        said = "  ".join(f"{name} {value}" for name, value in figures.items())
        record_property(FIGURES, f"{scene.url.partition(':')[0]:<12}{said}")

    return tell


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print what was proved, in figures."""
    reports = [report for reports in terminalreporter.stats.values() for report in reports]
    called = [report for report in reports if getattr(report, "when", "") == "call"]
    lines = [line for report in called for name, line in report.user_properties if name == FIGURES]
    if lines:
        terminalreporter.section("what the mail server took, beside the ledger")
        for line in lines:
            terminalreporter.line(str(line))
