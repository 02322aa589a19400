"""A template folder, compiled once, that becomes a message for each person.

    templates/thanks/   email.html and subject.txt make an email; email.txt its plain part, where it differs;
                        text.txt makes a text message;
                        letter.txt a letter or a card, from the salutation to the signature;
                        call.txt what a rep reads before calling;
                        meeting.txt and subject.txt an invitation.

One folder may serve several channels; what has a subject shares subject.txt. What is the same for all people
happens in load_template: reading, checking, inlining CSS, writing the plain part. Rendering one person's mail
then takes microseconds.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from aftershow.content.compiling import Compiler, HtmlParts
from aftershow.content.html.document import inline_for_one
from aftershow.content.html.inlining import in_ascii
from aftershow.content.html.plain import tidy
from aftershow.content.language.budget import budget
from aftershow.content.language.dialect import CONTENT_NAMES
from aftershow.content.language.files import TemplateFiles, did_you_mean
from aftershow.content.parts import EmailParts, InvitationParts, Part, Parts, TextParts, names_of, one_line
from aftershow.content.sms_segments import count_segments
from aftershow.errors import ContentError
from aftershow.words.channels import Channel

#: The files that a folder must have to go by a channel; the first is the message itself.
FILES: Mapping[Channel, tuple[str, ...]] = {channel: channel.row.files for channel in Channel}
#: The channels whose messages are plain text.
BODIES = tuple(channel for channel in FILES if channel is not Channel.EMAIL)
#: How a message of a channel is called in a sentence.
CALLED = {channel: channel.row.called for channel in Channel}


@dataclass(frozen=True, kw_only=True, slots=True)
class MessageTemplate:
    """A message before it is anyone's.

    Rendering takes one person's facts by their names. It raises ContentError when the message can't be made
    for this person, or when the folder has no file for the channel.
    """

    name: str
    #: each with file and line: what makes it slow or dear, though nothing is wrong
    warnings: tuple[str, ...]
    #: every name that it uses, dotted where it is so written (show.name), among them filters and its own
    names: frozenset[str]
    #: of the email and of the invitation
    subject: Part | None
    email: HtmlParts | None
    #: what it says by each of the other channels
    bodies: Mapping[Channel, Part]

    @property
    def channels(self) -> frozenset[Channel]:
        """The channels that it can go by."""
        return frozenset(self.bodies) | ({Channel.EMAIL} if self.email else frozenset())

    def with_values(self, values: Mapping[str, Any]) -> "MessageTemplate":
        """Return the message for people to whom some names mean the same, such as who writes.

        It says the same, and is faster: `values`, of texts, numbers, None and mappings, are worked out.
        """
        email = self.email
        return replace(
            self,
            subject=self.subject and self.subject.with_values(values),
            email=email
            and replace(email, html=email.html.with_values(values), plain=email.plain.with_values(values)),
            bodies={channel: body.with_values(values) for channel, body in self.bodies.items()},
        )

    def render(self, channel: Channel, context: Mapping[str, Any]) -> Parts:
        """Return what the message says to one person by a channel."""
        match channel:
            case Channel.EMAIL:
                return self.render_email(context)
            case Channel.TEXT:
                return self.render_text(context)
            case Channel.MEETING:
                return self.render_invitation(context)
            case _:
                return self.render_body(channel, context)

    def render_email(self, context: Mapping[str, Any]) -> EmailParts:
        """Return the email for one person."""
        if self.email is None:
            raise self._lacks(Channel.EMAIL)
        names = names_of(context)
        with budget():
            html = self.email.html.render(names)
            subject, text = self._subject(names), tidy(self.email.plain.render(names))
        if self.email.inline_each:
            html = inline_for_one(html, self.email.html.place)
        return EmailParts(subject=subject, html=in_ascii(html), text=text)

    def render_text(self, context: Mapping[str, Any]) -> TextParts:
        """Return the text message for one person."""
        body = self.render_body(Channel.TEXT, context)
        counted = count_segments(body)
        return TextParts(
            body=body, segments=counted.count, encoding=counted.encoding, forced_by=counted.forced_by
        )

    def render_invitation(self, context: Mapping[str, Any]) -> InvitationParts:
        """Return the invitation for one person."""
        body = self.render_body(Channel.MEETING, context)
        with budget():
            return InvitationParts(subject=self._subject(names_of(context)), body=body)

    def render_body(self, channel: Channel, context: Mapping[str, Any]) -> str:
        """Return what the message says to one person by any channel but email."""
        if channel not in self.bodies:
            raise self._lacks(channel)
        with budget():
            text = self.bodies[channel].render(names_of(context))
        return _filled(self.bodies[channel], tidy(text).strip())

    def _subject(self, names: dict[str, Any]) -> str:
        if self.subject is None:
            raise ContentError(f"{self.name}: it has no subject.txt")
        return _filled(self.subject, one_line(self.subject.render(names)))

    def _lacks(self, channel: Channel) -> ContentError:
        return ContentError(
            f"{self.name}: it has no {FILES[channel][0]}, so it can't go as {CALLED[channel]}"
        )


def load_template(templates: Path, name: str, *, names: frozenset[str]) -> MessageTemplate:
    """Return the message in the folder templates/NAME, compiled.

    `names` are the fields and functions that it may use beside CONTENT_NAMES, dotted where a thing has known
    fields (show.name). Raises ContentError with every mistake as file:line in `problems`.
    """
    return compile_folder(TemplateFiles(root=templates), name, names=names)


def compile_folder(files: TemplateFiles, name: str, *, names: frozenset[str]) -> MessageTemplate:
    """Do as load_template, with files that then know what was read."""
    there = {entry.name for entry in files.folder(name).iterdir()}
    for text in _missing(there):
        files.complain(name, None, text)
    compiler = Compiler(files=files, names=names | CONTENT_NAMES)
    subject = compiler.subject(f"{name}/subject.txt") if "subject.txt" in there else None
    email = _email(compiler, name, there) if "email.html" in there else None
    bodies = {channel: _body(compiler, name, channel) for channel in BODIES if FILES[channel][0] in there}
    if files.problems:
        raise ContentError(problems=sorted(files.problems, key=lambda found: (found.file, found.line or 0)))
    return MessageTemplate(
        name=name,
        warnings=tuple(compiler.warnings),
        names=frozenset(compiler.used),
        subject=subject,
        email=email,
        bodies={channel: body for channel, body in bodies.items() if body is not None},
    )


def _missing(there: set[str]) -> Iterator[str]:
    """Yield what a folder lacks: all of a message, or a file that goes with one that is there."""
    meant = {channel for channel, (main, *_) in FILES.items() if main in there}
    if "email.txt" in there or ("subject.txt" in there and Channel.MEETING not in meant):
        meant.add(Channel.EMAIL)
    for channel in sorted(meant):
        for file in FILES[channel]:
            if file not in there:
                yield f"is {CALLED[channel]} without {file}{did_you_mean(file, there)}"
    if not meant:
        mains = [main for main, *_ in FILES.values()]
        near = next((text for text in (did_you_mean(main, there) for main in mains) if text), "")
        yield f"has no message, such as {' or '.join(mains)}{near}"


def _email(compiler: Compiler, name: str, there: set[str]) -> HtmlParts | None:
    parts = compiler.html(f"{name}/email.html")
    plain = compiler.plain(f"{name}/email.txt") if "email.txt" in there else None
    return replace(parts, plain=plain) if parts and plain else parts


def _body(compiler: Compiler, name: str, channel: Channel) -> Part | None:
    compile_file = compiler.text if channel is Channel.TEXT else compiler.prose
    return compile_file(f"{name}/{FILES[channel][0]}")


def _filled(part: Part, text: str) -> str:
    """Return a rendered part, which must not be empty."""
    if not text:
        raise ContentError(f"{part.place}: it is empty for this person")
    return text
