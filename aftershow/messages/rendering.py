"""Turn the messages of one step into what goes out."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from functools import cached_property
from itertools import repeat
from typing import Any

from sqlalchemy import Connection

from aftershow.audience.fields import RECORDED
from aftershow.audience.terms import FieldTerm
from aftershow.campaign.campaign import MessageStep
from aftershow.campaign.versions import Version
from aftershow.content.compose import COMPOSE, compose_email
from aftershow.content.foreign import ForeignTemplate, open_template
from aftershow.content.mime import Envelope
from aftershow.content.parts import Parts
from aftershow.errors import ContentError
from aftershow.ledger.cached import Cached
from aftershow.ledger.sending import Clock
from aftershow.messages.context import NAMES, Addressee, Reader, facts_for
from aftershow.ports import Rendered
from aftershow.signing import Signer
from aftershow.words.channels import Channel
from aftershow.workspace.settings import Rep
from aftershow.workspace.workspace import Workspace


class StepRenderer:
    """Renders one step's messages; the template is compiled once, at the first of them."""

    def __init__(self, version: Version, step: MessageStep, signer: Signer) -> None:
        self.version = version
        self.step = step
        self._workspace = version.campaign.workspace
        self._signer = signer
        self._envelopes: dict[str | None, Envelope] = {}
        self._reader = Cached(self._reader_at)

    @cached_property
    def _template(self) -> ForeignTemplate | ContentError:
        """The step's template, or why it can't be compiled: each try may cost all that the limits allow."""
        try:
            return template_of(self._workspace, self.step.sends.template)
        except ContentError as error:
            return error

    def render(
        self, connection: Connection, message_ids: Sequence[int], *, clock: Clock
    ) -> Iterator[tuple[int, Rendered | ContentError]]:
        """Read what some messages need, and render each when it is asked for, or say why it can't be."""
        now = clock()
        people = list(self._reader.at(now).people(connection, message_ids, now=now))
        return self._render(people, now)

    def _reader_at(self, now: datetime) -> Reader:
        return Reader(self.version, self.step, self.step.sends.channel, self._facts(), now)

    def _facts(self) -> Sequence[FieldTerm]:
        template = self._template
        # An envelope has the person's name, whatever the letter says.
        if isinstance(template, ContentError) or self.step.sends.channel is Channel.LETTER:
            return RECORDED
        return facts_for(template.names)

    def _render(
        self, people: Sequence[Addressee], now: datetime
    ) -> Iterator[tuple[int, Rendered | ContentError]]:
        contexts = [self._context(person) for person in people]
        # Strictly, so that the other process is heard to the end: it is kept.
        for person, context, parts in zip(people, contexts, self._parts(contexts), strict=True):
            yield person.message_id, self._compose(person, context, parts, now)

    def _context(self, person: Addressee) -> dict[str, Any]:
        return {
            **person.context,
            "asks": asked(self.step.sends.asks, person.context["answers"]),
            "unsubscribe_url": self._unsubscribe_url(person),
        }

    def _parts(self, contexts: Sequence[Mapping[str, Any]]) -> Iterable[Parts | ContentError]:
        template = self._template
        if isinstance(template, ContentError):
            return repeat(template, len(contexts))
        return template.render(self.step.sends.channel, contexts)

    def _compose(
        self, person: Addressee, context: Mapping[str, Any], parts: Any, now: datetime
    ) -> Rendered | ContentError:
        if isinstance(parts, ContentError):
            return parts
        if person.address is None:
            return ContentError("The address is gone since the message was planned.")
        key, to = self._signer.message_key(person.message_id), person.address
        try:
            if self.step.sends.channel is not Channel.EMAIL:
                return COMPOSE[self.step.sends.channel](parts, context, key=key, to=to)
            envelope, url = self._envelope(person.rep), context["unsubscribe_url"]
            return compose_email(parts, key=key, to=to, envelope=envelope, unsubscribe_url=url, at=now)
        except ContentError as error:
            return error

    def _unsubscribe_url(self, person: Addressee) -> str:
        campaign = self.version.campaign.name
        return unsubscribe_url(self._workspace, self._signer, person.contact_id, Channel.EMAIL, campaign)

    def _envelope(self, rep: Rep | None) -> Envelope:
        email = rep.email if rep else None
        if email not in self._envelopes:
            self._envelopes[email] = envelope_of(self._workspace, rep)
        return self._envelopes[email]


def renderers(versions: Iterable[Version], signer: Signer) -> tuple[StepRenderer, ...]:
    """Return one for each step that sends, of each version; nothing is compiled before it is needed."""
    return tuple(
        StepRenderer(version, step, signer) for version in versions for step in version.campaign.message_steps
    )


def template_of(workspace: Workspace, name: str) -> ForeignTemplate:
    """Compile a template folder of the workspace; raises ContentError with every problem."""
    return open_template(workspace.templates, name, names=NAMES)


def envelope_of(workspace: Workspace, rep: Rep | None) -> Envelope:
    """Return who an email comes from: the rep where there is one, else the company."""
    company = workspace.settings.sender
    sender = rep.email if rep else company.email
    return Envelope(
        from_name=rep.name if rep else company.name,
        from_email=sender,
        reply_to=None if rep else company.reply_to,
        return_path=company.return_path,
        domain=(company.return_path or sender).rpartition("@")[2],
    )


def unsubscribe_url(
    workspace: Workspace, signer: Signer, contact_id: int, channel: Channel, campaign: str
) -> str:
    """Return the link by which this person leaves, signed and without an end."""
    token = signer.unsubscribe_token(contact_id, channel, campaign)
    return f"{workspace.settings.public_url.rstrip('/')}/u/{token}"


def asked(questions: Sequence[str], answers: Mapping[str, str]) -> list[dict[str, str | None]]:
    """Return what templates see as `asks`: each question in words, and its answer where we know it."""
    return [{"question": name.replace("_", " "), "answer": answers.get(name)} for name in questions]
