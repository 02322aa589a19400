"""What the inside asks of the outside, and the values that pass between them."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from ipaddress import ip_address
from typing import ClassVar, Protocol, runtime_checkable

from pydantic import BaseModel, ConfigDict

from aftershow.errors import DeliveryError, OutcomeUnknownError, PermanentError
from aftershow.words.channels import Channel


@dataclass(frozen=True, kw_only=True, slots=True)
class RenderedEmail:
    """An email as it goes out: the whole message in bytes, and its envelope (RFC 5321)."""

    channel: ClassVar[Channel] = Channel.EMAIL
    #: names this message to us, in the Message-ID and in the return path; safe in both
    key: str
    #: envelope recipient, one address
    to: str
    #: envelope sender, its own for each message (VERP), so that a bounce tells whose it is
    return_path: str
    #: the subject, decoded, for people who look at an outbox
    subject: str
    #: the message in bytes (RFC 5322, CRLF line ends), 7-bit clean
    mime: bytes


@dataclass(frozen=True, kw_only=True, slots=True)
class RenderedText:
    """A text message (SMS) as it goes out."""

    channel: ClassVar[Channel] = Channel.TEXT
    #: names this message to us
    key: str
    #: E.164
    to: str
    body: str
    #: how many segments the carrier will count (GSM 03.38)
    segments: int


@dataclass(frozen=True, kw_only=True, slots=True)
class RenderedLetter:
    """A letter or a card as it goes to the printer: its words, and whom it is sent to."""

    channel: ClassVar[Channel] = Channel.LETTER
    #: names this message to us
    key: str
    #: the postal address on one line, as the ledger has it
    to: str
    #: what stands on the envelope, line by line: person, company, street, town, country
    recipient: tuple[str, ...]
    #: from the salutation to the signature; an empty line parts two paragraphs
    body: str


@dataclass(frozen=True, kw_only=True, slots=True)
class CallBrief:
    """A call that a rep is asked to make: the number, and what to read before dialling it."""

    channel: ClassVar[Channel] = Channel.CALL
    #: names this message to us
    key: str
    #: E.164
    to: str
    #: who it is, why we call, what to find out
    body: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Invitation:
    """An invitation to meet."""

    channel: ClassVar[Channel] = Channel.MEETING
    #: names this message to us
    key: str
    #: one email address
    to: str
    #: one line
    subject: str
    body: str


Rendered = RenderedEmail | RenderedText | RenderedLetter | CallBrief | Invitation


@dataclass(frozen=True, kw_only=True, slots=True)
class Receipt:
    """What the provider said of one message: it took it, or it refused this person."""

    key: str
    accepted: bool
    #: the provider's name for the message
    provider_id: str | None = None
    #: the provider's words or code, without data of people
    reason: str | None = None
    #: the address must never be used again (a hard bounce, a stop word), with the reason
    suppress: str | None = None
    #: what the provider charged, as it said it
    data: Mapping[str, str] = field(default_factory=dict)


#: One message's outcome: a receipt, or the error that says what to do next.
DeliveryOutcome = Receipt | DeliveryError


class ConnectorSettings(BaseModel):
    """What a connector may be told in config/aftershow.yaml; each connector adds its own keys."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    #: the connector's file name in connectors/
    connector: str


def is_loopback(host: str) -> bool:
    """Tell whether a host is this machine, so that what goes there in the clear crosses no network.

    It is localhost (RFC 6761, 6.3), 127.0.0.0/8 or ::1, as written: no other name is looked up, and no other
    way of writing an address is guessed at.
    """
    if host.lower() == "localhost":
        return True
    try:
        return ip_address(host.removeprefix("[").removesuffix("]")).is_loopback
    except ValueError:
        return False


class Sender(Protocol):
    """Hands rendered messages to a provider.

    `send` yields one outcome for each message, in their order. It may end early: messages without an outcome
    were not touched and wait for another turn. After a PermanentError it ends.
    """

    #: the channels that it can carry
    channels: ClassVar[frozenset[Channel]]

    def send(self, messages: Sequence[Rendered]) -> Iterator[DeliveryOutcome]:
        """Hand over the messages; never raises for a person, yields a Receipt(accepted=False) instead."""
        ...

    def close(self) -> None:
        """Give back connections; the sender is not used again."""
        ...


@dataclass(frozen=True, kw_only=True, slots=True)
class Taken:
    """A message that a provider took, as its own list has it."""

    #: the provider's name for the message
    provider_id: str
    #: the words that it took
    body: str
    #: aware; when it took them
    at: datetime


@runtime_checkable
class Reconciler(Protocol):
    """A sender whose provider says afterwards what it took, so that a message in doubt can be settled."""

    def look_up(self, to: str, *, since: datetime, until: datetime) -> Sequence[Taken]:
        """Return all that the provider took for an address in a span of time, whatever became of it.

        An empty answer means that it took nothing. Raises DeliveryError when it does not say.
        """
        ...


def one_by_one(
    send_one: Callable[[Rendered], Receipt], messages: Sequence[Rendered]
) -> Iterator[DeliveryOutcome]:
    """Send with a function that takes one message and raises a DeliveryError when there is no receipt.

    Begins no other message when the provider refuses us (PermanentError) or is silent (OutcomeUnknownError):
    each would wait for it in vain. A TemporaryError may be about one message alone, so the next one is begun.
    """
    for message in messages:
        try:
            outcome: DeliveryOutcome = send_one(message)
        except DeliveryError as error:
            outcome = error
        yield outcome
        if isinstance(outcome, PermanentError | OutcomeUnknownError):
            return
