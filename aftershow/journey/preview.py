"""What one person would get from a template, before anything is planned."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import Connection, select

from aftershow.audience.scope import Scope, people_from
from aftershow.content.compose import compose_email, compose_text
from aftershow.errors import ContentError
from aftershow.journey.context import person_columns, person_context
from aftershow.journey.rendering import envelope_of, template_of, unsubscribe_url
from aftershow.signing import Signer
from aftershow.store.tables import contact
from aftershow.words import Channel
from aftershow.workspace.workspace import Workspace

#: Stands for the message's key and the campaign, which a preview does not have.
PREVIEW = "preview"


def preview(
    connection: Connection, workspace: Workspace, name: str, contact_id: int, signer: Signer, *, now: datetime
) -> Mapping[str, bytes]:
    """Render a template for one person; returns each part as a file's name and content.

    The person's latest lead and its rep stand in for the campaign's. Raises ContentError when the template is
    broken or can't be rendered for this person.
    """
    template = template_of(workspace, name)
    scope = Scope(now=now, zone=workspace.settings.timezone)
    query = select(*person_columns(scope)).select_from(people_from(None)).where(contact.c.id == contact_id)
    row = connection.execute(query).mappings().one()
    rep = workspace.rep(row["owner"])
    context = person_context(row, workspace.settings, rep, now=now)
    files: dict[str, bytes] = {}
    if Channel.EMAIL in template.channels:
        url = unsubscribe_url(workspace, signer, contact_id, Channel.EMAIL, PREVIEW)
        parts = template.render_email(context | {"unsubscribe_url": url})
        mail = compose_email(
            template,
            context,
            key=PREVIEW,
            to=context["email"] or "nobody@example.invalid",
            envelope=envelope_of(workspace, rep),
            unsubscribe_url=url,
            at=now,
        )
        files["subject.txt"] = parts.subject.encode()
        files["email.html"] = parts.html.encode()
        files["email.txt"] = parts.text.encode()
        files["message.eml"] = mail.mime
    if Channel.TEXT in template.channels:
        text = compose_text(template, context, key=PREVIEW, to=context["mobile"] or "no mobile")
        files["text.txt"] = text.body.encode()
    if not files:
        raise ContentError(f"templates/{name} has no part that can be shown")
    return files
