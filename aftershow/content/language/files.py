"""The files of templates/, read with care: bounded in size, never through a link, never from outside."""

import difflib
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path

from aftershow.errors import ContentError, Problem
from aftershow.workspace.yaml.inside import leads_out

#: No file of a template is longer.
FILE_LIMIT = 256 * 1024
#: So many mistakes are listed; finding out what each was meant to be takes time.
PROBLEMS_LIMIT = 100

_FOLDER = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]*")
_FILE = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_-]*(?:/[A-Za-z0-9][A-Za-z0-9_.-]*)+")


@dataclass(frozen=True, kw_only=True, slots=True)
class TemplateFiles:
    """The folder templates/ and what was found wrong in it."""

    root: Path
    problems: list[Problem] = field(default_factory=list)
    #: the hashes of the texts that were read, by path
    hashes: dict[str, str] = field(default_factory=dict)

    def place(self, path: str) -> str:
        """Return a path inside the folder as people name it, such as templates/thanks/email.html."""
        return f"{self.root.name}/{path}"

    def complain(self, path: str, line: int | None, text: str) -> None:
        """Note a mistake, once; raises ContentError with all of them when there are enough for a day."""
        problem = Problem(file=self.place(path), line=line, text=text)
        if problem not in self.problems:
            self.problems.append(problem)
        if len(self.problems) >= PROBLEMS_LIMIT:
            raise ContentError(problems=self.problems)

    def folder(self, name: str) -> Path:
        """Return the folder of a message; raises ContentError, with the nearest name, when there is none."""
        if leads_out(self.root.parent, self.root):
            text = "is a link out of the workspace, and links are not followed: put the folder itself there"
            raise ContentError(problems=[Problem(file=self.root.name, text=text)])
        folder = self.root / name
        if _FOLDER.fullmatch(name) and folder.is_dir() and not folder.is_symlink():
            return folder
        there = [entry.name for entry in self.root.iterdir() if entry.is_dir()] if self.root.is_dir() else []
        text = f"there is no template `{name}`{did_you_mean(name, there)}"
        raise ContentError(problems=[Problem(file=self.root.name, text=text)])

    def read(self, path: str, *, asked_by: tuple[str, int] | None = None) -> str | None:
        """Return the text of a file inside templates/, or None after noting why it can't be used.

        `asked_by` is the file and the line that want it.
        """
        try:
            text = self._text(path)
        except ValueError as error:
            at, line = asked_by or (path, None)
            self.complain(at, line, f"`{path}` {error}" if asked_by else str(error))
            return None
        self.hashes[path] = _hash(text)
        return text

    def still_has(self, path: str, hash_: str) -> bool:
        """Tell whether a file can be read and has the text that had this hash."""
        try:
            return _hash(self._text(path)) == hash_
        except (ValueError, OSError):
            return False

    def _text(self, path: str) -> str:
        file = self.root / path
        if not _FILE.fullmatch(path):
            raise ValueError("is not the path of a file inside the templates, such as base/email.html")
        if any((self.root / part).is_symlink() for part in _prefixes(path)):
            raise ValueError("is a link, and links are not followed: put the file itself there")
        if not file.is_file():
            there = [f"{file.parent.name}/{entry.name}" for entry in file.parent.glob("*") if entry.is_file()]
            raise ValueError(f"is not there{did_you_mean(path, there)}")
        if file.stat().st_size > FILE_LIMIT:
            raise ValueError(f"is longer than {FILE_LIMIT // 1024} KB")
        try:
            return file.read_text(encoding="utf-8-sig")
        except UnicodeDecodeError as error:
            raise ValueError("is not UTF-8: save it as UTF-8") from error


def did_you_mean(name: str, there: Iterable[str]) -> str:
    """Return `, did you mean x?` for the nearest of the names that exist, or nothing."""
    near = difflib.get_close_matches(name, sorted(there), n=1, cutoff=0.6)
    return f", did you mean `{near[0]}`?" if near else ""


def _hash(text: str) -> str:
    return sha256(text.encode()).hexdigest()


def _prefixes(path: str) -> Iterable[str]:
    parts = path.split("/")
    return ("/".join(parts[: end + 1]) for end in range(len(parts)))
