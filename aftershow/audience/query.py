"""Who meets a condition now, as a SELECT: a set, never a list in memory."""

from sqlalchemy import Select, select

from aftershow.audience.expression import Expression
from aftershow.audience.scope import Scope, people_from
from aftershow.store.tables import contact, lead


def audience(expression: Expression, *, show_id: int | None, scope: Scope) -> Select[tuple[int, int | None]]:
    """Return the query for everyone who meets the condition, as contact_id and lead_id, once each.

    With a show, only people who have a lead there. Without one, anyone, beside the last captured lead.
    """
    people = select(contact.c.id.label("contact_id"), lead.c.id.label("lead_id"))
    people = people.select_from(people_from(show_id)).where(expression.sql(scope))
    return people if show_id is None else people.where(lead.c.show_id == show_id)
