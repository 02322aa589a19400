"""Whether two machines have the same files: what one of them sends, the other would send as well."""

from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path

from aftershow.errors import UsageError

#: What decides what people read and who they are.
_FOLDERS = ("config", "templates")


def fingerprint(root: Path) -> str:
    """Return 12 hex digits that stand for the content of a workspace's files, wherever they lie."""
    whole = sha256()
    for path in _files(root):
        name = path.relative_to(root).as_posix()
        whole.update(f"{name}\0{sha256(path.read_bytes()).hexdigest()}\n".encode())
    return whole.hexdigest()[:12]


def require_fingerprint(root: Path, wanted: str) -> None:
    """Raise UsageError when the files at `root` are not those of which `wanted` is the fingerprint."""
    if fingerprint(root) != wanted:
        raise UsageError(
            f"The files in {root} are not those with which the run began: config/, templates/ or connectors/ "
            "differ here. Bring the machines to the same files. Nothing was sent by this helper."
        )


def _files(root: Path) -> Iterator[Path]:
    found = [path for folder in _FOLDERS for path in sorted((root / folder).rglob("*"))]
    # What Python keeps beside them is of the machine.
    found += sorted((root / "connectors").glob("*.py"))
    return (path for path in found if path.is_file() and not path.name.startswith("."))
