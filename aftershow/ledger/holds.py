"""Why a message is held, as SQL: one expression for the plan, the turn and the moment before sending.

The reasons stand in a fixed order, and the first that applies is given. The first group depends on the person
alone; the second on what else is planned or was sent, so it is asked once the first has been written down.
"""

from datetime import datetime
from typing import TypeAlias

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    FromClause,
    and_,
    case,
    exists,
    false,
    func,
    literal,
    not_,
    null,
    or_,
    select,
    true,
)

from aftershow.audience.record import ADDRESSES, suppressed
from aftershow.ledger.step_rules import StepRules
from aftershow.store.tables import account, contact, enrollment, lead, message, permission, show
from aftershow.store.types import Moment, later
from aftershow.words.answers import Answer
from aftershow.words.channels import Channel, consent_channel
from aftershow.words.reasons import HoldReason
from aftershow.words.states import State
from aftershow.workspace.times.clocks import known_countries
from aftershow.workspace.times.places import Group

#: What holds a message, and the reason that is given, in their order.
_Reasons: TypeAlias = list[tuple[ColumnElement[bool], HoldReason]]

#: A moment, or a parameter of a statement that stands for one.
Now: TypeAlias = datetime | BindParameter[datetime]

#: The arm of people who hear nothing, for comparison.
HOLD_OUT = "hold_out"

#: Channels whose address belongs to one reader, and where it stands: two contacts with it get one message.
#: A letter or a call is for the person, whoever else has the street or the number.
_ONE_READER = {
    Channel.EMAIL: contact.c.email.name,
    Channel.TEXT: contact.c.mobile.name,
    Channel.MEETING: contact.c.email.name,
}

#: What goes by these does not count for how much one person may hear from us.
_UNCOUNTED = tuple(channel for channel in Channel if not channel.row.counts_for_caps)

#: Other rows than the one that is asked about; made once, since an alias of a wide table is slow to make.
_WENT, _OTHER_MESSAGE, _HEARD = (message.alias(name) for name in ("went", "other_message", "heard"))
_OTHER_CONTACT = contact.alias("other_contact")

#: Sent, perhaps sent, or being sent.
_OUT = (State.HANDING_OVER, State.ACCEPTED, State.UNKNOWN)


def people_of(enrolled: FromClause, show_id: int | None = None) -> FromClause:
    """Join enrolments to everything that a condition may speak of; without a show, that of the lead."""
    its_show = show.c.id == (lead.c.show_id if show_id is None else show_id)
    return (
        enrolled.join(contact, contact.c.id == enrollment.c.contact_id)
        .outerjoin(account, account.c.id == contact.c.account_id)
        .outerjoin(lead, lead.c.id == enrollment.c.lead_id)
        .outerjoin(show, its_show)
    )


def held_out() -> ColumnElement[bool]:
    """Whether chance held the person of an enrollment out, whatever splits came after it."""
    arm = func.coalesce(enrollment.c.arm, "")
    return or_(arm == HOLD_OUT, arm.startswith(f"{HOLD_OUT}/", autoescape=True))


def person_reason(rules: StepRules) -> ColumnElement[str | None]:
    """Return the first reason that lies in the person, or NULL."""
    reasons: _Reasons = [(enrollment.c.exited_at.is_not(None), HoldReason.EXITED)]
    if rules.holds_out:
        reasons.append((held_out(), HoldReason.HOLD_OUT))
    if rules.needs_date:
        reasons.append((enrollment.c.base_at.is_(None), HoldReason.NO_DATE))
    reasons += [
        (ADDRESSES[rules.channel].is_(None), HoldReason.NO_ADDRESS),
        (_suppressed(rules.channel), HoldReason.SUPPRESSED),
        (_not_permitted(rules), HoldReason.PERMISSION),
    ]
    if rules.condition is not None:
        reasons.append((not_(rules.condition), HoldReason.CONDITION))
    return _first(reasons)


def crowd_reason(rules: StepRules, *, now: Now) -> ColumnElement[str | None]:
    """Return the first reason that lies in what else is planned or was sent, or NULL.

    Speaks of a row of `message`, with its contact joined.
    """
    reasons: _Reasons = [
        (_another_has_the_address(rules), HoldReason.DUPLICATE_ADDRESS),
        (_heard_enough(rules, now=now), HoldReason.FREQUENCY_CAP),
    ]
    if rules.needs_approval:
        reasons.append((message.c.approved_at.is_(None), HoldReason.APPROVAL))
    reasons.append((and_(message.c.due_at <= now, _asleep(rules)), HoldReason.QUIET_HOURS))
    return _first(reasons)


def any_reason(rules: StepRules, *, now: Now) -> ColumnElement[str | None]:
    """Return the first reason of both groups, or NULL."""
    return func.coalesce(person_reason(rules), crowd_reason(rules, now=now))


def _first(reasons: _Reasons) -> ColumnElement[str | None]:
    return case(*((applies, reason.value) for applies, reason in reasons), else_=null())


def _suppressed(channel: Channel) -> ColumnElement[bool]:
    return or_(*(suppressed(way) for way in {channel, consent_channel(channel)}))


def _not_permitted(rules: StepRules) -> ColumnElement[bool]:
    said = exists().where(
        permission.c.contact_id == contact.c.id,
        permission.c.channel == consent_channel(rules.channel),
        permission.c.purpose == "marketing",
        permission.c.answer == (Answer.YES if rules.needs_yes else Answer.NO),
    )
    return not_(said) if rules.needs_yes else said


def _another_has_the_address(rules: StepRules) -> ColumnElement[bool]:
    if rules.channel not in _ONE_READER:
        return false()
    return or_(_went_to_the_address(rules), _goes_to_the_address_first(rules))


def _went_to_the_address(rules: StepRules) -> ColumnElement[bool]:
    """The step went to this address, whoever has it now."""
    same_address = _WENT.c.address == ADDRESSES[rules.channel]
    return (
        exists().where(*_same_step(_WENT), same_address, _WENT.c.state.in_(_OUT)).correlate(message, contact)
    )


def _goes_to_the_address_first(rules: StepRules) -> ColumnElement[bool]:
    """Someone else with this address is to get the step: of two, the one with the lower id."""
    other, theirs = _OTHER_MESSAGE, _OTHER_CONTACT
    on_its_way = exists().where(
        *_same_step(other),
        other.c.contact_id == theirs.c.id,
        other.c.state.in_((State.PLANNED, State.CLAIMED)),
    )
    # One question inside the other: joined, SQLite would go through everybody of the step for each of them.
    return (
        exists()
        .where(
            theirs.c[_ONE_READER[rules.channel]] == contact.c[_ONE_READER[rules.channel]],
            theirs.c.id < contact.c.id,
            on_its_way.correlate(message, theirs),
        )
        .correlate(message, contact)
    )


def _same_step(other: FromClause) -> tuple[ColumnElement[bool], ...]:
    """Another message of the same step and occurrence as `message`."""
    return (
        other.c.campaign == message.c.campaign,
        other.c.step == message.c.step,
        other.c.occurrence == message.c.occurrence,
        other.c.id != message.c.id,
    )


def _heard_enough(rules: StepRules, *, now: Now) -> ColumnElement[bool]:
    if rules.cap is None:
        return false()
    other = _HEARD
    moment = case((message.c.due_at > now, message.c.due_at), else_=_moment(now))
    since = later(moment, -rules.cap.per.total_seconds())
    # What goes out after this one counts for nothing: a plan knows of it already.
    went_out = and_(other.c.state.in_(_OUT), other.c.handed_over_at > since, other.c.handed_over_at <= moment)
    # A claim that ran out counts for nothing: its sender is dead, and perhaps its campaign is over.
    goes_first = and_(other.c.state == State.CLAIMED, other.c.id < message.c.id, other.c.lease_until > now)
    heard = (
        select(func.count())
        .select_from(other)
        .where(other.c.contact_id == contact.c.id, other.c.id != message.c.id, or_(went_out, goes_first))
        .where(other.c.channel.not_in(_UNCOUNTED))
        .correlate(message, contact)
        .scalar_subquery()
    )
    return heard >= rules.cap.count


def _moment(now: Now) -> ColumnElement[datetime]:
    # Typed by hand: inside a CASE nothing tells SQLite to keep a moment in UTC.
    return literal(now, Moment()) if isinstance(now, datetime) else now


def _asleep(rules: StepRules) -> ColumnElement[bool]:
    """The channel is closed where the person is, or may be."""
    if rules.open_to is None:
        return false()
    zone = func.coalesce(contact.c.timezone, contact.c.possible_zones)
    awake = [_awake(zone, group, rules.open_to.home_country) for group in rules.open_to.groups]
    awake.append(and_(zone.is_(None), contact.c.country.in_(sorted(rules.open_to.countries))))
    if rules.open_to.elsewhere:
        unknown = func.coalesce(contact.c.country.not_in(known_countries()), true())
        awake.append(and_(zone.is_(None), unknown))
    return not_(func.coalesce(or_(*awake), false()))


def _awake(zone: ColumnElement[str], group: Group, home: str | None) -> ColumnElement[bool]:
    at_home = home in group.closed
    holiday = func.coalesce(contact.c.country.in_(sorted(group.closed)), true() if at_home else false())
    return and_(zone.in_(sorted(group.zones)), not_(holiday))
