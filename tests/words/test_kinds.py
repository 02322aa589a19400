"""What the rows of interaction kinds say fits together."""

import pytest

from aftershow.audience.record import REPEATED
from aftershow.people.identity.merging import _LATEST
from aftershow.store.tables import contact
from aftershow.words.channels import Channel
from aftershow.words.directions import Direction
from aftershow.words.kinds import ByHand, InteractionKind, Level, Shows, Then, Why, outcomes_of


@pytest.mark.parametrize("kind", list(InteractionKind))
def test_a_row_fits_together(kind: InteractionKind) -> None:
    """No row says one thing in one place and another in the next."""
    row = kind.row
    if row.channels:
        assert row.level is not None, "what happens on a channel is about a communication"
        assert row.by_hand is not ByHand.NEVER, "somebody may have seen it happen"
    if row.shows is Shows.ANSWER:
        assert row.level is not None
        assert row.level >= Level.ACKNOWLEDGED, "an answer is more than a sign"
    if row.level is Level.SIGN:
        assert row.moved is Direction.IN
        assert all(channel.row.by_machine for channel in row.channels), "paper and voices give no weak signs"
    if row.level in (Level.NOT_SENT, Level.HANDED_OVER):
        assert row.moved is not Direction.IN, "nobody moves for what did not reach them"
    if row.blocks and row.blocks.why is Why.WISH:
        assert row.moved is Direction.IN, "a wish is the person's own"
        assert row.shows is Shows.NOTHING, "who wants no more is not asked whether they live"
    if row.blocks:
        assert row.channels, "an address is one of a channel: without it nothing would be blocked"
    if row.outcome and row.outcome.then is Then.TRIES_AGAIN:
        assert row.shows is Shows.NOTHING, "who was reached is not tried again"
    if row.meeting:
        assert row.channels == (Channel.MEETING,)


def test_what_a_contact_repeats_is_known_everywhere() -> None:
    """A column that repeats an interaction is asked for by its kind; in a merge the later one counts."""
    columns = {column.name for column in contact.c if column.name.startswith("last_")}
    assert {column.name for column in REPEATED.values()} == columns == set(_LATEST)


def test_conditions_ask_by_one_name_each() -> None:
    """No two kinds share the name by which conditions ask for them."""
    names = [kind.row.condition.name for kind in InteractionKind if kind.row.condition]
    assert len(names) == len(set(names))


@pytest.mark.parametrize("channel", list(Channel))
def test_something_comes_back_on_every_channel(channel: Channel) -> None:
    """A step of any channel has something to branch on, and what it waits for can be reported."""
    assert outcomes_of(channel)
    for kind in outcomes_of(channel):
        assert kind.row.by_hand is not ByHand.NEVER
