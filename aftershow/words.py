"""The fixed vocabularies, value by value; docs/glossary.md is their home in prose."""

from enum import StrEnum


class Channel(StrEnum):
    """A way to reach a person."""

    EMAIL = "email"
    TEXT = "text"
    LETTER = "letter"
    CALL = "call"
    MEETING = "meeting"


def consent_channel(channel: Channel) -> Channel:
    """Return the channel whose permission counts: an invitation to a meeting is an email."""
    return Channel.EMAIL if channel is Channel.MEETING else channel


class Answer(StrEnum):
    """What a person said when asked for permission; blank is never yes."""

    YES = "yes"
    NO = "no"
    NOT_ASKED = "not_asked"


class State(StrEnum):
    """Where a message stands in the ledger."""

    #: due at its time, nothing holds it
    PLANNED = "planned"
    #: not sent, for a reason that stands beside it
    HELD = "held"
    #: a sender took it, with a lease; nothing has been sent
    CLAIMED = "claimed"
    #: the provider is being called; what happens next may not be known
    HANDING_OVER = "handing_over"
    #: the provider took it
    ACCEPTED = "accepted"
    #: the provider refused this person
    REJECTED = "rejected"
    #: it may or may not have been sent; only a person or the provider's own list can tell
    UNKNOWN = "unknown"
    #: taken back before it was sent
    CANCELLED = "cancelled"
    #: it was not sent in time and no longer makes sense
    EXPIRED = "expired"


class HoldReason(StrEnum):
    """Why a message is held."""

    #: the person left the campaign
    EXITED = "exited"
    #: the contact has no address for this channel
    NO_ADDRESS = "no_address"
    #: the address must not be used
    SUPPRESSED = "suppressed"
    #: the person has not given the permission that this channel needs
    PERMISSION = "permission"
    #: the step's `if` does not hold for this person
    CONDITION = "condition"
    #: another contact with the same address gets this step
    DUPLICATE_ADDRESS = "duplicate_address"
    #: the person has heard enough from us, over all campaigns
    FREQUENCY_CAP = "frequency_cap"
    #: it is night, or outside the sending hours, where the person lives
    QUIET_HOURS = "quiet_hours"
    #: the template could not be rendered for this person
    CONTENT = "content"
    #: the person is in the part of the audience that hears nothing, for comparison
    HOLD_OUT = "hold_out"
    #: someone must let it go first
    APPROVAL = "approval"
    #: the date that the step counts from is not known of this person
    NO_DATE = "no_date"


class InteractionKind(StrEnum):
    """What happened between us and a contact; grouped by channel in docs/glossary.md."""

    SENT = "sent"
    DELIVERED = "delivered"
    DEFERRED = "deferred"
    BOUNCED = "bounced"
    REJECTED = "rejected"
    OPENED = "opened"
    CLICKED = "clicked"
    REPLIED = "replied"
    AUTORESPONDED = "autoresponded"
    COMPLAINED = "complained"
    UNSUBSCRIBED = "unsubscribed"
    UNDELIVERED = "undelivered"
    FAILED = "failed"
    RECEIVED = "received"
    PRINTED = "printed"
    MAILED = "mailed"
    IN_TRANSIT = "in_transit"
    RETURNED = "returned"
    CONNECTED = "connected"
    LEFT_VOICEMAIL = "left_voicemail"
    NO_ANSWER = "no_answer"
    BUSY = "busy"
    WRONG_NUMBER = "wrong_number"
    CALLBACK_ASKED = "callback_asked"
    DO_NOT_CALL = "do_not_call"
    INVITED = "invited"
    ACCEPTED = "accepted"
    TENTATIVE = "tentative"
    DECLINED = "declined"
    HELD = "held"
    NO_SHOW = "no_show"
    CANCELLED = "cancelled"
    CAPTURED = "captured"
    IMPORTED = "imported"
    FORM_SUBMITTED = "form_submitted"
    NOTE = "note"
    MERGED = "merged"
    GOAL_REACHED = "goal_reached"
    EXITED = "exited"
    APPROVED = "approved"
    #: a message that was in doubt never went out, as somebody found out
    NOT_SENT = "not_sent"


class Direction(StrEnum):
    """Who moved: we towards the person, the person towards us, or neither."""

    OUT = "out"
    IN = "in"
    NONE = "none"


class Crowd(StrEnum):
    """Among whom an audience is looked for."""

    #: the leads of a show
    LEADS = "leads"
    #: everyone we know
    EVERYONE = "everyone"
    #: our own reps
    TEAM = "team"
