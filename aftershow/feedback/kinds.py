"""What may be reported, by which channel it happens, and who moved."""

from collections.abc import Mapping

from aftershow.errors import UsageError
from aftershow.words import Channel, Direction, InteractionKind
from aftershow.workspace.wording import did_you_mean, one_of

_Kind = InteractionKind

#: What happens on each channel, in the order in which it may.
BY_CHANNEL: Mapping[Channel, tuple[InteractionKind, ...]] = {
    Channel.EMAIL: (
        _Kind.SENT,
        _Kind.DELIVERED,
        _Kind.DEFERRED,
        _Kind.BOUNCED,
        _Kind.REJECTED,
        _Kind.OPENED,
        _Kind.CLICKED,
        _Kind.REPLIED,
        _Kind.AUTORESPONDED,
        _Kind.COMPLAINED,
        _Kind.UNSUBSCRIBED,
    ),
    Channel.TEXT: (
        _Kind.SENT,
        _Kind.DEFERRED,
        _Kind.DELIVERED,
        _Kind.UNDELIVERED,
        _Kind.FAILED,
        _Kind.RECEIVED,
    ),
    Channel.LETTER: (
        _Kind.SENT,
        _Kind.PRINTED,
        _Kind.MAILED,
        _Kind.IN_TRANSIT,
        _Kind.DELIVERED,
        _Kind.RETURNED,
    ),
    Channel.CALL: (
        _Kind.SENT,
        _Kind.CONNECTED,
        _Kind.LEFT_VOICEMAIL,
        _Kind.NO_ANSWER,
        _Kind.BUSY,
        _Kind.WRONG_NUMBER,
        _Kind.CALLBACK_ASKED,
        _Kind.DO_NOT_CALL,
    ),
    Channel.MEETING: (
        _Kind.INVITED,
        _Kind.ACCEPTED,
        _Kind.TENTATIVE,
        _Kind.DECLINED,
        _Kind.HELD,
        _Kind.NO_SHOW,
        _Kind.CANCELLED,
    ),
}

#: What needs no channel.
OF_NO_CHANNEL = (_Kind.FORM_SUBMITTED, _Kind.NOTE)

#: A person may say this of any channel, whatever channel they say it by.
OF_ANY_CHANNEL = (_Kind.UNSUBSCRIBED, _Kind.COMPLAINED, *OF_NO_CHANNEL)

#: What can be reported; the other kinds are the machine's own, such as merged.
REPORTABLE = tuple(
    dict.fromkeys((*(kind for kinds in BY_CHANNEL.values() for kind in kinds), *OF_NO_CHANNEL))
)

_FROM_THEM = frozenset(
    {
        _Kind.OPENED,
        _Kind.CLICKED,
        _Kind.REPLIED,
        _Kind.AUTORESPONDED,
        _Kind.COMPLAINED,
        _Kind.UNSUBSCRIBED,
        _Kind.RECEIVED,
        _Kind.CALLBACK_ASKED,
        _Kind.DO_NOT_CALL,
        _Kind.ACCEPTED,
        _Kind.TENTATIVE,
        _Kind.DECLINED,
        _Kind.CAPTURED,
        _Kind.FORM_SUBMITTED,
    }
)
_FROM_NOBODY = frozenset(
    {
        _Kind.HELD,
        _Kind.NO_SHOW,
        _Kind.CANCELLED,
        _Kind.IMPORTED,
        _Kind.NOTE,
        _Kind.MERGED,
        _Kind.GOAL_REACHED,
        _Kind.EXITED,
        _Kind.APPROVED,
        _Kind.NOT_SENT,
    }
)


def direction_of(kind: InteractionKind) -> Direction:
    """Return who moved; what a provider reports of our message is our move."""
    if kind in _FROM_THEM:
        return Direction.IN
    return Direction.NONE if kind in _FROM_NOBODY else Direction.OUT


def reportable(word: str) -> InteractionKind:
    """Return the kind that a person names; raises UsageError for what can't be reported."""
    if word not in REPORTABLE:
        raise UsageError(f"Nothing that happens is called `{word}`{did_you_mean(word, REPORTABLE)}")
    return InteractionKind(word)


def channel_named(word: str | None) -> Channel | None:
    """Return the channel that a person names, None for none; raises UsageError for what is no channel."""
    if word is None:
        return None
    if word not in tuple(Channel):
        raise UsageError(f"There is no channel `{word}`{did_you_mean(word, Channel)}")
    return Channel(word)


def channel_of(kind: InteractionKind, said: Channel | None) -> Channel | None:
    """Return the channel on which a kind happens, `said` where a person says it; None for what needs none.

    Raises UsageError when it may be several, or when it never happens on the one that was said.
    """
    possible = [channel for channel, kinds in BY_CHANNEL.items() if kind in kinds]
    if said is None:
        if len(possible) > 1:
            raise UsageError(f"`{kind}` happens on several channels: say --channel {one_of(possible)}")
        return possible[0] if possible else None
    if said not in possible and kind not in OF_ANY_CHANNEL:
        raise UsageError(f"`{kind}` never happens on the channel {said}, only on {one_of(possible)}")
    return said
