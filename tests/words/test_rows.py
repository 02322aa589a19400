"""A word stands nowhere without its row, and no row lacks a fact."""

from dataclasses import MISSING, dataclass, fields
from typing import Any

import pytest

from aftershow.words.channels import Channel, ChannelRow
from aftershow.words.fields import ContactField, FieldRow, Kept
from aftershow.words.kinds import Asked, Block, InteractionKind, KindRow, Outcome
from aftershow.words.reasons import HoldReason, ReasonRow
from aftershow.words.word import Word

ROWS = (ChannelRow, KindRow, ReasonRow, FieldRow, Kept, Outcome, Block, Asked)


@dataclass(frozen=True, kw_only=True, slots=True)
class Colour:
    """The row of the words that the tests make up."""

    warm: bool


def test_a_word_that_nobody_classified_fails() -> None:
    """A kind, a channel, a reason or a field that is added without its row can't be imported."""
    with pytest.raises(TypeError, match="`blue` of Paint has no row"):

        class Paint(Word):
            RED = "red", Colour(warm=True)
            BLUE = "blue"


def test_a_word_that_stands_there_twice_fails() -> None:
    """A second member with the same word would silently have the row of the first."""
    with pytest.raises(TypeError, match="`red` of Paint stands there twice"):

        class Paint(Word):
            RED = "red", Colour(warm=True)
            BLUE = "red", Colour(warm=False)


def test_half_a_row_fails() -> None:
    """A row that lacks a fact can't be imported, whichever fact it is: none has a default."""
    with pytest.raises(TypeError, match="warm"):
        Colour()  # type: ignore[call-arg]  # what is tested
    for row in ROWS:
        for fact in fields(row):
            assert fact.default is fact.default_factory is MISSING, (row, fact.name)


@pytest.mark.parametrize(
    ("words", "row"),
    [(Channel, ChannelRow), (InteractionKind, KindRow), (HoldReason, ReasonRow), (ContactField, FieldRow)],
)
def test_each_word_has_a_row_of_its_kind(words: type[Word], row: type[Any]) -> None:
    """Words carry rows of their own class, and are found by what they say."""
    for word in words:
        assert isinstance(word.row, row)
        assert words(str(word)) is word
