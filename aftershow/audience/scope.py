"""What a condition is asked in: the moment, the campaign, and the tables that a person's facts stand in."""

from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import ColumnElement, FromClause

from aftershow.store.tables import account, contact, lead, show
from aftershow.words.populations import Population


@dataclass(frozen=True, kw_only=True, slots=True)
class Scope:
    """The circumstances of a question; the same condition may be asked in many."""

    #: aware; what days_since counts back from
    now: datetime
    #: count interactions from this moment on, such as enrollment.c.enrolled_at; None counts all there are
    since: ColumnElement[datetime] | None = field(default=None, compare=False)
    #: whose steps sent("…") and acknowledged("…") mean
    campaign: str | None = None
    #: the id of the meeting that `meeting` means; None: the contact's next one, else the latest
    meeting: ColumnElement[int] | None = field(default=None, compare=False)
    #: IANA name; the zone of dates and times that are written without one
    zone: str = "UTC"

    def __post_init__(self) -> None:
        if self.now.tzinfo is None:
            raise ValueError("a scope needs a moment with a zone")


def people_from(show_id: int | None, of: Population = Population.LEADS) -> FromClause:
    """Return every contact beside their account, lead and show, once each, to select conditions from.

    With a show, `show` is that show, and `lead` is the contact's lead there, if any; among everyone and the
    team it is the lead that was captured last. Without a show, they are that lead and its show.
    """
    at_the_show = (lead.c.contact_id == contact.c.id) & (lead.c.show_id == show_id)
    its_lead = (
        at_the_show
        if show_id is not None and of is Population.LEADS
        else lead.c.id == contact.c.latest_lead_id
    )
    its_show = show.c.id == (lead.c.show_id if show_id is None else show_id)
    people = contact.outerjoin(account, account.c.id == contact.c.account_id)
    return people.outerjoin(lead, its_lead).outerjoin(show, its_show)
