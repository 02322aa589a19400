"""The ways to reach a person, each with all that is decided by channel.

Beside its row, a channel needs code: its address as SQL (people/consent/addresses), what its template becomes
(content/, ports), its step (campaign/steps/), in the demo a habit and a colour. tests/words/ says what lacks.
"""

from dataclasses import dataclass

from aftershow.words.answers import Need
from aftershow.words.word import Word


@dataclass(frozen=True, kw_only=True, slots=True)
class ChannelRow:
    """What is known of a channel."""

    #: what one of its messages is called in a sentence
    called: str
    #: the channel whose permission, and whose blocked addresses, count for it too
    consent: str
    #: what a person must have said, where the settings do not say it
    need: Need
    #: the hours in which it may be used, by the person's clock, where the settings do not say it; None: all
    hours: str | None
    #: the files that a folder of templates/ must have to go by it; the first is the message itself
    files: tuple[str, ...]
    #: a machine takes it to an address, and reads it on the way: of two people with that address one gets it,
    #: and who opens it may be no person; the others are for the person, whoever has the street or the number
    by_machine: bool
    #: it counts for how much one person may hear from us, and is held by it
    counts_for_caps: bool
    #: lead files have a column for its permission
    asked_in_files: bool


class Channel(Word):
    """A way to reach a person."""

    row: ChannelRow

    EMAIL = (
        "email",
        ChannelRow(
            called="an email",
            consent="email",
            need=Need.YES,
            hours=None,
            files=("email.html", "subject.txt"),
            by_machine=True,
            counts_for_caps=True,
            asked_in_files=True,
        ),
    )
    TEXT = (
        "text",
        ChannelRow(
            called="a text message",
            consent="text",
            need=Need.YES,
            hours="8:00-21:00",
            files=("text.txt",),
            by_machine=True,
            counts_for_caps=True,
            asked_in_files=True,
        ),
    )
    LETTER = (
        "letter",
        ChannelRow(
            called="a letter",
            consent="letter",
            need=Need.UNLESS_NO,
            hours=None,
            files=("letter.txt",),
            by_machine=False,
            counts_for_caps=True,
            asked_in_files=False,
        ),
    )
    #: made by a person, who knows when it is too much
    CALL = (
        "call",
        ChannelRow(
            called="a call",
            consent="call",
            need=Need.UNLESS_NO,
            hours=None,
            files=("call.txt",),
            by_machine=False,
            counts_for_caps=False,
            asked_in_files=False,
        ),
    )
    #: the invitation is an email, and needs what emails need
    MEETING = (
        "meeting",
        ChannelRow(
            called="an invitation",
            consent="email",
            need=Need.YES,
            hours=None,
            files=("meeting.txt", "subject.txt"),
            by_machine=True,
            counts_for_caps=True,
            asked_in_files=False,
        ),
    )


def consent_channel(channel: Channel) -> Channel:
    """Return the channel whose permission counts: an invitation to a meeting is an email."""
    return Channel(channel.row.consent)
