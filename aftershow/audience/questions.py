"""Names that ask about one word, such as permission("email") and days_since("sent")."""

import json
from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy import ColumnElement

from aftershow.audience import record
from aftershow.audience.person import PersonFacts
from aftershow.audience.scope import Scope
from aftershow.audience.terms import DaysSince, FieldTerm, Type
from aftershow.words.answers import Answer
from aftershow.words.channels import Channel
from aftershow.words.kinds import InteractionKind

DAYS_SINCE = "days_since"

#: What days_since may be asked about by a word.
KINDS = tuple(kind.value for kind in InteractionKind)


@dataclass(frozen=True, kw_only=True, slots=True)
class Question:
    """A name that is true or false for a word."""

    name: str
    #: what the word may be; None for the names that the campaign gives
    words: tuple[str, ...] | None
    #: what the word is called in the catalogue: STEP and ARM are the campaign's own
    argument: str
    sql: Callable[[str, Scope], ColumnElement[bool]]
    value: Callable[[str, PersonFacts], bool]
    about: str

    def about_word(self, word: str) -> FieldTerm:
        """Return the fact that the name is for a word."""
        return FieldTerm(
            text=f"{self.name}({json.dumps(word, ensure_ascii=False)})",
            name=self.name,
            type=Type.TRUTH,
            sql=lambda scope: self.sql(word, scope),
            value=lambda person: self.value(word, person),
        )


_CHANNELS = tuple(channel.value for channel in Channel)
_ADDRESSED = tuple(channel.value for channel in record.ADDRESSES)

QUESTIONS = {
    question.name: question
    for question in (
        Question(
            name="permission",
            words=_CHANNELS,
            argument="CHANNEL",
            sql=lambda channel, scope: record.said(channel, Answer.YES),
            value=lambda channel, person: person.permissions.get(channel) == Answer.YES,
            about="the contact said yes to marketing by this channel",
        ),
        Question(
            name="refused",
            words=_CHANNELS,
            argument="CHANNEL",
            sql=lambda channel, scope: record.said(channel, Answer.NO),
            value=lambda channel, person: person.permissions.get(channel) == Answer.NO,
            about="the contact said no to marketing by this channel",
        ),
        Question(
            name="suppressed",
            words=_ADDRESSED,
            argument="CHANNEL",
            sql=lambda channel, scope: record.suppressed(channel),
            value=lambda channel, person: channel in person.suppressed,
            about="the contact's address for this channel must not be used",
        ),
        Question(
            name="sent",
            words=None,
            argument="STEP",
            sql=record.sent,
            value=lambda step, person: step in person.sent,
            about="in a campaign's step: the message of that step was accepted by a provider",
        ),
        Question(
            name="acknowledged",
            words=None,
            argument="STEP",
            sql=record.acknowledged,
            value=lambda step, person: step in person.acknowledged,
            about="in a campaign's step: the contact answered that step",
        ),
        Question(
            name="arm",
            words=None,
            argument="ARM",
            sql=record.in_arm,
            value=lambda arm, person: arm in person.arms,
            about="in a campaign's step: chance put the contact into that arm of a split",
        ),
    )
}


def days_since_last(kind: str) -> DaysSince:
    """Return the days since the last interaction of a kind."""
    last = FieldTerm(
        text=kind,
        name=DAYS_SINCE,
        type=Type.MOMENT,
        sql=lambda scope: record.last(InteractionKind(kind), scope),
        value=lambda person: person.last.get(kind),
    )
    return DaysSince(text=f'{DAYS_SINCE}("{kind}")', moment=last)


def days_since(moment: FieldTerm) -> DaysSince:
    """Return the days since a moment of the catalogue."""
    return DaysSince(text=f"{DAYS_SINCE}({moment.text})", moment=moment)
