"""An email's HTML, taken apart once and put together again with its CSS inlined."""

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from aftershow.content.html.browser import unexpected
from aftershow.content.html.inlining import inline_css
from aftershow.content.html.inlining_proof import find_difference
from aftershow.content.html.marks import Marked, Spot
from aftershow.content.html.markup import read_spots
from aftershow.content.html.origins import Origins
from aftershow.content.html.plain import loose_text
from aftershow.content.html.samples import Samples
from aftershow.content.language.chunks import Chunk, Kind, printing
from aftershow.content.language.dialect import HTML
from aftershow.content.language.files import TemplateFiles
from aftershow.errors import ContentError

#: What belongs to a page, or into its head.
_OF_PAGE = re.compile(r"<(?:!doctype|html|head|body|title|meta|style)\b", re.ASCII | re.IGNORECASE)


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
            return self._guarded(number, files)

        return self.marked.put_back(self.written if self.difference else self.inlined, write)

    def plain_source(self, files: TemplateFiles) -> str:
        """Return the plain-text part as a Jinja2 source."""

        def write(number: int) -> str:
            chunk = self.marked.chunks[number]
            # The signs keep the line ends around the tag: they are the text's, not the HTML's.
            return f"{{%+ {chunk.inner} +%}}" if chunk.kind is Kind.TAG else self._guarded(number, files)

        return self.marked.put_back(self.marked.without_echoes(loose_text(self.inlined)), write)

    def _guarded(self, number: int, files: TemplateFiles) -> str:
        chunk = self.marked.chunks[number]
        return printing(chunk, files.place(chunk.file), self.spots[number].guard)


def read_document(
    chunks: Sequence[Chunk], path: str, files: TemplateFiles, names: Collection[str]
) -> Document | None:
    """Return a template of HTML, read and inlined, or None after noting what is wrong with it.

    `names` are those of the data that it can print.
    """
    known = len(files.problems)
    marked = Marked(chunks)
    if not marked.text.strip():
        if not known:
            files.complain(path, None, "is empty")
        return None
    try:
        origins = Origins(chunks, HTML, names)
        spots = read_spots(
            marked.text, marked, origins, lambda at, text: files.complain(*marked.place(at), text)
        )
        if len(files.problems) > known:
            return None
        document, mistakes = _inlined(marked, spots, origins)
    except Exception as error:  # noqa: BLE001 -- four libraries parse here what a stranger wrote
        files.complain(path, None, f"its HTML or CSS can't be read ({type(error).__name__}: {error})")
        return None
    for text in mistakes:
        files.complain(path, None, f"when it is sent, {text}")
    return None if mistakes else document


def inline_for_one(html: str, place: str) -> str:
    """Return one person's mail with its CSS inlined; raises ContentError for what no mail may have.

    `place` is the template's file, as people name it.
    """
    try:
        mail = inline_css(html)
    except MemoryError:
        raise
    except Exception as error:  # noqa: BLE001  libraries parse here what a stranger wrote
        text = f"its CSS can't be inlined for this person ({type(error).__name__})"
        raise ContentError(f"{place}: {text}") from None
    if _mistakes_in(mail):
        # Not which: it may quote what the person wrote.
        raise ContentError(f"{place}: its HTML for this person has what no email may have")
    return mail


def _inlined(marked: Marked, spots: dict[int, Spot], origins: Origins) -> tuple[Document, list[str]]:
    """Return the document, and what is wrong with what would be sent of it."""
    tags = {number for number, chunk in enumerate(marked.chunks) if chunk.kind is Kind.TAG}
    written = marked.with_comments({number for number in tags if spots[number].place == "text"})
    if not _OF_PAGE.search(written):
        # Otherwise a tag that begins the text would stand before the page, and what it holds would not.
        written = f"<body>{written}</body>"
    inlined = inline_css(written)
    samples = Samples(marked, spots)
    difference = find_difference(marked, spots, samples, inlined, written)
    document = Document(marked=marked, spots=spots, written=written, inlined=inlined, difference=difference)
    mistakes: list[str] = []
    source = samples.template(written if difference else inlined)
    if difference:
        mails = [inline_css(source.render(samples.names(choice))) for choice in samples.choices[:2]]
        return document, [text for mail in mails for text in _mistakes_in(mail)]
    again = read_spots(inlined, marked, origins, lambda _, text: mistakes.append(text))
    if again != spots:
        mistakes.append("an expression or tag stands elsewhere than where it was written")
    mails = [source.render(samples.names(choice)) for choice in samples.choices]
    return document, [*mistakes, *(text for mail in mails for text in unexpected(mail))]


def _mistakes_in(mail: str) -> list[str]:
    """Return what is wrong with a mail, as it is sent."""
    text = Chunk(kind=Kind.TEXT, file="", line=1, inner=mail)
    mistakes: list[str] = []
    read_spots(mail, Marked([text]), Origins((), HTML, ()), lambda _, text: mistakes.append(text))
    return [*mistakes, *unexpected(mail)]
