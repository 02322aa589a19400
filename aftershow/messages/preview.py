"""What one person would get from a template, before anything is planned."""

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, select

from aftershow.audience.scope import Scope, people_from
from aftershow.content.compose import compose_email
from aftershow.content.foreign import ForeignTemplate
from aftershow.content.template import BODIES, FILES
from aftershow.messages.context import person_columns, person_context
from aftershow.messages.digest import digest
from aftershow.messages.rendering import envelope_of, template_of, unsubscribe_url
from aftershow.signing import Signer
from aftershow.store.tables import contact
from aftershow.words.channels import Channel
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
    columns = (contact.c.rep, *person_columns(scope))
    query = select(*columns).select_from(people_from(None)).where(contact.c.id == contact_id)
    row = connection.execute(query).mappings().one()
    rep = workspace.rep(row["owner"])
    url = unsubscribe_url(workspace, signer, contact_id, Channel.EMAIL, PREVIEW)
    known: dict[str, Any] = {"asks": (), "unsubscribe_url": url}
    if row["rep"]:
        known["digest"] = digest(connection, row["rep"], None, workspace.settings.timezone, now=now)
    context = person_context(row, workspace.settings, rep, now=now) | known
    files = _texts(template, context)
    if Channel.EMAIL not in template.channels:
        return files
    parts = template.render_one(Channel.EMAIL, context)
    mail = compose_email(
        parts,
        key=PREVIEW,
        to=context["email"] or "nobody@example.invalid",
        envelope=envelope_of(workspace, rep),
        unsubscribe_url=url,
        at=now,
    )
    return files | {
        "subject.txt": parts.subject.encode(),
        "email.html": parts.html.encode(),
        "email.txt": parts.text.encode(),
        "message.eml": mail.mime,
    }


def write_parts(folder: Path, parts: Mapping[str, bytes]) -> list[str]:
    """Write each part as a file into a folder, which is made when missing; returns their paths."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in parts.items():
        (folder / name).write_bytes(content)
    return [str(folder / name) for name in parts]


def _texts(template: ForeignTemplate, context: Mapping[str, Any]) -> dict[str, bytes]:
    """Return what the channels of plain text would carry, each under the name of its template."""
    files = {}
    for channel in BODIES:
        if channel in template.channels:
            parts = template.render_one(channel, context)
            files[FILES[channel][0]] = (parts if isinstance(parts, str) else parts.body).encode()
            if channel is Channel.MEETING:
                files["subject.txt"] = parts.subject.encode()
    return files
