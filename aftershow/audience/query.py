"""Who meets a condition now, as a SELECT: a set, never a list in memory."""

from collections.abc import Collection

from sqlalchemy import ColumnElement, Select, and_, func, select, true

from aftershow.audience.expression import Expression
from aftershow.audience.scope import Scope, people_from
from aftershow.store.tables import contact, lead
from aftershow.words.populations import Population


def audience(
    expression: Expression,
    *,
    show_id: int | None,
    scope: Scope,
    of: Population = Population.LEADS,
    team: Collection[str] = (),
) -> Select[tuple[int, int | None]]:
    """Return the query for all of a population who meet the condition, as contact_id and lead_id, once each.

    The lead is the one that people_from gives beside the contact. `team` are the keys of our reps.
    """
    people = select(contact.c.id.label("contact_id"), lead.c.id.label("lead_id"))
    return people.select_from(people_from(show_id, of)).where(
        belongs(show_id, of, team), expression.sql(scope)
    )


def belongs(show_id: int | None, of: Population, team: Collection[str] = ()) -> ColumnElement[bool]:
    """Whether a row of people_from is of a population: never NULL.

    Leads are those of the show; without a show, they are everyone. Nobody of ours is in another population
    than the team, not even as a lead that has the address of a rep; in the team are the reps that
    `team` names.
    """
    if of is Population.TEAM:
        return func.coalesce(contact.c.rep.in_(sorted(team)), False)
    others = _not_of_ours()
    return (
        and_(others, lead.c.show_id == show_id) if show_id is not None and of is Population.LEADS else others
    )


def _not_of_ours() -> ColumnElement[bool]:
    rep = contact.alias()
    # Worded so that SQLite looks the few reps up, and goes to everybody else by anything but `rep`.
    addresses = select(rep.c.email).where(rep.c.rep > "", rep.c.email.is_not(None))
    elsewhere = func.coalesce(contact.c.email.not_in(addresses.correlate_except(rep)), true())
    return and_(func.coalesce(contact.c.rep, "") == "", elsewhere)
