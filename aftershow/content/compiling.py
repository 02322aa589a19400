"""From a template's files to its parts: everything that is the same for all people, done once."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from aftershow.content.html.document import read_document
from aftershow.content.language.chunks import Chunk, printing
from aftershow.content.language.dialect import CANNOT_COMPILE, HTML, PLAIN, Language, compiled
from aftershow.content.language.files import TemplateFiles
from aftershow.content.language.guards import GuardedEnvironment
from aftershow.content.language.layout import Layout
from aftershow.content.parts import Part
from aftershow.content.sms_segments import count_segments, describe_character

#: Characters that a part may have for one person.
SUBJECT_LIMIT = 400
EMAIL_LIMIT = 1024 * 1024
#: https://www.twilio.com/docs/glossary/what-sms-character-limit
TEXT_LIMIT = 1600
#: A letter, a call brief or an invitation: three pages.
PROSE_LIMIT = 10_000


@dataclass(frozen=True, kw_only=True, slots=True)
class HtmlParts:
    """What email.html compiles to."""

    html: Part
    #: the plain-text part, made from the HTML
    plain: Part
    #: the CSS is inlined for each person
    inline_each: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class Compiler:
    """Compiles the files of one template; None is returned after a mistake was noted with the files."""

    files: TemplateFiles
    #: what a template can name
    names: frozenset[str]
    #: what is worth knowing, though nothing is wrong
    warnings: list[str] = field(default_factory=list)
    #: the names that the parts use, dotted as they are written; some are their own
    used: set[str] = field(default_factory=set)

    def subject(self, path: str) -> Part | None:
        """Return the subject, a text of one line."""
        return self._plain(path, self._flatten(path, PLAIN), SUBJECT_LIMIT)

    def plain(self, path: str) -> Part | None:
        """Return an email's plain part, as it was written."""
        return self._plain(path, self._flatten(path, PLAIN), EMAIL_LIMIT)

    def text(self, path: str) -> Part | None:
        """Return a text message; characters that make it dearer are warned of."""
        chunks = self._flatten(path, PLAIN)
        for chunk in chunks:
            self._warn_of_characters(chunk)
        return self._plain(path, chunks, TEXT_LIMIT)

    def prose(self, path: str) -> Part | None:
        """Return the words of a letter, a call brief or an invitation."""
        return self._plain(path, self._flatten(path, PLAIN), PROSE_LIMIT)

    def html(self, path: str) -> HtmlParts | None:
        """Return an email's HTML, its CSS inlined once where that is proven right, and its plain part."""
        document = read_document(self._flatten(path, HTML), path, self.files, self.names)
        if document is None:
            return None
        if document.difference:
            text = f"{document.difference}, so it is inlined for each person, some hundred times slower"
            self.warnings.append(f"{self.files.place(path)}: {text}")
        html = self._part(path, HTML, document.html_source(self.files), EMAIL_LIMIT)
        plain = self._part(path, PLAIN, document.plain_source(self.files), EMAIL_LIMIT)
        if html is None or plain is None:
            return None
        return HtmlParts(html=html, plain=plain, inline_each=document.difference is not None)

    def _flatten(self, path: str, environment: GuardedEnvironment) -> list[Chunk]:
        """Return the pieces of a file, without any where it or its layout can't be read."""
        known = len(self.files.problems)
        language = Language(names=self.names, environment=environment)
        chunks = Layout(files=self.files, language=language).flatten(path)
        if len(self.files.problems) > known:
            return []
        self.used.update(name for chunk in chunks for _, name in chunk.names)
        try:
            for chunk, line, text in language.unknown_names(chunks):
                self.files.complain(chunk.file, line, text)
        except CANNOT_COMPILE as error:
            self.files.complain(path, None, f"it can't be compiled: {error}")
        return chunks

    def _plain(self, path: str, chunks: Sequence[Chunk], limit: int) -> Part | None:
        return self._part(
            path, PLAIN, "".join(printing(chunk, self.files.place(chunk.file)) for chunk in chunks), limit
        )

    def _part(self, path: str, environment: GuardedEnvironment, source: str, limit: int) -> Part | None:
        try:
            template = compiled(environment, source)
        except CANNOT_COMPILE as error:
            self.files.complain(path, None, f"it can't be compiled: {error}")
            return None
        return Part(place=self.files.place(path), template=template, source=source, limit=limit)

    def _warn_of_characters(self, chunk: Chunk) -> None:
        for number, text in enumerate(chunk.source.split("\n")):
            for char in count_segments(text).forced_by:
                why = f"{describe_character(char)}: with it a segment takes 70 characters, not 160"
                self.warnings.append(f"{self.files.place(chunk.file)}:{chunk.line + number}: {why}")
