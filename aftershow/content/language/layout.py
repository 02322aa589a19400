"""Layout, blocks and partials put into one template, before anything is compiled.

CSS can only be inlined into a whole document, so `extends`, `block` and `include` are resolved here, once,
with Jinja2's meaning; the names of files are fixed texts.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from jinja2 import TemplateSyntaxError

from aftershow.content.language.chunks import Chunk, Kind, split
from aftershow.content.language.dialect import Language
from aftershow.content.language.files import TemplateFiles

#: How many files one template may be made of, each super() counted, and how long it may be with all put in.
FILES_LIMIT = 300
LENGTH_LIMIT = 1024 * 1024

_FIXED_NAME = re.compile(r"""\s*(?:extends|include)\s+(["'])(?P<path>[^"']+)\1\s*""")
_BLOCK_NAME = re.compile(r"\s*block\s+(?P<name>\w+)\s*(?:scoped|required)?\s*")


@dataclass(frozen=True, kw_only=True, slots=True)
class Layout:
    """Reads templates and puts their parts together; what is wrong is noted with the files."""

    files: TemplateFiles
    language: Language
    #: block name to its bodies, the most derived first; of the template being put together
    _blocks: dict[str, list[list[Chunk]]] = field(default_factory=dict)
    #: the files that it has taken so far, and those of its super()
    _taken: list[str] = field(default_factory=list)

    def flatten(self, path: str) -> list[Chunk]:
        """Return the pieces of a template with its layout and partials put in."""
        self._blocks.clear()
        self._taken.clear()
        opening: list[Chunk] = []
        chunks = self._load(path)
        while (layout := _find_layout(chunks)) is not None:
            self._gather_blocks(chunks)
            opening += self._outside_of_blocks(chunks)
            chunks = self._load_named(layout)
        self._gather_blocks(chunks)
        try:
            return [*opening, *self._bounded(path, self._expand(chunks))]
        except RecursionError:
            self.files.complain(path, None, "its blocks or partials contain each other")
            return []

    def _load(self, path: str, asked_by: tuple[str, int] | None = None) -> list[Chunk]:
        if not self._has_room_for(path):
            return []
        source = self.files.read(path, asked_by=asked_by)
        return [] if source is None else self._parsed(path, source)

    def _has_room_for(self, path: str) -> bool:
        """Count a file, or a block of one that super() stands for; complain where there are too many."""
        self._taken.append(path)
        if len(self._taken) > FILES_LIMIT:
            text = f"is made of more than {FILES_LIMIT} files and super(), or in a circle"
            self.files.complain(self._taken[0], None, text)
        return len(self._taken) <= FILES_LIMIT

    def _parsed(self, path: str, source: str) -> list[Chunk]:
        try:
            mistakes = list(self.language.mistakes(source))
        except TemplateSyntaxError as error:
            mistakes = [(error.lineno, error.message or "this can't be read")]
        except RecursionError:
            mistakes = [(1, "its expressions are nested too deeply")]
        for line, text in mistakes:
            self.files.complain(path, line, text)
        return [] if mistakes else split(self.language.environment, source, path)

    def _load_named(self, tag: Chunk) -> list[Chunk]:
        match = _FIXED_NAME.fullmatch(tag.inner)
        if match is not None:
            return self._load(match["path"], asked_by=(tag.file, tag.line))
        text = f'write the name of the file, as in {{% {tag.word} "base/email.html" %}}'
        self.files.complain(tag.file, tag.line, text)
        return []

    def _gather_blocks(self, chunks: list[Chunk]) -> None:
        seen = set()
        for start, chunk in enumerate(chunks):
            if chunk.word != "block":
                continue
            name = _block_name(chunk)
            if name in seen:
                self.files.complain(chunk.file, chunk.line, f"there are two blocks named `{name}`")
            seen.add(name)
            self._blocks.setdefault(name, []).append(chunks[start + 1 : _end_of_block(chunks, start)])

    def _outside_of_blocks(self, chunks: list[Chunk]) -> Iterator[Chunk]:
        """Yield what a template sets outside of its blocks; the layout sees it."""
        depth = 0
        for chunk in chunks:
            depth += (chunk.word == "block") - (chunk.word == "endblock")
            if depth == 0 and chunk.word == "set":
                yield chunk
            elif depth == 0 and chunk.word not in ("", "extends", "endblock"):
                text = f"`{chunk.word}` stands outside of the blocks, where only `set` can"
                self.files.complain(chunk.file, chunk.line, text)

    def _expand(self, chunks: list[Chunk], above: tuple[list[Chunk], ...] = ()) -> Iterator[Chunk]:
        """Yield the pieces with blocks and partials put in; `above` is what super() stands for."""
        resume_at = 0
        for number, chunk in enumerate(chunks):
            if number < resume_at:
                continue
            if chunk.word == "block":
                resume_at = _end_of_block(chunks, number) + 1
                body, *rest = self._blocks[_block_name(chunk)]
                yield from self._expand(body, tuple(rest))
            elif chunk.word == "include":
                yield from self._expand(self._partial(chunk))
            elif chunk.kind is Kind.OUTPUT and chunk.inner.strip() == "super()":
                if above and self._has_room_for(chunk.file):
                    yield from self._expand(above[0], above[1:])
            else:
                yield chunk

    def _partial(self, tag: Chunk) -> list[Chunk]:
        chunks = self._load_named(tag)
        refused = next((chunk for chunk in chunks if chunk.word in ("block", "extends")), None)
        if refused is None:
            return chunks
        self.files.complain(refused.file, refused.line, f"a partial can't have `{refused.word}`")
        return []

    def _bounded(self, path: str, chunks: Iterator[Chunk]) -> list[Chunk]:
        taken, length = [], 0
        for chunk in chunks:
            length += len(chunk.source) + 1
            if length > LENGTH_LIMIT:
                self.files.complain(path, None, "is too long with its layout and partials")
                return []
            taken.append(chunk)
        return taken


def _find_layout(chunks: list[Chunk]) -> Chunk | None:
    return next((chunk for chunk in chunks if chunk.word == "extends"), None)


def _block_name(tag: Chunk) -> str:
    match = _BLOCK_NAME.fullmatch(tag.inner)
    return match["name"] if match else ""


def _end_of_block(chunks: list[Chunk], start: int) -> int:
    depth = 0
    for number in range(start, len(chunks)):
        depth += (chunks[number].word == "block") - (chunks[number].word == "endblock")
        if depth == 0:
            return number
    return len(chunks)
