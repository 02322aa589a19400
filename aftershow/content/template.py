"""A template folder, compiled once, that becomes a message for each person.

    templates/thanks/   subject.txt and email.html make an email; email.txt its plain part, where it differs;
                        text.txt makes a text message.

What is the same for all people happens in load_template: reading, checking, inlining CSS, writing the plain
part. Rendering one person's mail then takes microseconds.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from aftershow.content.compiling import Compiler
from aftershow.content.files import TemplateFiles, did_you_mean
from aftershow.content.inlining import in_ascii, inline_css
from aftershow.content.language import CONTENT_NAMES
from aftershow.content.parts import EmailParts, Part, TextParts, one_line, with_budget
from aftershow.content.plain import tidy
from aftershow.content.segments import count_segments
from aftershow.errors import ContentError
from aftershow.words import Channel

#: The files of an email, and that of a text message.
EMAIL_FILES = ("subject.txt", "email.html", "email.txt")
TEXT_FILE = "text.txt"


@dataclass(frozen=True, kw_only=True, slots=True)
class Email:
    """The parts of an email."""

    subject: Part
    html: Part
    plain: Part
    #: the CSS is inlined for each person, since doing it once would not be right
    inline_each: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class MessageTemplate:
    """A message before it is anyone's."""

    name: str
    #: each with file and line: what makes it slow or dear, though nothing is wrong
    warnings: tuple[str, ...]
    email: Email | None
    text: Part | None

    @property
    def channels(self) -> frozenset[Channel]:
        """The channels that it can go by."""
        parts = {Channel.EMAIL: self.email, Channel.TEXT: self.text}
        return frozenset(channel for channel, part in parts.items() if part is not None)

    def render_email(self, context: Mapping[str, Any]) -> EmailParts:
        """Return the email for one person, whose facts the context names.

        Raises ContentError when it can't be made for this person, or is no email at all.
        """
        if self.email is None:
            raise ContentError(f"{self.name}: it has no email.html, so it can't go as an email")
        names = with_budget(context)
        html = self.email.html.render(names)
        return EmailParts(
            subject=_one_line(self.email.subject, names),
            html=in_ascii(inline_css(html) if self.email.inline_each else html),
            text=tidy(self.email.plain.render(names)),
        )

    def render_text(self, context: Mapping[str, Any]) -> TextParts:
        """Return the text message for one person, whose facts the context names.

        Raises ContentError when it can't be made for this person, or is no text message at all.
        """
        if self.text is None:
            raise ContentError(f"{self.name}: it has no {TEXT_FILE}, so it can't go as a text message")
        body = self.text.render(with_budget(context)).strip()
        if not body:
            raise ContentError(f"{self.text.place}: the text message is empty for this person")
        counted = count_segments(body)
        return TextParts(
            body=body, segments=counted.count, encoding=counted.encoding, forced_by=counted.forced_by
        )


def load_template(templates: Path, name: str, *, names: frozenset[str]) -> MessageTemplate:
    """Return the message in the folder templates/NAME, compiled.

    `names` are the fields and functions that it may use beside CONTENT_NAMES, dotted where a thing has known
    fields (show.name). Raises ContentError with every mistake as file:line in `problems`.
    """
    files = TemplateFiles(root=templates)
    there = sorted(entry.name for entry in files.folder(name).iterdir())
    compiler = Compiler(files=files, names=names | CONTENT_NAMES)
    if not {*EMAIL_FILES, TEXT_FILE} & set(there):
        files.complain(name, None, f"has neither email.html nor {TEXT_FILE}{_nearest(there)}")
    text = compiler.text(f"{name}/{TEXT_FILE}") if TEXT_FILE in there else None
    email = _load_email(compiler, name, there) if set(EMAIL_FILES) & set(there) else None
    if files.problems:
        raise ContentError(problems=sorted(files.problems, key=lambda found: (found.file, found.line or 0)))
    return MessageTemplate(name=name, warnings=tuple(compiler.warnings), email=email, text=text)


def _load_email(compiler: Compiler, name: str, there: list[str]) -> Email | None:
    for file in ("subject.txt", "email.html"):
        if file not in there:
            compiler.files.complain(name, None, f"is an email without {file}{did_you_mean(file, there)}")
    subject = compiler.subject(f"{name}/subject.txt") if "subject.txt" in there else None
    parts = compiler.html(f"{name}/email.html") if "email.html" in there else None
    plain = compiler.plain(f"{name}/email.txt") if "email.txt" in there else None
    if subject is None or parts is None:
        return None
    return Email(subject=subject, html=parts.html, plain=plain or parts.plain, inline_each=parts.inline_each)


def _nearest(there: list[str]) -> str:
    found = (did_you_mean(file, there) for file in (*EMAIL_FILES, TEXT_FILE))
    return next((text for text in found if text), "")


def _one_line(part: Part, context: dict[str, Any]) -> str:
    """Return a subject, free of line ends."""
    subject = one_line(part.render(context))
    if not subject:
        raise ContentError(f"{part.place}: the subject is empty for this person")
    return subject
