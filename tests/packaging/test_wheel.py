"""Whoever installs the wheel has all of Aftershow, the sample workspace included."""

import shutil
import signal
import subprocess
import zipfile
from importlib.metadata import version
from pathlib import Path

import pytest

from tests.packaging.installed import ROOT, Installed, beside_the_tests, build_sdist, build_wheel
from tests.servers.prefect_server import free_port

CODE = ("aftershow", "connectors", "flows")
SAMPLE = ("config", "templates", "leads")
#: The command that plays the demo, but no time passes.
NO_TIME = """
import sys
from datetime import timedelta
from aftershow.cli import main
from aftershow.demo import playing

playing.UNTIL = playing.START - timedelta(minutes=1)
sys.argv = ["aftershow", "demo"]
main()
"""


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built out of the source archive."""
    folder = tmp_path_factory.mktemp("dist")
    return build_wheel(build_sdist(folder), folder)


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Installed:
    """The wheel in an environment of its own, quickly."""
    return beside_the_tests(wheel, tmp_path_factory.mktemp("installed"))


def files(folder: str) -> set[str]:
    """Return the files of a folder of the checkout, but what Python keeps beside its modules."""
    found = (ROOT / folder).rglob("*")
    return {
        str(file.relative_to(ROOT)) for file in found if file.is_file() and "__pycache__" not in file.parts
    }


def test_everything_is_in_the_wheel(wheel: Path) -> None:
    """Modules, migrations, the starter and the sample are in it, and nothing of the tests."""
    code, sample = set().union(*map(files, CODE)), set().union(*map(files, SAMPLE))
    with zipfile.ZipFile(wheel) as archive:
        there = {name for name in archive.namelist() if ".dist-info/" not in name}
    assert there == code | {f"aftershow/demo/workspace/{name}" for name in sample}


def test_its_own_modules_are_used(installed: Installed) -> None:
    """What the next tests try is the wheel, not this checkout."""
    said = installed.run(
        "python", "-c", "import aftershow, connectors, flows; print(aftershow.__path__, flows.__path__)"
    )
    assert said.count(str(installed.environment)) == 2
    assert str(ROOT) not in said


def test_it_says_its_version(installed: Installed) -> None:
    """`aftershow --version` says the version that pip knows."""
    assert installed.run("aftershow", "--version") == f"aftershow {version('aftershow')}\n"


def test_a_new_workspace_is_sound(installed: Installed) -> None:
    """`init` and `check` need nothing but the wheel."""
    installed.run("aftershow", "init", "new")
    assert "All good" in installed.run("aftershow", "check", "--workspace", "new")


def test_the_demo_finds_the_sample(installed: Installed) -> None:
    """`aftershow demo` in an empty folder takes all of the sample workspace along."""
    assert "Look around" in installed.run("python", "-c", NO_TIME)
    taken = {
        str(file.relative_to(installed.home / "demo"))
        for folder in SAMPLE
        for file in (installed.home / "demo" / folder).rglob("*")
        if file.is_file()
    }
    assert taken == set().union(*map(files, SAMPLE))


@pytest.mark.proof
@pytest.mark.parametrize("python", ["python3.11", "python3.12", "python3.13"])
def test_all_of_it_with_the_pins(wheel: Path, python: str, tmp_path: Path) -> None:
    """In an environment that has the pins and the wheel, everything goes: commands, demo, Prefect's runs."""
    installed = from_pins(wheel, interpreter(python), tmp_path)
    assert installed.run("aftershow", "--version").startswith("aftershow ")
    installed.run("aftershow", "init", "w")
    thank_at_once(installed.home / "w")
    assert "All good" in installed.run("aftershow", "check", "--workspace", "w")
    installed.run("aftershow", "import", "w/leads/my-show/leads.csv", "--show", "my-show", "--workspace", "w")
    assert "1 message would go out" in installed.run("aftershow", "plan", "thank-you", "--workspace", "w")
    installed.run("aftershow", "run", "thank-you", "--workspace", "w")
    assert len(list((installed.home / "w" / "outbox" / "email").iterdir())) == 1
    a_run_of_a_worker(installed, "w")
    assert "2026-11-20 to 2027-03-13" in installed.run("aftershow", "demo")


def interpreter(name: str) -> str:
    """Return the path of an interpreter, or skip the test where there is none."""
    found = shutil.which(name) or name
    try:
        asked = [found, "-c", "import sys; print(sys.executable)"]
        return subprocess.run(asked, text=True, capture_output=True, check=True).stdout.strip()
    except (OSError, subprocess.CalledProcessError):
        pytest.skip(f"there is no {name}")


def from_pins(wheel: Path, python: str, folder: Path) -> Installed:
    """Install the pins that running takes, and the wheel, in an empty environment, as the Makefile does."""
    installed = Installed(environment=folder / "environment", home=folder / "home")
    installed.home.mkdir()
    subprocess.run([python, "-m", "venv", "--without-pip", installed.environment], check=True)
    pins = folder / "to-run.txt"
    pins.write_text((ROOT / "constraints.txt").read_text().partition("\n# To test")[0])
    installed.pip("install", "--no-deps", "--require-hashes", "--requirement", str(pins))
    installed.pip("install", "--no-deps", "--no-index", str(wheel))
    installed.pip("check")
    return installed


def thank_at_once(workspace: Path) -> None:
    """Give a new workspace a lead who said yes, and a campaign that waits for nothing."""
    campaign = workspace / "config" / "campaigns" / "thank-you.yaml"
    campaign.write_text(campaign.read_text().replace("    after: 4 hours\n", ""))
    show = workspace / "config" / "shows" / "my-show.yaml"
    show.write_text(
        f"{show.read_text()}\npermissions: [{{channel: email, answer: yes, wording: You may write to me.}}]\n"
    )
    leads = workspace / "leads" / "my-show" / "leads.csv"
    leads.write_text("First name,Last name,Email\nAna,Ruiz,ana.ruiz@example.com\n")


def a_run_of_a_worker(installed: Installed, workspace: str) -> None:
    """Bring everything up, let its worker take a turn of the campaign, and stop it."""
    command = [str(installed.environment / "bin" / "aftershow"), "up", "--port", str(free_port())]
    with subprocess.Popen(
        [*command, "--workspace", workspace],
        cwd=installed.home,
        env=installed.variables,
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    ) as up:
        try:
            said = iter(up.stdout or ())
            assert any("deployments are up" in line for line in said)
            asked = "prefect deployment run run-campaign/thank-you --watch"
            installed.run("sh", "-c", f". {workspace}/.prefect/login.sh && {asked}")
        finally:
            up.send_signal(signal.SIGTERM)
        assert any(line == "Stopped.\n" for line in said)
    assert up.returncode == 0
