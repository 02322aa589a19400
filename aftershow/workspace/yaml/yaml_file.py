"""One YAML file of the workspace, which knows where each of its values stands."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from hashlib import sha256
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from aftershow.errors import Problem, WorkspaceError
from aftershow.workspace.yaml.inside import leads_out
from aftershow.workspace.yaml.reading import Document, dotted, parse
from aftershow.workspace.yaml.wording import Place, explain

M = TypeVar("M", bound=BaseModel)
T = TypeVar("T")

#: bytes; the largest file that is read
MAX_BYTES = 1_000_000


@dataclass(frozen=True, kw_only=True, slots=True)
class YamlFile:
    """A YAML 1.2 file as it was read."""

    #: relative to the workspace, with forward slashes
    file: str
    #: as it stands in the file, without a byte-order mark
    text: str
    #: plain values: dict, list, str, int, float, bool, None; keys are text
    data: Any
    #: the line of each key and list item, counted from 1
    lines: Mapping[Place, int]

    @classmethod
    def load(cls, root: Path, file: str) -> "YamlFile":
        """Read the file `file` of the workspace `root`.

        Raises WorkspaceError when it can't be read, lies outside by a link, is larger than MAX_BYTES, is not
        UTF-8 or not YAML 1.2.
        """
        return cls.parse(file, _decode(file, _read(root, file)))

    @classmethod
    def parse(cls, file: str, text: str) -> "YamlFile":
        """Take `text` as the content of `file`. Raises WorkspaceError when it is not YAML 1.2."""
        document = _parsed(file, text)
        return cls(file=file, text=text, data=document.data, lines=document.lines)

    @property
    def sha256(self) -> str:
        """The hash of the text in UTF-8, 64 hex digits."""
        return sha256(self.text.encode()).hexdigest()

    def line_of(self, place: Place) -> int:
        """Return the line of a key or list item, or of the nearest thing around it that the file has."""
        while place not in self.lines:
            place = place[:-1]
        return self.lines[place]

    def problem(self, place: Place, text: str) -> Problem:
        """Return a mistake at a place. A place counts list items from 0; the problem names them from 1."""
        return Problem(file=self.file, line=self.line_of(place), path=dotted(place), text=text)

    def read(self, model: type[M]) -> M:
        """Return the file as a model. Raises WorkspaceError with all its mistakes."""
        return self.validate(model, self.data)

    def validate(self, model: type[M], data: Any, at: Place = ()) -> M:
        """Return `data`, which stand at `at`, as a model. Raises WorkspaceError with all their mistakes."""
        try:
            # JSON has the types of YAML: what a strict model takes from JSON text, YAML may hold.
            return model.model_validate_json(json.dumps(data))
        except ValidationError as error:
            mistakes = explain(model, error)
        problems = [self.problem((*at, *place), text) for place, text in mistakes]
        raise WorkspaceError(sorted(problems, key=lambda problem: problem.line or 0))


def collect(problems: list[Problem], read: Callable[[], T]) -> T | None:
    """Return what `read` returns, or None when it raises WorkspaceError, whose problems join the list."""
    try:
        return read()
    except WorkspaceError as error:
        problems.extend(error.problems)
        return None


@lru_cache(maxsize=256)
def _parsed(file: str, text: str) -> Document:
    # A worker reads the same files at every turn, and YAML takes ten milliseconds each.
    return parse(file, text)


def _read(root: Path, file: str) -> bytes:
    path = root / file
    if leads_out(root, path):
        text = "a link leads out of the workspace, and such links are not followed: put the file itself here"
        raise WorkspaceError([Problem(file=file, text=text)])
    if not path.is_file():
        raise WorkspaceError([Problem(file=file, text="there is no such file")])
    try:
        with path.open("rb") as stream:
            raw = stream.read(MAX_BYTES + 1)
    except OSError as error:
        raise WorkspaceError([Problem(file=file, text=f"can't be read: {error.strerror}")]) from error
    if len(raw) > MAX_BYTES:
        raise WorkspaceError([Problem(file=file, text="larger than 1 MB: this can't be what was meant")])
    return raw


def _decode(file: str, raw: bytes) -> str:
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        problem = Problem(file=file, line=line, text="a character is not UTF-8: save the file as UTF-8")
        raise WorkspaceError([problem]) from None
