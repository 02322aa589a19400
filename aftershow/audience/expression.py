"""A condition that was understood: who meets it, in SQL; whether one person does, in Python; and why.

What a condition may say, in Jinja2's syntax; SQLite, PostgreSQL and Python give one answer to all of it:

- The names are those of aftershow.audience.fields. A value may be missing (none); true-or-false never is.
- `==` and `!=` are Python's: a missing value equals only another missing one, so `grade != "A"` holds without
  a grade. `is none`, `is undefined`, `is not none` and `is defined` ask for it.
- `<`, `<=`, `>`, `>=` never hold for a missing value. Texts are ordered by code point, moments by time.
  `1 < x <= 5` compares neighbours.
- `in` a list that is written out, and text `in` text (letter for letter, case and all), never hold for a
  missing value; `not in` is their opposite.
- `and`, `or`, `not` join them. A value by itself holds when it is true, a text that is not empty, a number
  other than zero, or a moment that is there.
- A moment is compared with a moment, or with a text in ISO 8601. One without a zone is meant in the scope's;
  a bare date is the start of that day. days_since counts whole days back from the scope's now, rounded down.
- Both sides have one type. There is no arithmetic, no filter, no attribute, and no call but the questions of
  aftershow.audience.questions. Length and nesting are bounded in aftershow.audience.syntax.
"""

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import ColumnElement

from aftershow.audience.clauses import Clause
from aftershow.audience.compiler import Compiler
from aftershow.audience.explanation import Explanation
from aftershow.audience.person import PersonFacts
from aftershow.audience.scope import Scope
from aftershow.audience.syntax import tree
from aftershow.audience.terms import DaysSince, FieldTerm


@dataclass(frozen=True, kw_only=True, slots=True)
class Expression:
    """A condition that parse understood."""

    #: as it was written
    source: str
    clause: Clause

    @property
    def text(self) -> str:
        """The condition as Aftershow understood it."""
        return self.clause.text

    @property
    def fields(self) -> frozenset[str]:
        """The names of the catalogue that it asks for, such as grade, answers.budget and permission."""
        return frozenset(term.name for term in self.clause.terms if isinstance(term, FieldTerm | DaysSince))

    def sql(self, scope: Scope) -> ColumnElement[bool]:
        """The condition for a statement that selects from people_from, or from tables joined alike.

        Never NULL, so that NOT gives everybody else. All that was written is bound as parameters. Raises
        ValueError when it asks about steps or arms and the scope names no campaign.
        """
        return self.clause.sql(scope)

    def holds(self, person: PersonFacts) -> bool:
        """Whether the person meets it; the same answer as SQL gives for the facts in the database."""
        return self.clause.holds(person)

    def explain(self, person: PersonFacts) -> Explanation:
        """Whether the person meets it, clause by clause, with the values found."""
        return self.clause.explain(person)


def parse(source: str, *, steps: Collection[str] = (), arms: Collection[str] = ()) -> Expression:
    """Understand a condition in Jinja2's syntax, such as `grade == "A" and not is_customer`.

    `steps` are the names that sent("…") and acknowledged("…") may ask about, `arms` those of arm("…"). Raises
    ExpressionError, which says the column, what is wrong there, and what was likely meant.
    """
    names = {"STEP": steps, "ARM": arms}
    return Expression(source=source, clause=Compiler(names).clause(tree(source)))
