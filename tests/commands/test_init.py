"""A new workspace is a sound one."""

from pathlib import Path

from tests.commands.conftest import Run


def test_init(run: Run, tmp_path: Path) -> None:
    """A new workspace passes its own check."""
    assert run("init", tmp_path / "new").code == 0
    assert run("check", "--workspace", tmp_path / "new").code == 0
