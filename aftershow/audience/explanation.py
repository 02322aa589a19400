"""Why a person is meant or not: the condition's clauses, each with its answer and the values found."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Optional

from aftershow.audience.person import Value


@dataclass(frozen=True, kw_only=True, slots=True)
class Explanation:
    """One clause, asked of one person. It shows data of the person: print it, never log it."""

    #: the clause, as it would be written
    text: str
    holds: bool
    #: the person's values that decided it, by the name they are asked for
    found: Mapping[str, Value] = field(default_factory=dict)
    #: the clauses that it is made of
    parts: tuple["Explanation", ...] = ()
    #: every part must hold, so that one that fails is the reason
    needs_all: bool = False

    def __str__(self) -> str:
        return f"{self.answer}: {self.reason}" if self.found else self.answer

    @property
    def answer(self) -> str:
        """Yes or no."""
        return "yes" if self.holds else "no"

    @property
    def reason(self) -> str:
        """The values found, in words: grade is "B", city is missing."""
        return ", ".join(f"{name} is {_shown(value)}" for name, value in self.found.items())

    @property
    def first_failing(self) -> Optional["Explanation"]:
        """The first clause by which the person is left out, as narrow as can be said; None if it holds."""
        if self.holds:
            return None
        if not self.needs_all:
            return self
        return next(part.first_failing for part in self.parts if not part.holds)

    def lines(self, indent: str = "") -> Iterator[str]:
        """Yield the tree for a terminal, a line for each clause."""
        reason = f": {self.reason}" if self.found and not self.parts else ""
        yield f"{indent}{self.answer:<4} {self.text}{reason}"
        for part in self.parts:
            yield from part.lines(indent + "     ")


def _shown(value: Value) -> str:
    if value is None:
        return "missing"
    if isinstance(value, datetime):
        return value.isoformat()
    return json.dumps(value, ensure_ascii=False)
