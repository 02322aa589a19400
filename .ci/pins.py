"""Write constraints.txt anew: what is installed here, with the hashes of the files that may stand for it.

    .venv/bin/python .ci/pins.py        after `make bench`, so that everything is installed

Three parts: what Aftershow needs to run, what the tests need beside it, what the benchmarks need beside that.
The hashes are those of the package index that pip asks; its address is not written down. A package without
wheels is pinned by its source.
"""

import os
import re
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from importlib.metadata import PackageNotFoundError, distribution
from itertools import product
from pathlib import Path
from typing import Any

import httpx
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

ROOT = Path(__file__).parent.parent
HEAD = """\
# The versions that Aftershow was tested with, and the hashes of their files (sha256). Made by: .ci/pins.py
# pip takes a part of it with --require-hashes; the Makefile cuts it at the lines that begin with "# To ".
"""
#: The extras of pyproject.toml, and what each part of the file is for.
PARTS = {"": "# To run", "dev": "# To test", "bench": "# To measure"}
#: What building Aftershow itself needs, which pip would otherwise fetch by itself, unchecked.
BUILDS = ("hatchling", "editables")
PYTHONS = ("3.11", "3.12", "3.13")
SYSTEMS = {"linux": "Linux", "darwin": "Darwin"}
_TAGS = re.compile(r"(cp311|cp312|cp313|py3|py2\.py3|(cp3\d+)-abi3)")
_PLATFORMS = re.compile(r"any|manylinux.*_(x86_64|aarch64)|macosx.*_(x86_64|arm64|universal2)")


def main() -> None:
    """Write the file."""
    written, lines = {"aftershow"}, [HEAD]
    for extra, title in PARTS.items():
        needs: dict[str, Requirement] = {}
        for name, extras in (("aftershow", extra), *((name, "") for name in BUILDS)):
            needs |= _closure(Requirement(f"{name}[{extras}]"))
        names = sorted(needs.keys() - written)
        lines += [f"\n{title}\n", *(_pin(name, needs[name]) for name in names)]
        written.update(names)
    (ROOT / "constraints.txt").write_text("".join(lines))


def _closure(root: Requirement) -> dict[str, Requirement]:
    """Return a package and all that it needs, by name, on any system and Python that we support."""
    found: dict[str, Requirement] = {}
    seen, waiting = set[tuple[str, frozenset[str]]](), [root]
    while waiting:
        need = waiting.pop()
        one = canonicalize_name(need.name), frozenset(need.extras) | {""}
        found.setdefault(one[0], need)
        if one not in seen and _is_here(need.name):
            more = map(Requirement, distribution(need.name).requires or [])
            waiting += [other for other in more if _applies(other, one[1])]
        seen.add(one)
    return found


def _is_here(name: str) -> bool:
    try:
        return bool(distribution(name))
    except PackageNotFoundError:
        return False


def _applies(need: Requirement, extras: frozenset[str]) -> bool:
    if need.marker is None:
        return True
    return any(
        need.marker.evaluate(
            {
                "extra": extra,
                "python_version": python,
                "python_full_version": f"{python}.0",
                "sys_platform": system,
                "platform_system": SYSTEMS[system],
            }
        )
        for extra, python, system in product(extras, PYTHONS, SYSTEMS)
    )


def _pin(name: str, need: Requirement) -> str:
    """Return the lines of a package; one that another Python or system needs is as new as may be."""
    files = _files(name)
    if _is_here(name):
        version, when = distribution(name).version, ""
    else:
        versions = {file["filename"].split("-")[1] for file in files if _fits(file["filename"])}
        version, when = max(need.specifier.filter(versions), key=Version), f" ; {need.marker}"
    hashes = " \\\n".join(f"    --hash=sha256:{value}" for value in sorted(_hashes(files, version)))
    return f"{name}=={version}{when} \\\n{hashes}\n"


def _hashes(files: Sequence[Mapping[str, Any]], version: str) -> Iterator[str]:
    ours = [file for file in files if _is_of(file["filename"], version)]
    wheels = [file for file in ours if _fits(file["filename"])]
    for file in wheels or ours:
        yield file["hashes"]["sha256"]


def _files(name: str) -> list[Mapping[str, Any]]:
    answer = httpx.get(
        f"{_index()}/{name}/",
        headers={"Accept": "application/vnd.pypi.simple.v1+json"},
        follow_redirects=True,
        timeout=60,
    )
    return list(answer.raise_for_status().json()["files"])


def _index() -> str:
    from pip._internal.models.index import PyPI

    asked = subprocess.run(
        [sys.executable, "-m", "pip", "config", "get", "global.index-url"], capture_output=True, text=True
    ).stdout.strip()
    return (os.environ.get("PIP_INDEX_URL") or asked or str(PyPI.simple_url)).rstrip("/")


def _is_of(file: str, version: str) -> bool:
    if file.endswith(".whl"):
        return file.split("-")[1] == version
    return file.endswith(f"-{version}.tar.gz")


def _fits(file: str) -> bool:
    if not file.endswith(".whl"):
        return False
    python, abi, platform = file.removesuffix(".whl").rsplit("-", 3)[1:]
    tag = f"{python}-{abi}" if abi == "abi3" else python
    return bool(_TAGS.fullmatch(tag) and any(_PLATFORMS.fullmatch(one) for one in platform.split(".")))


if __name__ == "__main__":
    main()
