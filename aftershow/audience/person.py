"""One person's facts as a plain value: what conditions are asked of in Python, and what explanations show."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from aftershow.words.answers import Answer

#: What a field may hold; None is a missing value.
Value = str | float | bool | datetime | None


@dataclass(frozen=True, kw_only=True, slots=True)
class PersonFacts:
    """What is known of one contact in one scope. Whatever is left out is missing, or false."""

    #: aware; what days_since counts back from
    now: datetime
    #: IANA name; the zone of dates and times that are written without one
    zone: str = "UTC"
    #: field name as in the catalogue, such as grade or account.name, to its value
    facts: Mapping[str, Value] = field(default_factory=dict)
    #: name of the question to the answer, of the lead in question
    answers: Mapping[str, str] = field(default_factory=dict)
    #: interaction kind to the moment (aware) of the last one that counts
    last: Mapping[str, datetime] = field(default_factory=dict)
    #: messages that went out since the last sign of life
    unanswered: int = 0
    #: channel to what counts now of what the person said
    permissions: Mapping[str, Answer] = field(default_factory=dict)
    #: channels by which the person's address must not be used
    suppressed: frozenset[str] = frozenset()
    #: names of the campaign's steps whose message a provider accepted
    sent: frozenset[str] = frozenset()
    #: names of the campaign's steps that the person answered
    acknowledged: frozenset[str] = frozenset()
    #: the arms of the campaign's splits into which chance put the person
    arms: frozenset[str] = frozenset()
