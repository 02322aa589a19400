"""Turn the messages of one step into what goes out."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import cached_property

from sqlalchemy import Connection

from aftershow.content.compose import compose_email, compose_text
from aftershow.content.mime import Envelope
from aftershow.content.template import MessageTemplate, load_template
from aftershow.errors import ContentError
from aftershow.journey.campaign import Campaign, CampaignStep
from aftershow.journey.context import NAMES, Addressee, addressees
from aftershow.ledger.sending import Clock
from aftershow.ports import Rendered
from aftershow.signing import Signer
from aftershow.words import Channel
from aftershow.workspace.settings import Rep
from aftershow.workspace.workspace import Workspace


class StepRenderer:
    """Renders one step's messages; the template is compiled once, at the first of them."""

    def __init__(self, campaign: Campaign, step: CampaignStep, signer: Signer) -> None:
        self._campaign = campaign
        self._step = step
        self._signer = signer
        self._envelopes: dict[str | None, Envelope] = {}

    @cached_property
    def template(self) -> MessageTemplate:
        """The step's template; raises ContentError when it can't be compiled."""
        return template_of(self._campaign.workspace, self._step.model.template)

    def render(
        self, connection: Connection, message_ids: Sequence[int], *, clock: Clock
    ) -> Mapping[int, Rendered | ContentError]:
        """Render some messages; one that can't be rendered gets its error instead."""
        now = clock()
        people = addressees(connection, message_ids, self._campaign, now=now)
        return {person.message_id: self._render_one(person, now) for person in people}

    def _render_one(self, person: Addressee, now: datetime) -> Rendered | ContentError:
        try:
            if self._step.channel is Channel.EMAIL:
                return self._email(person, now)
            return self._text(person)
        except ContentError as error:
            return error

    def _email(self, person: Addressee, now: datetime) -> Rendered:
        return compose_email(
            self.template,
            person.context,
            key=self._signer.message_key(person.message_id),
            to=_address(person.context["email"]),
            envelope=self._envelope(person.rep),
            unsubscribe_url=unsubscribe_url(
                self._campaign.workspace,
                self._signer,
                person.contact_id,
                self._step.channel,
                self._campaign.name,
            ),
            at=now,
        )

    def _text(self, person: Addressee) -> Rendered:
        key = self._signer.message_key(person.message_id)
        return compose_text(self.template, person.context, key=key, to=_address(person.context["mobile"]))

    def _envelope(self, rep: Rep | None) -> Envelope:
        email = rep.email if rep else None
        if email not in self._envelopes:
            self._envelopes[email] = envelope_of(self._campaign.workspace, rep)
        return self._envelopes[email]


def renderers(campaign: Campaign, signer: Signer) -> dict[str, StepRenderer]:
    """Return a renderer for each step, by the step's name; nothing is compiled before it is needed."""
    return {step.key: StepRenderer(campaign, step, signer) for step in campaign.steps}


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


def _address(address: str | None) -> str:
    if address is None:
        raise ContentError("The address is gone since the message was planned.")
    return address
