"""What a message says to one person becomes what a connector can send."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Protocol

from aftershow.content.mime import Envelope, ascii_address, build_mime
from aftershow.content.parts import EmailParts, InvitationParts, TextParts
from aftershow.content.postal import recipient_lines
from aftershow.ports import CallBrief, Invitation, Rendered, RenderedEmail, RenderedLetter, RenderedText
from aftershow.words.channels import Channel


class Compose(Protocol):
    """Writes a message that needs no more than words and an address.

    `parts` are those of its channel, `person` the facts that they were rendered with.
    """

    def __call__(self, parts: Any, person: Mapping[str, Any], /, *, key: str, to: str) -> Rendered:
        """Return one person's message, as the functions below do."""
        ...


def compose_email(
    parts: EmailParts, *, key: str, to: str, envelope: Envelope, unsubscribe_url: str, at: datetime
) -> RenderedEmail:
    """Return one person's email, whole.

    `at` is the moment it is dated with, aware. Raises ContentError, without the person's data, when it can't
    be made for this person.
    """
    address = ascii_address(to)
    mime = build_mime(envelope, parts, key=key, to=address, unsubscribe_url=unsubscribe_url, at=at)
    return_path = envelope.return_path_of(key)
    return RenderedEmail(key=key, to=address, return_path=return_path, subject=parts.subject, mime=mime)


def compose_text(parts: TextParts, _: Mapping[str, Any], /, *, key: str, to: str) -> RenderedText:
    """Return one person's text message; `to` is E.164."""
    return RenderedText(key=key, to=to, body=parts.body, segments=parts.segments)


def compose_letter(body: str, person: Mapping[str, Any], /, *, key: str, to: str) -> RenderedLetter:
    """Return one person's letter; `to` is the postal address on one line, its parts joined by a comma."""
    return RenderedLetter(key=key, to=to, recipient=recipient_lines(person, to), body=body)


def compose_call(body: str, _: Mapping[str, Any], /, *, key: str, to: str) -> CallBrief:
    """Return what a rep reads before calling one person; `to` is E.164."""
    return CallBrief(key=key, to=to, body=body)


def compose_invitation(parts: InvitationParts, _: Mapping[str, Any], /, *, key: str, to: str) -> Invitation:
    """Return one person's invitation to meet; `to` is an email address.

    Raises ContentError, without the person's data, when it is none.
    """
    return Invitation(key=key, to=ascii_address(to), subject=parts.subject, body=parts.body)


#: How the message of each channel is written, but for emails, which need an envelope too.
COMPOSE: Mapping[Channel, Compose] = {
    Channel.TEXT: compose_text,
    Channel.LETTER: compose_letter,
    Channel.CALL: compose_call,
    Channel.MEETING: compose_invitation,
}
