"""Turn the messages of one step into what goes out."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from functools import cached_property

from sqlalchemy import Connection

from aftershow.audience.fields import RECORDED
from aftershow.audience.terms import Fact
from aftershow.content.compose import COMPOSE, compose_email
from aftershow.content.mime import Envelope
from aftershow.content.template import MessageTemplate, load_template
from aftershow.errors import ContentError
from aftershow.journey.campaign import CampaignStep
from aftershow.journey.context import NAMES, Addressee, Reader, facts_for
from aftershow.journey.steps.step import SendingStep
from aftershow.journey.versions import Version
from aftershow.ledger.lately import Lately
from aftershow.ledger.sending import Clock
from aftershow.ports import Rendered
from aftershow.signing import Signer
from aftershow.words import Channel
from aftershow.workspace.settings import Rep
from aftershow.workspace.workspace import Workspace

#: From so many messages in one rep's name on, compiling the template for that rep pays.
MANY = 500


class StepRenderer:
    """Renders one step's messages; the template is compiled once, at the first of them."""

    def __init__(self, version: Version, step: CampaignStep, sending: SendingStep, signer: Signer) -> None:
        self.version = version
        self.step = step
        self.sending = sending
        self._workspace = version.campaign.workspace
        self._signer = signer
        self._envelopes: dict[str | None, Envelope] = {}
        self._reader = Lately(self._reader_at)
        #: how many messages were rendered in whose name, and the template that they share
        self._written: Counter[str | None] = Counter()
        self._told: dict[str | None, MessageTemplate] = {}

    @cached_property
    def template(self) -> MessageTemplate:
        """The step's template; raises ContentError when it can't be compiled."""
        return template_of(self._workspace, self.sending.template)

    def render(
        self, connection: Connection, message_ids: Sequence[int], *, clock: Clock
    ) -> Iterator[tuple[int, Rendered | ContentError]]:
        """Read what some messages need, and render each when it is asked for, or say why it can't be."""
        now = clock()
        people = self._reader.at(now).people(connection, message_ids, now=now)
        return ((person.message_id, self._render_one(person, now)) for person in people)

    def _reader_at(self, now: datetime) -> Reader:
        return Reader(self.version, self.step, self.sending.channel, self._facts(), now)

    def _facts(self) -> Sequence[Fact]:
        try:
            # An envelope has the person's name, whatever the letter says.
            return RECORDED if self.sending.channel is Channel.LETTER else facts_for(self.template.names)
        except ContentError:
            return RECORDED

    def _render_one(self, person: Addressee, now: datetime) -> Rendered | ContentError:
        try:
            if person.address is None:
                raise ContentError("The address is gone since the message was planned.")
            return self._compose(person, person.address, now)
        except ContentError as error:
            return error

    def _compose(self, person: Addressee, to: str, now: datetime) -> Rendered:
        key = self._signer.message_key(person.message_id)
        context = {**person.context, "asks": asked(self.sending.asks, person.context["answers"])}
        template = self._template_of(person)
        if self.sending.channel is not Channel.EMAIL:
            return COMPOSE[self.sending.channel](template, context, key=key, to=to)
        return compose_email(
            template,
            context,
            key=key,
            to=to,
            envelope=self._envelope(person.rep),
            unsubscribe_url=unsubscribe_url(
                self._workspace, self._signer, person.contact_id, Channel.EMAIL, self.version.campaign.name
            ),
            at=now,
        )

    def _template_of(self, person: Addressee) -> MessageTemplate:
        """Return the template; for many people of one rep, compiled again with what the rep always says."""
        rep = person.rep.email if person.rep else None
        self._written[rep] += 1
        if self._written[rep] < MANY:
            return self.template
        if rep not in self._told:
            self._told[rep] = self.template.told({name: person.context[name] for name in ("sender", "our")})
        return self._told[rep]

    def _envelope(self, rep: Rep | None) -> Envelope:
        email = rep.email if rep else None
        if email not in self._envelopes:
            self._envelopes[email] = envelope_of(self._workspace, rep)
        return self._envelopes[email]


def renderers(versions: Iterable[Version], signer: Signer) -> tuple[StepRenderer, ...]:
    """Return one for each step that sends, of each version; nothing is compiled before it is needed."""
    return tuple(
        StepRenderer(version, step, sending, signer)
        for version in versions
        for step, sending in version.campaign.sending_steps
    )


def template_of(workspace: Workspace, name: str) -> MessageTemplate:
    """Compile a template folder of the workspace; raises ContentError with every problem."""
    return load_template(workspace.templates, name, names=NAMES)


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
