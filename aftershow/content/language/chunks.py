"""A template's source in pieces: fixed text, expressions and tags, each with its file and line."""

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import Enum

from jinja2 import Environment

#: A token of Jinja2's lexer: line, kind, text.
Token = tuple[int, str, str]


class Kind(Enum):
    """What a piece of a template is."""

    #: fixed text
    TEXT = "text"
    #: {{ an expression }}
    OUTPUT = "output"
    #: {% a tag %}
    TAG = "tag"


@dataclass(frozen=True, kw_only=True, slots=True)
class Chunk:
    """One piece of a template."""

    kind: Kind
    #: the file, as a path inside the folder of templates
    file: str
    #: the line in that file where it begins, counted from 1
    line: int
    #: the fixed text, or what stands between the braces
    inner: str
    #: the braces, with their signs for white space
    opening: str = ""
    closing: str = ""
    #: the dotted names in it, such as show.name, with their lines
    names: tuple[tuple[int, str], ...] = ()

    @property
    def word(self) -> str:
        """The first word of a tag, such as `if`; empty for anything else."""
        words = self.inner.split(maxsplit=1)
        return words[0] if self.kind is Kind.TAG and words else ""

    @property
    def source(self) -> str:
        """The piece as Jinja2 reads it."""
        if self.kind is Kind.TEXT:
            return fixed(self.inner)
        return self.opening + self.inner + self.closing


def split(environment: Environment, source: str, file: str) -> list[Chunk]:
    """Return the pieces of one file, comments left out; the source must be free of syntax errors."""
    chunks = []
    tokens = iter(environment.lexer.tokeniter(source, file))
    for line, what, value in tokens:
        if what == "data":
            chunks.append(Chunk(kind=Kind.TEXT, file=file, line=line, inner=value))
        elif what == "variable_begin":
            chunks.append(_braced(Kind.OUTPUT, file, (line, what, value), tokens))
        elif what == "block_begin":
            chunks.append(_braced(Kind.TAG, file, (line, what, value), tokens))
    return chunks


def printing(chunk: Chunk, place: str, guard: str = "") -> str:
    """Return a piece's source such that what it prints is checked, and named with its place when it can't be.

    `place` is the file as people name it; `guard` a filter that the value must pass first.
    """
    if chunk.kind is not Kind.OUTPUT:
        return chunk.source
    expression = json.dumps(" ".join(chunk.inner.split())[:80], ensure_ascii=False)
    where = json.dumps(f"{place}:{chunk.line}", ensure_ascii=False)
    checks = f"|{guard}|_shown" if guard else "|_shown"
    return f"{chunk.opening} ({chunk.inner}){checks}({expression}, {where}) {chunk.closing}"


def fixed(text: str) -> str:
    """Return fixed text as Jinja2 source: a brace that could begin a tag is written as an expression."""
    return re.sub(r"\{(?=[{%#]|\Z)", '{{ "{" }}', text)


def _braced(kind: Kind, file: str, opening: Token, tokens: Iterator[Token]) -> Chunk:
    inner: list[Token] = []
    for line, what, value in tokens:
        if what in ("variable_end", "block_end"):
            return Chunk(
                kind=kind,
                file=file,
                line=opening[0],
                opening=opening[2],
                inner="".join(part for _, _, part in inner),
                closing=value,
                names=tuple(_dotted_names(inner)),
            )
        inner.append((line, what, value))
    raise AssertionError("the parser lets no open brace through")


def _dotted_names(tokens: Sequence[Token]) -> Iterator[tuple[int, str]]:
    """Yield the names; those of filters and keyword arguments are among them."""
    path, since, before = "", 0, ""
    for line, what, value in tokens:
        if what == "whitespace":
            continue
        if what == "name" and before == "." and path:
            path += f".{value}"
        elif value != "." or not path:
            if path:
                yield since, path
            path, since = (value, line) if what == "name" and before != "." else ("", 0)
        before = value
    if path:
        yield since, path
