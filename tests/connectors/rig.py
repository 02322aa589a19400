"""What a connector's test file gives to the contract suite, and messages to send through it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from aftershow.errors import DeliveryError
from aftershow.ports import CallBrief, Invitation, Rendered, RenderedEmail, RenderedLetter, RenderedText
from aftershow.words.channels import Channel

#: Stands in every test message; it must not come back in an error or a reason.
SECRET_OF_A_PERSON = "Persephone"


@dataclass(frozen=True, kw_only=True, slots=True)
class Rig:
    """A connector's settings for a local fake of its provider, and ways to make that fake misbehave."""

    #: as under `channels:` in config/aftershow.yaml
    settings: Mapping[str, object]
    #: the secrets that the connector reads from the environment, already set there: name to value
    secrets: Mapping[str, str] = field(default_factory=dict)
    #: from now on the provider refuses this address, and repeats it in its answer; None: it never refuses
    refuse: Callable[[str], None] | None = None
    #: for each error that this connector can give: makes the provider fail so from now on
    failures: Mapping[type[DeliveryError], Callable[[], None]] = field(default_factory=dict)


def a_message(channel: Channel, number: int) -> Rendered:
    """Return a message to a person who is different for each number."""
    return MESSAGES[channel](number)


def an_email(number: int = 1, *, to: str | None = None, mime: bytes | None = None) -> RenderedEmail:
    to = to or f"persephone.{number}@example.com"
    content = f"To: {to}\r\nSubject: For {SECRET_OF_A_PERSON}\r\n\r\nDear {SECRET_OF_A_PERSON} {number},\r\n"
    return RenderedEmail(
        key=f"message-{number}",
        to=to,
        return_path=f"bounce+message-{number}@exhibitor.example",
        subject=f"For {SECRET_OF_A_PERSON}",
        mime=content.encode() if mime is None else mime,
    )


def a_text(number: int = 1) -> RenderedText:
    return RenderedText(
        key=f"message-{number}",
        to=f"+1555010{number:04}",
        body=f"Dear {SECRET_OF_A_PERSON} {number}",
        segments=1,
    )


def a_letter(number: int = 1) -> RenderedLetter:
    street = f"{number} {SECRET_OF_A_PERSON} Street"
    return RenderedLetter(
        key=f"message-{number}",
        to=f"{street}, 62701 Springfield",
        recipient=(f"{SECRET_OF_A_PERSON} {number}", street, "62701 Springfield"),
        body=f"Dear {SECRET_OF_A_PERSON} {number},\n\nthank you.",
    )


def a_call(number: int = 1) -> CallBrief:
    return CallBrief(
        key=f"message-{number}",
        to=f"+1555010{number:04}",
        body=f"Call {SECRET_OF_A_PERSON} {number}: when do they decide?",
    )


def an_invitation(number: int = 1) -> Invitation:
    return Invitation(
        key=f"message-{number}",
        to=f"persephone.{number}@example.com",
        subject=f"A visit, {SECRET_OF_A_PERSON}?",
        body=f"Dear {SECRET_OF_A_PERSON} {number}, may we come?",
    )


#: A message for each channel; a channel without one fails here, before any connector is tested.
MESSAGES: Mapping[Channel, Callable[[int], Rendered]] = {
    Channel.EMAIL: an_email,
    Channel.TEXT: a_text,
    Channel.LETTER: a_letter,
    Channel.CALL: a_call,
    Channel.MEETING: an_invitation,
}
