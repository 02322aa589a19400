"""What a condition is asked in: the moment, the campaign, and the tables that a person's facts stand in."""

from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import ColumnElement, FromClause

from aftershow.store.tables import account, contact, lead, show


@dataclass(frozen=True, kw_only=True, slots=True)
class Scope:
    """The circumstances of a question; the same condition may be asked in many."""

    #: aware; what days_since counts back from
    now: datetime
    #: count interactions from this moment on, such as enrollment.c.enrolled_at; None counts all there are
    since: ColumnElement[datetime] | None = field(default=None, compare=False)
    #: whose steps sent("…") and acknowledged("…") mean
    campaign: str | None = None
    #: IANA name; the zone of dates and times that are written without one
    zone: str = "UTC"

    def __post_init__(self) -> None:
        if self.now.tzinfo is None:
            raise ValueError("a scope needs a moment with a zone")


def people_from(show_id: int | None) -> FromClause:
    """Return every contact beside their account, lead and show, once each, to select conditions from.

    With a show, `lead` is the contact's lead there, if any, and `show` is that show. Without one, they are
    the lead that was captured last and its show.
    """
    if show_id is None:
        its_lead, its_show = lead.c.id == contact.c.latest_lead_id, show.c.id == lead.c.show_id
    else:
        its_lead = (lead.c.contact_id == contact.c.id) & (lead.c.show_id == show_id)
        its_show = show.c.id == show_id
    people = contact.outerjoin(account, account.c.id == contact.c.account_id)
    return people.outerjoin(lead, its_lead).outerjoin(show, its_show)
