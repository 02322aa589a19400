"""What may be reported, and by which channel it happens."""

from collections.abc import Mapping

from aftershow.errors import UsageError
from aftershow.words.channels import Channel
from aftershow.words.kinds import ByHand, InteractionKind, kinds_by_hand, kinds_on
from aftershow.workspace.yaml.wording import did_you_mean, one_of

#: What happens on each channel, in the order in which it may.
BY_CHANNEL: Mapping[Channel, tuple[InteractionKind, ...]] = {
    channel: kinds_on(channel) for channel in Channel
}

#: What needs no channel.
OF_NO_CHANNEL = kinds_by_hand(ByHand.WITHOUT_CHANNEL)

#: A person may say this of any channel, whatever channel they say it by.
OF_ANY_CHANNEL = kinds_by_hand(ByHand.ON_ANY_CHANNEL, ByHand.WITHOUT_CHANNEL)

#: What can be reported; the other kinds are the machine's own, such as merged.
REPORTABLE = tuple(kind for kind in InteractionKind if kind.row.by_hand is not ByHand.NEVER)


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
    possible = kind.row.channels
    if said is None:
        if len(possible) > 1:
            raise UsageError(f"`{kind}` happens on several channels: say --channel {one_of(possible)}")
        return possible[0] if possible else None
    if said not in possible and kind not in OF_ANY_CHANNEL:
        raise UsageError(f"`{kind}` never happens on the channel {said}, only on {one_of(possible)}")
    return said
