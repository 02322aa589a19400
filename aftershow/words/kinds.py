"""What happens between us and a person: one row for each kind, with all that follows from it."""

from dataclasses import dataclass
from enum import IntEnum, StrEnum

from aftershow.words.channels import Channel
from aftershow.words.directions import Direction
from aftershow.words.word import Word


class Level(IntEnum):
    """How complete a communication is once something happened, lowest to highest."""

    NOT_SENT = 0
    HANDED_OVER = 1
    DELIVERED = 2
    #: a sign that it was received: weak, and a machine may have made it
    SIGN = 3
    #: a reply, a call that connected, a word on an invitation
    ACKNOWLEDGED = 4
    #: what we wanted to know is known
    INFORMED = 5


class Shows(StrEnum):
    """What a kind shows of the person."""

    NOTHING = "nothing"
    #: a sign that somebody is there: the person did something, and no machine could have
    LIFE = "life"
    #: an answer to the step, which is a sign of life too: the person did more than receive it
    ANSWER = "answer"


class ByHand(StrEnum):
    """Whether a person may report a kind."""

    #: the machine alone writes it down
    NEVER = "never"
    ON_ITS_CHANNEL = "on its channel"
    #: the person may say so by any channel, whatever channel it is about
    ON_ANY_CHANNEL = "on any channel"
    #: it needs no channel, and may have any
    WITHOUT_CHANNEL = "without a channel"


class Meeting(StrEnum):
    """What a kind says of a meeting."""

    #: it stands, and is to come
    TO_COME = "to come"
    #: it does not take place
    OFF = "off"
    #: its time has passed
    OVER = "over"


class Then(StrEnum):
    """What becomes of a person at a step on which something came back."""

    #: a sign that the message arrived, no answer: the person waits on, unless the step's `on` names it
    WAITS = "waits"
    MOVES_ON = "moves on"
    #: another attempt is made, while there are attempts left
    TRIES_AGAIN = "tries again"


class Why(StrEnum):
    """Why an address is blocked."""

    #: the person wants no more, which is kept as a permission that is refused
    WISH = "wish"
    #: the address does not lead to the person
    DEAD = "dead"
    #: the same, where the report says that it is for good
    DEAD_IF_HARD = "dead if hard"


@dataclass(frozen=True, kw_only=True, slots=True)
class Outcome:
    """That a step may branch on a kind."""

    #: the channels of such steps
    channels: tuple[Channel, ...]
    then: Then


@dataclass(frozen=True, kw_only=True, slots=True)
class Block:
    """That the address must not be used any more."""

    #: as the list of blocked addresses has it
    reason: str
    why: Why


@dataclass(frozen=True, kw_only=True, slots=True)
class Asked:
    """The name by which conditions ask whether it happened."""

    name: str
    #: what it means, in a line of the catalogue
    about: str


@dataclass(frozen=True, kw_only=True, slots=True)
class KindRow:
    """What is known of a kind of interaction."""

    #: where it happens; none for what belongs to no channel
    channels: tuple[Channel, ...]
    #: who moved; what a provider reports of our message is our move
    moved: Direction
    #: how complete the communication is with it; None for what says nothing of a message
    level: Level | None
    shows: Shows
    by_hand: ByHand
    #: None: it does not change meetings
    meeting: Meeting | None
    #: None: no step branches on it
    outcome: Outcome | None
    #: None: the address stays as it is
    blocks: Block | None
    #: None: conditions ask for it by days_since("KIND") alone
    condition: Asked | None


# fmt: off
# A row has its facts in the same places, so that rows can be compared.
class InteractionKind(Word):
    """What happened between us and a contact, in the order in which it may."""

    row: KindRow

    #: a provider took it; of a call, the brief went to the rep
    SENT = "sent", KindRow(
        channels=(Channel.EMAIL, Channel.TEXT, Channel.LETTER, Channel.CALL), moved=Direction.OUT,
        level=Level.HANDED_OVER, shows=Shows.NOTHING, by_hand=ByHand.ON_ITS_CHANNEL, meeting=None,
        outcome=None, blocks=None,
        condition=Asked(name="contacted", about="anything was sent to the contact"),
    )
    #: not now: it is tried again
    DEFERRED = "deferred", KindRow(
        channels=(Channel.EMAIL, Channel.TEXT), moved=Direction.OUT,
        level=Level.NOT_SENT, shows=Shows.NOTHING, by_hand=ByHand.ON_ITS_CHANNEL, meeting=None,
        outcome=None, blocks=None, condition=None,
    )
    PRINTED = "printed", KindRow(
        channels=(Channel.LETTER,), moved=Direction.OUT,
        level=Level.HANDED_OVER, shows=Shows.NOTHING, by_hand=ByHand.ON_ITS_CHANNEL, meeting=None,
        outcome=None, blocks=None, condition=None,
    )
    MAILED = "mailed", KindRow(
        channels=(Channel.LETTER,), moved=Direction.OUT,
        level=Level.HANDED_OVER, shows=Shows.NOTHING, by_hand=ByHand.ON_ITS_CHANNEL, meeting=None,
        outcome=None, blocks=None, condition=None,
    )
    IN_TRANSIT = "in_transit", KindRow(
        channels=(Channel.LETTER,), moved=Direction.OUT,
        level=Level.HANDED_OVER, shows=Shows.NOTHING, by_hand=ByHand.ON_ITS_CHANNEL, meeting=None,
        outcome=None, blocks=None, condition=None,
    )
    DELIVERED = "delivered", KindRow(
        channels=(Channel.EMAIL, Channel.TEXT, Channel.LETTER), moved=Direction.OUT,
        level=Level.DELIVERED, shows=Shows.NOTHING, by_hand=ByHand.ON_ITS_CHANNEL, meeting=None,
        outcome=Outcome(channels=(Channel.LETTER,), then=Then.WAITS), blocks=None, condition=None,
    )
    BOUNCED = "bounced", KindRow(
        channels=(Channel.EMAIL,), moved=Direction.OUT,
        level=Level.HANDED_OVER, shows=Shows.NOTHING, by_hand=ByHand.ON_ITS_CHANNEL, meeting=None,
        outcome=Outcome(channels=(Channel.EMAIL,), then=Then.MOVES_ON),
        blocks=Block(reason="hard bounce", why=Why.DEAD_IF_HARD),
        condition=Asked(name="bounced", about="an email came back"),
    )
    #: the provider refused this person
    REJECTED = "rejected", KindRow(
        channels=(Channel.EMAIL,), moved=Direction.OUT,
        level=Level.NOT_SENT, shows=Shows.NOTHING, by_hand=ByHand.ON_ITS_CHANNEL, meeting=None,
        outcome=None, blocks=None, condition=None,
    )
    UNDELIVERED = "undelivered", KindRow(
        channels=(Channel.TEXT,), moved=Direction.OUT,
        level=Level.HANDED_OVER, shows=Shows.NOTHING, by_hand=ByHand.ON_ITS_CHANNEL, meeting=None,
        outcome=Outcome(channels=(Channel.TEXT,), then=Then.MOVES_ON), blocks=None, condition=None,
    )
    FAILED = "failed", KindRow(
        channels=(Channel.TEXT,), moved=Direction.OUT,
        level=Level.NOT_SENT, shows=Shows.NOTHING, by_hand=ByHand.ON_ITS_CHANNEL, meeting=None,
        outcome=None, blocks=None, condition=None,
    )
    RETURNED = "returned", KindRow(
        channels=(Channel.LETTER,), moved=Direction.OUT,
        level=Level.HANDED_OVER, shows=Shows.NOTHING, by_hand=ByHand.ON_ITS_CHANNEL, meeting=None,
        outcome=Outcome(channels=(Channel.LETTER,), then=Then.MOVES_ON),
        blocks=Block(reason="returned", why=Why.DEAD), condition=None,
    )
    OPENED = "opened", KindRow(
        channels=(Channel.EMAIL,), moved=Direction.IN,
        level=Level.SIGN, shows=Shows.NOTHING, by_hand=ByHand.ON_ITS_CHANNEL, meeting=None,
        outcome=Outcome(channels=(Channel.EMAIL,), then=Then.WAITS), blocks=None,
        condition=Asked(name="opened", about="an email was opened, or looked at by a machine"),
    )
    CLICKED = "clicked", KindRow(
        channels=(Channel.EMAIL,), moved=Direction.IN,
        level=Level.SIGN, shows=Shows.LIFE, by_hand=ByHand.ON_ITS_CHANNEL, meeting=None,
        outcome=Outcome(channels=(Channel.EMAIL, Channel.TEXT), then=Then.WAITS), blocks=None,
        condition=Asked(name="clicked", about="a link was followed"),
    )
    REPLIED = "replied", KindRow(
        channels=(Channel.EMAIL,), moved=Direction.IN,
        level=Level.ACKNOWLEDGED, shows=Shows.ANSWER, by_hand=ByHand.ON_ITS_CHANNEL, meeting=None,
        outcome=Outcome(channels=(Channel.EMAIL,), then=Then.MOVES_ON), blocks=None,
        condition=Asked(name="replied", about="the contact wrote back, by email or text"),
    )
    #: a machine of theirs wrote back
    AUTORESPONDED = "autoresponded", KindRow(
        channels=(Channel.EMAIL,), moved=Direction.IN,
        level=Level.DELIVERED, shows=Shows.NOTHING, by_hand=ByHand.ON_ITS_CHANNEL, meeting=None,
        outcome=None, blocks=None, condition=None,
    )
    COMPLAINED = "complained", KindRow(
        channels=(Channel.EMAIL,), moved=Direction.IN,
        level=Level.ACKNOWLEDGED, shows=Shows.NOTHING, by_hand=ByHand.ON_ANY_CHANNEL, meeting=None,
        outcome=None, blocks=Block(reason="complaint", why=Why.WISH),
        condition=Asked(name="complained", about="the contact called an email spam"),
    )
    UNSUBSCRIBED = "unsubscribed", KindRow(
        channels=(Channel.EMAIL,), moved=Direction.IN,
        level=Level.ACKNOWLEDGED, shows=Shows.NOTHING, by_hand=ByHand.ON_ANY_CHANNEL, meeting=None,
        outcome=None, blocks=Block(reason="unsubscribed", why=Why.WISH),
        condition=Asked(name="unsubscribed", about="the contact unsubscribed"),
    )
    #: a text of theirs; conditions count it as a reply
    RECEIVED = "received", KindRow(
        channels=(Channel.TEXT,), moved=Direction.IN,
        level=Level.ACKNOWLEDGED, shows=Shows.ANSWER, by_hand=ByHand.ON_ITS_CHANNEL, meeting=None,
        outcome=Outcome(channels=(Channel.TEXT,), then=Then.MOVES_ON), blocks=None, condition=None,
    )
    CONNECTED = "connected", KindRow(
        channels=(Channel.CALL,), moved=Direction.OUT,
        level=Level.ACKNOWLEDGED, shows=Shows.ANSWER, by_hand=ByHand.ON_ITS_CHANNEL, meeting=None,
        outcome=Outcome(channels=(Channel.CALL,), then=Then.MOVES_ON), blocks=None,
        condition=Asked(name="connected", about="we reached the contact by phone"),
    )
    CALLBACK_ASKED = "callback_asked", KindRow(
        channels=(Channel.CALL,), moved=Direction.IN,
        level=Level.ACKNOWLEDGED, shows=Shows.LIFE, by_hand=ByHand.ON_ITS_CHANNEL, meeting=None,
        outcome=Outcome(channels=(Channel.CALL,), then=Then.MOVES_ON), blocks=None, condition=None,
    )
    LEFT_VOICEMAIL = "left_voicemail", KindRow(
        channels=(Channel.CALL,), moved=Direction.OUT,
        level=Level.DELIVERED, shows=Shows.NOTHING, by_hand=ByHand.ON_ITS_CHANNEL, meeting=None,
        outcome=Outcome(channels=(Channel.CALL,), then=Then.TRIES_AGAIN), blocks=None, condition=None,
    )
    NO_ANSWER = "no_answer", KindRow(
        channels=(Channel.CALL,), moved=Direction.OUT,
        level=Level.HANDED_OVER, shows=Shows.NOTHING, by_hand=ByHand.ON_ITS_CHANNEL, meeting=None,
        outcome=Outcome(channels=(Channel.CALL,), then=Then.TRIES_AGAIN), blocks=None, condition=None,
    )
    BUSY = "busy", KindRow(
        channels=(Channel.CALL,), moved=Direction.OUT,
        level=Level.HANDED_OVER, shows=Shows.NOTHING, by_hand=ByHand.ON_ITS_CHANNEL, meeting=None,
        outcome=Outcome(channels=(Channel.CALL,), then=Then.TRIES_AGAIN), blocks=None, condition=None,
    )
    WRONG_NUMBER = "wrong_number", KindRow(
        channels=(Channel.CALL,), moved=Direction.OUT,
        level=Level.HANDED_OVER, shows=Shows.NOTHING, by_hand=ByHand.ON_ITS_CHANNEL, meeting=None,
        outcome=Outcome(channels=(Channel.CALL,), then=Then.MOVES_ON),
        blocks=Block(reason="wrong number", why=Why.DEAD), condition=None,
    )
    DO_NOT_CALL = "do_not_call", KindRow(
        channels=(Channel.CALL,), moved=Direction.IN,
        level=Level.ACKNOWLEDGED, shows=Shows.NOTHING, by_hand=ByHand.ON_ITS_CHANNEL, meeting=None,
        outcome=Outcome(channels=(Channel.CALL,), then=Then.MOVES_ON),
        blocks=Block(reason="do not call", why=Why.WISH), condition=None,
    )
    INVITED = "invited", KindRow(
        channels=(Channel.MEETING,), moved=Direction.OUT,
        level=Level.HANDED_OVER, shows=Shows.NOTHING, by_hand=ByHand.ON_ITS_CHANNEL, meeting=None,
        outcome=None, blocks=None, condition=None,
    )
    ACCEPTED = "accepted", KindRow(
        channels=(Channel.MEETING,), moved=Direction.IN,
        level=Level.ACKNOWLEDGED, shows=Shows.ANSWER, by_hand=ByHand.ON_ITS_CHANNEL, meeting=Meeting.TO_COME,
        outcome=Outcome(channels=(Channel.MEETING,), then=Then.MOVES_ON), blocks=None,
        condition=Asked(name="meeting.accepted", about="the contact accepted a meeting"),
    )
    TENTATIVE = "tentative", KindRow(
        channels=(Channel.MEETING,), moved=Direction.IN,
        level=Level.ACKNOWLEDGED, shows=Shows.NOTHING, by_hand=ByHand.ON_ITS_CHANNEL, meeting=Meeting.TO_COME,
        outcome=Outcome(channels=(Channel.MEETING,), then=Then.MOVES_ON), blocks=None,
        condition=Asked(name="meeting.tentative", about="the contact may come to a meeting"),
    )
    DECLINED = "declined", KindRow(
        channels=(Channel.MEETING,), moved=Direction.IN,
        level=Level.ACKNOWLEDGED, shows=Shows.NOTHING, by_hand=ByHand.ON_ITS_CHANNEL, meeting=Meeting.OFF,
        outcome=Outcome(channels=(Channel.MEETING,), then=Then.MOVES_ON), blocks=None,
        condition=Asked(name="meeting.declined", about="the contact declined a meeting"),
    )
    HELD = "held", KindRow(
        channels=(Channel.MEETING,), moved=Direction.NONE,
        level=Level.INFORMED, shows=Shows.NOTHING, by_hand=ByHand.ON_ITS_CHANNEL, meeting=Meeting.OVER,
        outcome=None, blocks=None, condition=Asked(name="meeting.held", about="a meeting took place"),
    )
    #: they had said that they would come
    NO_SHOW = "no_show", KindRow(
        channels=(Channel.MEETING,), moved=Direction.NONE,
        level=Level.ACKNOWLEDGED, shows=Shows.NOTHING, by_hand=ByHand.ON_ITS_CHANNEL, meeting=Meeting.OVER,
        outcome=None, blocks=None,
        condition=Asked(name="meeting.no_show", about="the contact did not come to a meeting"),
    )
    CANCELLED = "cancelled", KindRow(
        channels=(Channel.MEETING,), moved=Direction.NONE,
        level=Level.ACKNOWLEDGED, shows=Shows.NOTHING, by_hand=ByHand.ON_ITS_CHANNEL, meeting=Meeting.OFF,
        outcome=None, blocks=None,
        condition=Asked(name="meeting.cancelled", about="a meeting was called off"),
    )
    FORM_SUBMITTED = "form_submitted", KindRow(
        channels=(), moved=Direction.IN,
        level=Level.INFORMED, shows=Shows.LIFE, by_hand=ByHand.WITHOUT_CHANNEL, meeting=None,
        outcome=Outcome(channels=(Channel.EMAIL,), then=Then.MOVES_ON), blocks=None,
        condition=Asked(name="form_submitted", about="the contact filled in a form"),
    )
    NOTE = "note", KindRow(
        channels=(), moved=Direction.NONE,
        level=None, shows=Shows.NOTHING, by_hand=ByHand.WITHOUT_CHANNEL, meeting=None,
        outcome=None, blocks=None, condition=None,
    )
    CAPTURED = "captured", KindRow(
        channels=(), moved=Direction.IN,
        level=None, shows=Shows.NOTHING, by_hand=ByHand.NEVER, meeting=None,
        outcome=None, blocks=None, condition=None,
    )
    IMPORTED = "imported", KindRow(
        channels=(), moved=Direction.NONE,
        level=None, shows=Shows.NOTHING, by_hand=ByHand.NEVER, meeting=None,
        outcome=None, blocks=None, condition=None,
    )
    MERGED = "merged", KindRow(
        channels=(), moved=Direction.NONE,
        level=None, shows=Shows.NOTHING, by_hand=ByHand.NEVER, meeting=None,
        outcome=None, blocks=None, condition=None,
    )
    GOAL_REACHED = "goal_reached", KindRow(
        channels=(), moved=Direction.NONE,
        level=None, shows=Shows.NOTHING, by_hand=ByHand.NEVER, meeting=None,
        outcome=None, blocks=None, condition=None,
    )
    EXITED = "exited", KindRow(
        channels=(), moved=Direction.NONE,
        level=None, shows=Shows.NOTHING, by_hand=ByHand.NEVER, meeting=None,
        outcome=None, blocks=None, condition=None,
    )
    APPROVED = "approved", KindRow(
        channels=(), moved=Direction.NONE,
        level=None, shows=Shows.NOTHING, by_hand=ByHand.NEVER, meeting=None,
        outcome=None, blocks=None, condition=None,
    )
    #: a message that was in doubt never went out, as somebody found out
    NOT_SENT = "not_sent", KindRow(
        channels=(), moved=Direction.NONE,
        level=Level.NOT_SENT, shows=Shows.NOTHING, by_hand=ByHand.NEVER, meeting=None,
        outcome=None, blocks=None, condition=None,
    )
# fmt: on


def kinds_on(channel: Channel) -> tuple[InteractionKind, ...]:
    """Return what happens on a channel."""
    return tuple(kind for kind in InteractionKind if channel in kind.row.channels)


def outcomes_of(channel: Channel) -> tuple[InteractionKind, ...]:
    """Return what a step of a channel can branch on."""
    return tuple(
        kind for kind in InteractionKind if kind.row.outcome and channel in kind.row.outcome.channels
    )


def kinds_with(then: Then) -> tuple[InteractionKind, ...]:
    """Return the outcomes, of whatever channel, that have this consequence at a step."""
    return tuple(kind for kind in InteractionKind if kind.row.outcome and kind.row.outcome.then is then)


def kinds_by_hand(*how: ByHand) -> tuple[InteractionKind, ...]:
    """Return what a person may report in one of these ways."""
    return tuple(kind for kind in InteractionKind if kind.row.by_hand in how)


def kinds_that_show(*what: Shows) -> tuple[InteractionKind, ...]:
    """Return the kinds that show one of these of the person."""
    return tuple(kind for kind in InteractionKind if kind.row.shows in what)


def kinds_of_meetings(*what: Meeting) -> tuple[InteractionKind, ...]:
    """Return the kinds that say one of these of a meeting."""
    return tuple(kind for kind in InteractionKind if kind.row.meeting in what)
