"""From Jinja2's syntax tree to clauses: the nodes that a condition may have, and which values go together."""

from collections.abc import Iterator
from itertools import pairwise

from jinja2 import nodes

from aftershow.audience.clauses import Clause, Joined, Not
from aftershow.audience.comparisons import ORDER, Contains, Equal, Missing, OneOf, Ordered, Truth
from aftershow.audience.fields import FIELDS
from aftershow.audience.resolver import Names, fact_of, term_of
from aftershow.audience.syntax import DEEPEST, column_of, mistake, require_storable, too_deep
from aftershow.audience.terms import Date, Literal, Term, Type, is_fixed, moment_of
from aftershow.errors import ExpressionError

#: Days are the only numbers; more than this is a mistake, and no calendar reaches as far.
LARGEST = 100_000

_SIGNS = {
    "eq": "==", "ne": "!=", "lt": "<", "lteq": "<=", "gt": ">", "gteq": ">=", "in": "in", "notin": "not in",
}  # fmt: skip

_TESTS = ("none", "defined", "undefined")

_REFUSED: dict[type[nodes.Node], str] = {
    nodes.Filter: "a filter (|)",
    nodes.CondExpr: "if … else",
    nodes.Concat: "~",
    nodes.Dict: "a dictionary",
    nodes.BinExpr: "arithmetic",
    nodes.UnaryExpr: "a sign",
}


class Compiler:
    """Turns the tree of a condition into clauses; raises ExpressionError for what it may not say."""

    def __init__(self, names: Names) -> None:
        self._names = names

    def clause(self, node: nodes.Expr, depth: int = 0) -> Clause:
        """Return the clause that a node stands for, inside so many levels."""
        if depth > DEEPEST:
            raise too_deep(column_of(node))
        match node:
            case nodes.And() | nodes.Or():
                parts = (self.clause(part, depth + 1) for part in _chain(node))
                return _joined(parts, needs_all=isinstance(node, nodes.And))
            case nodes.Not():
                return _denied(self.clause(node.node, depth + 1))
            case nodes.Compare():
                return self._comparison(node)
            case nodes.Test():
                return self._test(node)
            case _:
                return self._truth(node)

    def _comparison(self, node: nodes.Compare) -> Clause:
        """Take `1 < x < 5` apart as Python does: neighbours are compared, and all must agree."""
        operands = [node.expr, *(operand.expr for operand in node.ops)]
        signs = [_SIGNS[operand.op] for operand in node.ops]
        pairs = zip(pairwise(operands), signs, strict=True)
        return _joined((self._pair(left, sign, right) for (left, right), sign in pairs), needs_all=True)

    def _pair(self, left: nodes.Expr, sign: str, right: nodes.Expr) -> Clause:
        if sign in ORDER:
            return self._ordered(left, sign, right)
        clause = self._equal(left, right) if sign in ("==", "!=") else self._inside(left, right)
        return _denied(clause) if sign in ("!=", "not in") else clause

    def _equal(self, left: nodes.Expr, right: nodes.Expr) -> Clause:
        if _is_none(right):
            return self._missing(left)
        if _is_none(left):
            return self._missing(right)
        one, other = self._matched(left, right)
        return Equal(left=one, right=other)

    def _ordered(self, left: nodes.Expr, sign: str, right: nodes.Expr) -> Clause:
        less, more = self._matched(left, right)
        if less.type is Type.TRUTH:
            raise _mistake(left, f"{less.text} is true or false; {sign} has no meaning for it.")
        return Ordered(left=less, sign=sign, right=more)

    def _inside(self, left: nodes.Expr, right: nodes.Expr) -> Clause:
        term = self._term(left)
        if isinstance(right, nodes.List | nodes.Tuple):
            return OneOf(term=term, choices=self._choices(left, term, right))
        whole = self._term(right)
        if whole.type is not Type.TEXT:
            raise _mistake(
                right, f'{whole.text} is {whole.type}; after `in` stands a list such as ["A", "B"] or a text.'
            )
        if term.type is not Type.TEXT:
            raise _mistake(left, f"{term.text} is {term.type}; only a text can be in a text.")
        _refuse_fixed(left, term, whole)
        return Contains(part=term, whole=whole)

    def _choices(
        self, left: nodes.Expr, term: Term, written: nodes.List | nodes.Tuple
    ) -> tuple[Literal, ...]:
        _refuse_fixed(left, term)
        if term.type not in (Type.TEXT, Type.NUMBER):
            raise _mistake(left, f"{term.text} is {term.type}; only texts and numbers can be in a list.")
        return tuple(self._choice(term, item) for item in written.items)

    def _choice(self, term: Term, item: nodes.Expr) -> Literal:
        choice = self._term(item)
        if not isinstance(choice, Literal):
            raise _mistake(item, "a list holds texts or numbers that are written out.")
        if choice.type is not term.type:
            raise _mistake(item, _mismatch(term, choice))
        return choice

    def _test(self, node: nodes.Test) -> Clause:
        if node.name not in _TESTS or node.args or node.kwargs or node.dyn_args or node.dyn_kwargs:
            hint = "After `is` stands none, not none, defined or undefined; values are compared by == and in."
            raise _mistake(node, f"`is {node.name}` has no meaning here. {hint}")
        missing = self._missing(node.node)
        return _denied(missing) if node.name == "defined" else missing

    def _missing(self, node: nodes.Expr) -> Clause:
        term = self._term(node)
        if is_fixed(term) or term.type is Type.TRUTH:
            raise _mistake(node, f"{term.text} is never missing.")
        return Missing(term=term)

    def _truth(self, node: nodes.Expr) -> Clause:
        term = self._term(node)
        if is_fixed(term) and term.type is not Type.TRUTH:
            hint = 'Name the field each time, as in grade == "A" or grade == "B".'
            raise _mistake(node, f"{term.text} by itself says nothing about a person. {hint}")
        return Truth(term=term)

    def _matched(self, left: nodes.Expr, right: nodes.Expr) -> tuple[Term, Term]:
        """Return two terms of one type; a text beside a moment becomes a moment."""
        one, other = self._term(left), self._term(right)
        _refuse_fixed(left, one, other)
        if Type.MOMENT in (one.type, other.type):
            one, other = _as_moment(left, one), _as_moment(right, other)
        if one.type is not other.type:
            raise _mistake(left, _mismatch(one, other))
        return one, other

    def _term(self, node: nodes.Expr) -> Term:
        match node:
            case nodes.Const():
                return _literal(node, node.value)
            case nodes.Neg(node=nodes.Const(value=int() | float() as number)):
                return _literal(node, -number)
            case nodes.Name() | nodes.Getattr() | nodes.Getitem():
                return fact_of(node)
            case nodes.Call():
                return term_of(node, self._names)
            case nodes.List() | nodes.Tuple():
                raise _mistake(node, "a list stands only after `in`.")
            case nodes.And() | nodes.Or() | nodes.Not() | nodes.Compare() | nodes.Test():
                raise _mistake(
                    node, "a comparison can't be compared again. Join comparisons by and, or, not."
                )
        what = next((name for kind, name in _REFUSED.items() if isinstance(node, kind)), "this")
        raise _mistake(
            node, f"{what} has no place in a condition. Use fields, comparisons, in, is none, and, or, not."
        )


def _chain(node: nodes.And | nodes.Or) -> Iterator[nodes.Expr]:
    """Yield what is joined, from left to right; Jinja2 nests it to the left."""
    kind, parts = type(node), []
    left: nodes.Expr = node
    while isinstance(left, kind):
        parts.append(left.right)
        left = left.left
    return iter([left, *reversed(parts)])


def _joined(parts: Iterator[Clause], *, needs_all: bool) -> Clause:
    flat: list[Clause] = []
    for part in parts:
        alike = isinstance(part, Joined) and part.needs_all == needs_all
        flat.extend(part.parts if isinstance(part, Joined) and alike else [part])
    return flat[0] if len(flat) == 1 else Joined(parts=tuple(flat), needs_all=needs_all)


def _denied(clause: Clause) -> Clause:
    return clause.part if isinstance(clause, Not) else Not(part=clause)


def _is_none(node: nodes.Expr) -> bool:
    return isinstance(node, nodes.Const) and node.value is None


def _literal(node: nodes.Expr, value: object) -> Literal:
    if isinstance(value, str):
        return Literal(constant=require_storable(node, value))
    if isinstance(value, bool):
        return Literal(constant=value)
    if isinstance(value, int | float):
        if not abs(value) <= LARGEST:
            raise _mistake(node, f"this number is too large; {LARGEST} is the most.")
        return Literal(constant=float(value))
    raise _mistake(node, "none stands only after is, == or !=, as in `grade is none`.")


def _as_moment(node: nodes.Expr, term: Term) -> Term:
    if not isinstance(term, Literal) or not isinstance(term.constant, str):
        return term
    try:
        moment_of(term.constant, "UTC")
    except (ValueError, OverflowError):
        example = 'Write "2026-09-15" or "2026-09-15T10:00-05:00"'
        raise _mistake(node, f"{term.text} is no date or time. {example}.") from None
    return Date(written=term.constant)


def _refuse_fixed(node: nodes.Expr, *terms: Term) -> None:
    if all(is_fixed(term) for term in terms):
        quoted = [term.constant for term in terms if isinstance(term, Literal) and term.constant in FIELDS]
        hint = f" Write {quoted[0]} without quotes if the field is meant." if quoted else ""
        raise _mistake(node, f"this is the same for everyone: it names no field.{hint}")


def _mismatch(one: Term, other: Term) -> str:
    return (
        f"{one.text} is {one.type}; {other.text} is {other.type}.{_remedy(one, other) or _remedy(other, one)}"
    )


def _remedy(term: Term, literal: Term) -> str:
    match term.type, literal.type:
        case Type.TRUTH, _:
            return f" Write {term.text} or not {term.text}."
        case Type.TEXT, Type.NUMBER if is_fixed(literal):
            return f' Put the number in quotes: "{literal.text}".'
        case Type.NUMBER, Type.TEXT if is_fixed(literal):
            return " Write the number without quotes."
        case Type.MOMENT, Type.NUMBER if is_fixed(literal):
            return f" Write a date in quotes, or days_since({term.text}) for a number of days."
    return ""


def _mistake(node: nodes.Expr, what: str) -> ExpressionError:
    return mistake(column_of(node), what)
