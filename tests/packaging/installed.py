"""Aftershow as people have it who never saw this folder: its wheel, in an environment of its own."""

import os
import subprocess
import sys
import venv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]


@dataclass(frozen=True, kw_only=True, slots=True)
class Installed:
    """A virtual environment, and an empty folder in which its commands run."""

    environment: Path
    home: Path

    @property
    def python(self) -> Path:
        """The interpreter."""
        return self.environment / "bin" / "python"

    @property
    def variables(self) -> Mapping[str, str]:
        """What a person's shell has set who set nothing for Aftershow, Prefect or Python."""
        path = f"{self.environment / 'bin'}:{os.environ.get('PATH', '')}"
        return {"HOME": str(self.home), "PATH": path, "LANG": "C.UTF-8"}

    def run(self, program: str, *words: str) -> str:
        """Run a program, of the environment first, and return what it says; one that fails is shown whole."""
        return called([program, *words], cwd=self.home, env=self.variables)

    def pip(self, *words: str) -> None:
        """Run pip for this environment, with the settings of whoever runs the tests."""
        called([sys.executable, "-m", "pip", "--quiet", "--python", str(self.python), *words])


def build_sdist(into: Path) -> Path:
    """Build the source archive of this checkout."""
    called([sys.executable, "-m", "hatchling", "build", "--target", "sdist", "--directory", str(into)])
    return next(into.glob("*.tar.gz"))


def build_wheel(sdist: Path, into: Path) -> Path:
    """Build the wheel out of a source archive alone."""
    offline = ["--no-deps", "--no-index", "--no-build-isolation"]
    called([sys.executable, "-m", "pip", "--quiet", "wheel", *offline, "--wheel-dir", str(into), str(sdist)])
    return next(into.glob("*.whl"))


def beside_the_tests(wheel: Path, folder: Path) -> Installed:
    """Install a wheel in an empty environment, which finds the packages of the tests, but not our checkout.

    A .pth file names their folder. The .pth files in there are not read, and one of them names the checkout.
    """
    venv.create(folder / "environment", symlinks=True)
    installed = Installed(environment=folder / "environment", home=folder / "home")
    installed.home.mkdir()
    installed.pip("install", "--no-deps", "--no-index", "--no-compile", str(wheel))
    where = "import sysconfig; print(sysconfig.get_path('purelib'))"
    packages = Path(installed.run("python", "-c", where).strip())
    (packages / "of_the_tests.pth").write_text(
        "\n".join(path for path in sys.path if path.endswith("-packages"))
    )
    return installed


def called(command: Sequence[str], *, cwd: Path = ROOT, env: Mapping[str, str] | None = None) -> str:
    """Run a program and return what it says; one that fails is shown whole."""
    ran = subprocess.run(command, cwd=cwd, env=env, text=True, capture_output=True, check=False)
    assert ran.returncode == 0, f"{command} ended with {ran.returncode}:\n{ran.stdout}\n{ran.stderr}"
    return ran.stdout
