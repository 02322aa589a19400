"""What can be reported, and by which channel."""

import pytest

from aftershow.errors import UsageError
from aftershow.feedback.kinds import (
    REPORTABLE,
    channel_named,
    channel_of,
    reportable,
)
from aftershow.words.directions import Direction
from aftershow.words.kinds import InteractionKind


def test_what_the_machine_writes_itself() -> None:
    """Everything can be reported but what only the machine does."""
    assert {str(kind) for kind in InteractionKind} - {str(kind) for kind in REPORTABLE} == {
        "captured", "imported", "merged", "goal_reached", "exited", "approved", "not_sent",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("kind", "said", "channel"),
    [
        ("connected", None, "call"),
        ("replied", None, "email"),
        ("no_show", None, "meeting"),
        ("unsubscribed", None, "email"),
        ("unsubscribed", "text", "text"),
        ("delivered", "letter", "letter"),
        ("note", None, None),
        ("note", "call", "call"),
        ("form_submitted", None, None),
    ],
)
def test_the_channel_follows_from_the_kind(kind: str, said: str | None, channel: str | None) -> None:
    """Where a kind happens on one channel alone, nobody has to say it."""
    assert channel_of(reportable(kind), channel_named(said)) == channel


@pytest.mark.parametrize(
    ("kind", "said", "message"),
    [
        (
            "delivered",
            None,
            "`delivered` happens on several channels: say --channel `email`, `text` or `letter`",
        ),
        ("connected", "email", "`connected` never happens on the channel email, only on `call`"),
        ("conected", None, "Nothing that happens is called `conected`: did you mean `connected`?"),
        ("merged", None, "Nothing that happens is called `merged`"),
        ("connected", "cal", "There is no channel `cal`: did you mean `call`?"),
    ],
)
def test_what_can_not_be_meant(kind: str, said: str | None, message: str) -> None:
    """A kind or a channel that can't be meant is refused with what may be."""
    with pytest.raises(UsageError) as caught:
        channel_of(reportable(kind), channel_named(said))
    assert str(caught.value).startswith(message)


@pytest.mark.parametrize(
    ("kind", "direction"),
    [
        ("replied", "in"),
        ("received", "in"),
        ("declined", "in"),
        ("connected", "out"),
        ("bounced", "out"),
        ("sent", "out"),
        ("no_show", "none"),
        ("note", "none"),
        ("goal_reached", "none"),
    ],
)
def test_who_moved(kind: str, direction: str) -> None:
    """A reply is their move, a call and what becomes of our messages ours, a note nobody's."""
    assert InteractionKind(kind).row.moved is Direction(direction)
