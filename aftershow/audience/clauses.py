"""Questions with the answer yes or no, and how they are joined."""

from abc import ABC, abstractmethod
from dataclasses import dataclass

from sqlalchemy import ColumnElement, and_, not_, or_

from aftershow.audience.explanation import Explanation
from aftershow.audience.person import PersonFacts
from aftershow.audience.scope import Scope
from aftershow.audience.terms import Term, is_fixed


class Clause(ABC):
    """A question with the answer yes or no."""

    @property
    @abstractmethod
    def text(self) -> str:
        """The clause, as it would be written."""

    @property
    def denied(self) -> str:
        """The opposite, as it would be written."""
        return f"not {self.text}"

    @property
    @abstractmethod
    def terms(self) -> tuple[Term, ...]:
        """The values that it asks for."""

    @abstractmethod
    def sql(self, scope: Scope) -> ColumnElement[bool]:
        """Ask everyone in a FROM clause such as people_from gives; never NULL."""

    @abstractmethod
    def holds(self, person: PersonFacts) -> bool:
        """Ask one person."""

    def explain(self, person: PersonFacts) -> Explanation:
        """Ask one person, and keep the values found."""
        found = {term.text: term.value(person) for term in self.terms if not is_fixed(term)}
        return Explanation(text=self.text, holds=self.holds(person), found=found)


@dataclass(frozen=True, kw_only=True, slots=True)
class Joined(Clause):
    """Clauses joined by `and` or by `or`."""

    parts: tuple[Clause, ...]
    needs_all: bool

    @property
    def text(self) -> str:
        """The parts, an `or` inside in brackets."""
        return (" and " if self.needs_all else " or ").join(_within(part) for part in self.parts)

    @property
    def denied(self) -> str:
        """The whole in brackets after `not`."""
        return f"not ({self.text})"

    @property
    def terms(self) -> tuple[Term, ...]:
        """The terms of all parts."""
        return tuple(term for part in self.parts for term in part.terms)

    def sql(self, scope: Scope) -> ColumnElement[bool]:
        """AND or OR."""
        return (and_ if self.needs_all else or_)(*(part.sql(scope) for part in self.parts))

    def holds(self, person: PersonFacts) -> bool:
        """Whether all parts hold, or one does."""
        return (all if self.needs_all else any)(part.holds(person) for part in self.parts)

    def explain(self, person: PersonFacts) -> Explanation:
        """Answer for each part as well."""
        whole = Clause.explain(self, person)
        parts = tuple(part.explain(person) for part in self.parts)
        return Explanation(
            text=whole.text, holds=whole.holds, found=whole.found, parts=parts, needs_all=self.needs_all
        )


@dataclass(frozen=True, kw_only=True, slots=True)
class Not(Clause):
    """A clause does not hold."""

    part: Clause

    @property
    def text(self) -> str:
        """The opposite of the clause."""
        return self.part.denied

    @property
    def terms(self) -> tuple[Term, ...]:
        """The terms of the clause."""
        return self.part.terms

    def sql(self, scope: Scope) -> ColumnElement[bool]:
        """NOT; safe since no clause is NULL."""
        return not_(self.part.sql(scope))

    def holds(self, person: PersonFacts) -> bool:
        """Whether the clause does not."""
        return not self.part.holds(person)


def _within(part: Clause) -> str:
    return f"({part.text})" if isinstance(part, Joined) else part.text
