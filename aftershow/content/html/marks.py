"""A template as HTML, with a mark in the place of each expression and tag.

A mark is a word such as zq12z, which survives every HTML parser wherever it stands. In the place of a tag
between elements the mark becomes a comment, since a parser throws text out from between the rows of a table.
"""

import html
import re
from bisect import bisect_right
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from itertools import accumulate

from aftershow.content.language.chunks import Chunk, Kind, fixed


@dataclass(frozen=True, kw_only=True, slots=True)
class Spot:
    """Where an expression or a tag stands."""

    #: text, title, value (of an attribute), tag (between attributes) or comment
    place: str
    #: the guard that what is printed here must pass, or nothing
    guard: str = ""
    #: what is printed here, or whether it is there, decides which CSS rules hold
    decides_style: bool = False


class Marked:
    """The marked text of a template, and what its marks stand for."""

    def __init__(self, chunks: Sequence[Chunk]) -> None:
        self.chunks = chunks
        written = "".join(chunk.inner for chunk in chunks)
        # References are resolved too: &#122;q1z is no mark.
        self._prefix = _unused_prefix((written + html.unescape(written)).lower())
        self._parts = [
            c.inner if c.kind is Kind.TEXT else f"{self._prefix}{n}z" for n, c in enumerate(chunks)
        ]
        self._starts = list(accumulate(map(len, self._parts), initial=0))
        self._mark = re.compile(rf"{self._prefix}(\d+)z")
        self.text = "".join(self._parts)
        selected = re.findall(r"\[\s*+(?:[\w*-]*+\|\s*+)?([\w:-]++)", self.text.lower())
        self._selected = {"class", "id", *selected}
        # A selector may name an attribute in other letters, as in [\74itle]
        self._escaped = re.search(r"\[[^\[\]]*\\", self.text) is not None

    def numbers_in(self, text: str) -> list[int]:
        """Return the numbers of the pieces whose marks stand in a text, in their order."""
        return [int(number) for number in self._mark.findall(text)]

    def mark(self, number: int) -> str:
        """Return the mark of a piece."""
        return self._parts[number]

    def split(self, text: str) -> list[str | int]:
        """Return a text as fixed parts and the numbers of the pieces between them."""
        parts = self._mark.split(text)
        return [int(part) if odd % 2 else part for odd, part in enumerate(parts)]

    def without_echoes(self, text: str) -> str:
        """Return a plain text where no link prints twice, as in {{ email }} <mailto:{{ email }}>."""

        def shorten(found: re.Match[str]) -> str:
            names = [self.chunks[int(number)].names[:1] for number in (found["text"], found["address"])]
            same = [name for _, name in names[0]] == [name for _, name in names[1]]
            return self._parts[int(found["text"])] if same else found[0]

        mark = self._prefix
        echo = rf"{mark}(?P<text>\d+)z <(?:mailto:|tel:|sms:)?{mark}(?P<address>\d+)z>"
        return re.sub(echo, shorten, text)

    def builds_reference(self, text: str) -> bool:
        """Return whether an expression could finish a reference, as in &{{ name }};."""
        return re.search(rf"&[#\w]*?{self._prefix}\d+z", text) is not None

    def decides_style(self, attribute: str) -> bool:
        """Return whether rules of CSS can depend on what an attribute says."""
        return attribute in self._selected or self._escaped

    def said(self, text: str) -> str:
        """Return a text with the template's own words for its marks."""
        return self._mark.sub(lambda found: self.chunks[int(found[1])].source.strip(), text)

    def place(self, offset: int) -> tuple[str, int]:
        """Return file and line of a place in the marked text."""
        number = max(bisect_right(self._starts, offset, hi=len(self.chunks)) - 1, 0)
        chunk = self.chunks[number]
        return chunk.file, chunk.line + self._parts[number].count("\n", 0, offset - self._starts[number])

    def with_comments(self, numbers: Collection[int]) -> str:
        """Return the marked text with comments for these pieces."""
        return "".join(f"<!--/{part}-->" if n in numbers else part for n, part in enumerate(self._parts))

    def put_back(self, document: str, source_of: Callable[[int], str]) -> str:
        """Return a Jinja2 source: HTML with marks, each mark replaced by the source of its piece."""
        mark = re.compile(rf'<!--/{self._prefix}(\d+)z-->|{self._prefix}(\d+)z(?:="")?')
        pieces, end = [], 0
        for found in mark.finditer(document):
            pieces += [fixed(document[end : found.start()]), source_of(int(found[1] or found[2]))]
            end = found.end()
        return "".join([*pieces, fixed(document[end:])])


def _unused_prefix(text: str) -> str:
    """Return the shortest beginning for marks that the text does not have."""
    prefix = "zq"
    while prefix in text:
        prefix += "q"
    return prefix
