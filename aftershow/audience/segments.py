"""Who is in a segment of the workspace, and why a person is or is not."""

from datetime import datetime

from sqlalchemy import ColumnElement, Connection, String, cast, func, select

from aftershow.audience.explanation import Explanation
from aftershow.audience.expression import parse
from aftershow.audience.loading import load_person
from aftershow.audience.query import audience
from aftershow.audience.scope import Scope
from aftershow.errors import UsageError
from aftershow.people.identity.finding import find_contact
from aftershow.people.record.shows import show_id
from aftershow.store.tables import contact
from aftershow.workspace.segments import Segment
from aftershow.workspace.workspace import Workspace
from aftershow.workspace.yaml.wording import did_you_mean


def contact_label() -> ColumnElement[str]:
    """Return how a contact is called to people and programs: email address, else phone number, else id."""
    return func.coalesce(contact.c.email, contact.c.phone, contact.c.mobile, cast(contact.c.id, String))


def members(connection: Connection, workspace: Workspace, name: str, *, now: datetime) -> list[str]:
    """Return the labels of everyone in a segment; raises UsageError when there is no such segment."""
    segment = _segment(workspace, name)
    people = audience(
        parse(segment.where), show_id=_show_id(connection, workspace, segment), scope=_scope(workspace, now)
    ).subquery("people")
    query = select(contact_label()).join(people, people.c.contact_id == contact.c.id).order_by(contact.c.id)
    return list(connection.scalars(query))


def explain_contact(
    connection: Connection, workspace: Workspace, name: str, who: str, *, now: datetime
) -> Explanation:
    """Say why a contact (address, number or id) is in a segment or not.

    Raises UsageError for a segment or contact that is not there.
    """
    segment = _segment(workspace, name)
    person = load_person(
        connection,
        find_contact(connection, who),
        show_id=_show_id(connection, workspace, segment),
        scope=_scope(workspace, now),
    )
    return parse(segment.where).explain(person)


def _segment(workspace: Workspace, name: str) -> Segment:
    if name not in workspace.segments:
        raise UsageError(f"There is no segment `{name}`{did_you_mean(name, workspace.segments)}")
    return workspace.segments[name]


def _show_id(connection: Connection, workspace: Workspace, segment: Segment) -> int | None:
    return show_id(connection, workspace.shows[segment.show]) if segment.show else None


def _scope(workspace: Workspace, now: datetime) -> Scope:
    return Scope(now=now, zone=workspace.settings.timezone)
