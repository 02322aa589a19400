"""An email's HTML, taken apart once and put together again with its CSS inlined."""

from collections.abc import Sequence
from dataclasses import dataclass

from aftershow.content.chunks import Chunk, Kind, printing
from aftershow.content.files import TemplateFiles
from aftershow.content.inlining import inline_css
from aftershow.content.marks import Marked
from aftershow.content.markup import Spot, read_spots
from aftershow.content.plain import loose_text
from aftershow.content.proof import find_difference


@dataclass(frozen=True, kw_only=True, slots=True)
class Document:
    """A template of HTML, both ways: as it was written, and with its CSS inlined."""

    marked: Marked
    spots: dict[int, Spot]
    written: str
    inlined: str
    #: why the CSS must be inlined for each person; None where doing it once is proven right
    difference: str | None

    def html_source(self, files: TemplateFiles) -> str:
        """Return the HTML as a Jinja2 source: inlined, unless that has to be done for each person."""

        def write(number: int) -> str:
            chunk = self.marked.chunks[number]
            return printing(chunk, files.place(chunk.file), self.spots[number].guard)

        return self.marked.put_back(self.written if self.difference else self.inlined, write)

    def plain_source(self, files: TemplateFiles) -> str:
        """Return the plain-text part as a Jinja2 source."""

        def write(number: int) -> str:
            chunk = self.marked.chunks[number]
            # The signs keep the line ends around the tag: they are the text's, not the HTML's.
            return (
                f"{{%+ {chunk.inner} +%}}"
                if chunk.kind is Kind.TAG
                else printing(chunk, files.place(chunk.file))
            )

        return self.marked.put_back(self.marked.without_echoes(loose_text(self.inlined)), write)


def read_document(chunks: Sequence[Chunk], path: str, files: TemplateFiles) -> Document | None:
    """Return a template of HTML, read and inlined, or None after noting what is wrong with it."""
    known = len(files.problems)
    marked = Marked(chunks)
    spots = read_spots(marked, files.complain)
    if len(files.problems) > known or not marked.text.strip():
        return None
    written = marked.with_comments(
        {number for number, spot in spots.items() if spot.place == "text" and chunks[number].kind is Kind.TAG}
    )
    try:
        inlined = inline_css(written)
        difference = find_difference(marked, spots, inlined, written)
    except Exception as error:  # noqa: BLE001 -- four libraries parse here what a stranger wrote
        files.complain(path, None, f"its HTML or CSS can't be read ({type(error).__name__}: {error})")
        return None
    return Document(marked=marked, spots=spots, written=written, inlined=inlined, difference=difference)
