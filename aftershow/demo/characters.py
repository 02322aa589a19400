"""How the people of the demo behave: invented, and the same whenever it is played."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random

from aftershow.words.channels import Channel
from aftershow.words.kinds import InteractionKind

#: Changes what everybody does.
SEED = "aftershow"

Kind = InteractionKind

#: By channel: how likely each outcome is, and within how many hours it comes. The rest is silence.
HABITS: Mapping[Channel, Sequence[tuple[Kind, float, float]]] = {
    Channel.EMAIL: (
        (Kind.BOUNCED, 0.03, 0.1),
        (Kind.UNSUBSCRIBED, 0.02, 24),
        (Kind.REPLIED, 0.12, 60),
        (Kind.CLICKED, 0.18, 48),
        (Kind.OPENED, 0.30, 36),
    ),
    Channel.TEXT: ((Kind.UNDELIVERED, 0.04, 0.2), (Kind.RECEIVED, 0.25, 6)),
    Channel.LETTER: ((Kind.RETURNED, 0.04, 24 * 9),),
    Channel.CALL: (
        (Kind.CONNECTED, 0.38, 6),
        (Kind.NO_ANSWER, 0.30, 6),
        (Kind.LEFT_VOICEMAIL, 0.22, 6),
        (Kind.WRONG_NUMBER, 0.03, 6),
    ),
    Channel.MEETING: ((Kind.ACCEPTED, 0.35, 48), (Kind.DECLINED, 0.15, 48)),
}
#: Who is invited by email to book a meeting does so this often; who has one comes this often.
BOOKS, COMES = 0.3, 0.8
#: What people say when they are asked: by the name of the question, else yes.
ANSWERS: Mapping[str, Sequence[str]] = {
    "timing": ("now", "this year", "no"),
    "decision_date": ("2027-01-29", "2027-03-31", "2027-06-30"),
    "budget": ("below 20,000", "20,000 to 50,000", "above 50,000"),
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Reaction:
    """What somebody does about a message."""

    kind: Kind
    channel: Channel
    at: datetime
    answers: Mapping[str, str] = field(default_factory=dict)
    #: when the meeting begins that was accepted
    meeting_at: datetime | None = None


def reaction(
    key: str, channel: Channel, asks: Sequence[str], sent_at: datetime, slots: Sequence[datetime]
) -> Reaction | None:
    """Return what somebody does about a message, or None; `key` names the message, `slots` are free hours.

    An email that offers slots may be answered by booking one, and so may an invitation.
    """
    chance = Random(f"{SEED}:{key}")  # noqa: S311  a play, not a secret
    if slots and channel is Channel.EMAIL and chance.random() < BOOKS:
        return Reaction(
            kind=Kind.ACCEPTED,
            channel=Channel.MEETING,
            at=sent_at + timedelta(hours=chance.uniform(1, 72)),
            meeting_at=chance.choice(slots),
        )
    drawn = chance.random()
    for kind, share, hours in HABITS[channel]:
        if drawn < share:
            at = sent_at + timedelta(hours=chance.uniform(0.02, hours))
            talks = kind in (Kind.CONNECTED, Kind.REPLIED, Kind.RECEIVED)
            return Reaction(
                kind=kind,
                channel=channel,
                at=at,
                answers={name: chance.choice(ANSWERS.get(name, ("yes",))) for name in asks} if talks else {},
                meeting_at=chance.choice(slots) if slots and kind is Kind.ACCEPTED else None,
            )
        drawn -= share
    return None


def comes(key: str) -> bool:
    """Say whether somebody comes to a meeting."""
    return Random(f"{SEED}:{key}:comes").random() < COMES  # noqa: S311  a play, not a secret
