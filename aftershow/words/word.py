"""A word of a fixed vocabulary that carries its row: every fact about it, in one place."""

from enum import StrEnum
from typing import Any, Self


class Word(StrEnum):
    """A word with its row: `X = "x", Row(...)`.

    A row's class has all its facts required, so that a word without a row, or with a row that lacks a fact,
    fails when its file is imported. `Word("x")` finds the word, as with every enum.
    """

    #: each vocabulary says which class of row it has
    row: Any

    def __new__(cls, word: str, row: object = None) -> Self:
        """Make a word; raises TypeError for one without a row, or that stands there already.

        An enum would take the second one for another name of the first, and drop its row.
        """
        if word in cls._value2member_map_:
            raise TypeError(f"`{word}` of {cls.__name__} stands there twice: one of its rows would be lost")
        if row is None:
            raise TypeError(f"`{word}` of {cls.__name__} has no row: write down what is known of it")
        member = str.__new__(cls, word)
        member._value_ = word
        member.row = row
        return member
