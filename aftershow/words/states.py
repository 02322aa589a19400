"""Where a message stands in the ledger."""

from enum import StrEnum


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
