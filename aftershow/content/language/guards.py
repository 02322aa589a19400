"""What keeps a template from printing what it should not, and from taking more time and memory than it may.

Templates and lead data are both untrusted. The language has no way to call a method, to define a function or
to keep a list of lists (content/language/dialect.py). Here the same is seen to while it is rendered, by
lists of what is allowed; what its work costs is counted in content/language/budget.py.
"""

from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from datetime import date
from decimal import Decimal
from typing import Any

from jinja2 import Undefined, nodes, pass_context
from jinja2.runtime import Context, LoopContext
from jinja2.sandbox import ImmutableSandboxedEnvironment
from jinja2.visitor import NodeTransformer

from aftershow.content.language.budget import (
    CHARACTERS,
    VALUE_LIMIT,
    RefusedError,
    checked_number,
    read,
    spend,
    spending,
)
from aftershow.errors import ContentError

#: A loop may not count further than this.
RANGE_LIMIT = 1000

#: What a template may ask of its loop.
LOOP = frozenset(
    {
        "cycle", "depth", "depth0", "first", "index", "index0", "last", "length", "nextitem", "previtem",
        "revindex", "revindex0",
    }
)  # fmt: skip


def shown(value: Any, expression: str, place: str) -> Any:
    """Return a value that can be printed; the error for another says which expression it was, and where."""
    if isinstance(value, str) or (isinstance(value, int | float | Decimal) and not isinstance(value, bool)):
        return value
    if isinstance(value, Undefined):
        raise ContentError(f"{place}: {{{{ {expression} }}}} is not there for this person")
    if value is None:
        advice = f'has no value for this person. Write {{{{ {expression} or "there" }}}}, with words of yours'
    elif isinstance(value, date):
        advice = f"is a day. Write {{{{ {expression}|date }}}}"
    else:
        advice = "is not a text that can be printed"
    raise ContentError(f"{place}: {{{{ {expression} }}}} {advice}")


def text_of(value: Any) -> str:
    """Return a text, or a number as text; raises RefusedError for anything else, also for a missing value."""
    if isinstance(value, str):
        return value
    if isinstance(value, int | float | Decimal) and not isinstance(value, bool):
        return str(value)
    raise RefusedError('a value to be joined is missing or no text: write (given_name or "there")')


def joined(values: Iterable[Any], between: str = "") -> str:
    """Return the values as one text."""
    parts = [text_of(value) for value in values]
    if sum(map(len, parts)) + len(between) * len(parts) > VALUE_LIMIT:
        raise RefusedError("a joined text is too long")
    return between.join(parts)


def limited_range(*bounds: int) -> range:
    """Return a range of at most RANGE_LIMIT numbers."""
    numbers = range(*bounds)
    if len(numbers) > RANGE_LIMIT:
        raise RefusedError(f"a range counts further than {RANGE_LIMIT}")
    return numbers


# With the context, so that Jinja2 does not work it out once for all turns of a loop around it.
@pass_context
def each(_: Context, values: Any, length: int) -> Sequence[Any]:
    """Return the values of a loop; its turns, each of this length, are paid for."""
    if not isinstance(values, (str, list, tuple, range, dict)):
        raise RefusedError("a loop goes through a list")
    spend(len(values) * length)
    return list(values)


class GuardedEnvironment(ImmutableSandboxedEnvironment):
    """Jinja2's sandbox, where only our own values have parts, and calculating takes numbers only."""

    intercepted_binops = frozenset({"+", "-", "*", "/", "//", "%", "**"})

    def getattr(self, obj: Any, attribute: str) -> Any:
        """Return what a mapping holds under a name, or None; of a loop what LOOP lists; of others nothing.

        Jinja2 would look among the methods of a value: of a dict, it would find one for a question named
        `items`.
        """
        if isinstance(obj, dict):
            return obj.get(attribute)
        if isinstance(obj, LoopContext) and attribute in LOOP:
            return getattr(obj, attribute)
        return self._nothing(obj, attribute)

    def getitem(self, obj: Any, argument: Any) -> Any:
        """Return what a mapping holds under a name, or None; a part of a text or a list; else nothing."""
        # Also called by filters, for each name in `map(attribute="a.b")`.
        spend(1)
        if isinstance(obj, dict):
            return obj.get(argument)
        if isinstance(obj, (str, list, tuple, range)) and isinstance(argument, int | slice):
            spend(len(obj) // CHARACTERS)
            with suppress(IndexError):
                return obj[argument]
        return self._nothing(obj, argument)

    def _nothing(self, obj: Any, name: Any) -> Undefined:
        if isinstance(obj, Undefined):
            # It says itself what is not there.
            str(obj)
        return self.undefined(obj=obj, name=name)

    def call_filter(self, name: str, *arguments: Any, **named: Any) -> Any:
        """Call a filter that another one names; raises RefusedError for one of ours."""
        if name.startswith("_"):
            raise RefusedError("names that begin with _ are not for templates")
        return super().call_filter(name, *arguments, **named)

    def is_safe_callable(self, obj: Any) -> bool:
        """Whether a template may call it: range and loop.cycle."""
        return obj is limited_range or getattr(obj, "__func__", None) is LoopContext.cycle

    def call_binop(self, context: Context, operator: str, left: Any, right: Any) -> Any:
        """Return left + right and the like; raises RefusedError for what is no number, or too large a one."""
        if operator == "**":
            raise RefusedError("`**` is not for templates")
        for side in (left, right):
            if not isinstance(side, int | float | Decimal) or isinstance(side, bool):
                raise RefusedError(f"`{operator}` takes numbers; join texts with ~")
            checked_number(side)
        return self.binop_table[operator](left, right)


class ValueGuard(NodeTransformer):
    """Puts the guards around what a template compares, cuts and joins."""

    def visit_Compare(self, node: nodes.Compare) -> nodes.Node:  # noqa: N802 -- named by Jinja2's visitor
        """Pay for what is compared."""
        self.generic_visit(node)
        node.expr = _read(node.expr)
        for operand in node.ops:
            operand.expr = _read(operand.expr)
        return node

    def visit_Getitem(self, node: nodes.Getitem) -> nodes.Node:  # noqa: N802 -- as above
        """Pay for what is cut: Jinja2 does not ask the environment for a slice."""
        self.generic_visit(node)
        if isinstance(node.arg, nodes.Slice):
            node.node = _read(node.node)
        return node

    def visit_Concat(self, node: nodes.Concat) -> nodes.Node:  # noqa: N802 -- as above
        """Bound what ~ joins."""
        self.generic_visit(node)
        together = nodes.List(node.nodes, lineno=node.lineno, environment=node.environment)
        return _filtered("_joined", together)


class LoopGuard(NodeTransformer):
    """Puts the guard around what a template goes through."""

    def visit_For(self, node: nodes.For) -> nodes.Node:  # noqa: N802 -- as above
        """Bound a loop."""
        self.generic_visit(node)
        node.iter = _filtered("_each", node.iter, nodes.Const(length_of([node])))
        return node


def length_of(tree: Iterable[nodes.Node]) -> int:
    """Return how long nodes are with all that is in them: one for each node, and more for a fixed text."""
    return sum(
        1 + (len(found.data) // CHARACTERS if isinstance(found, nodes.TemplateData) else 0)
        for node in tree
        for found in (node, *node.find_all(nodes.Node))
    )


def _read(value: nodes.Expr) -> nodes.Expr:
    return value if isinstance(value, nodes.Const) else _filtered("_read", value)


def _filtered(name: str, value: nodes.Node, *arguments: nodes.Expr) -> nodes.Filter:
    # What folding works out asks each node for its environment.
    where = {"lineno": value.lineno, "environment": value.environment}
    return nodes.Filter(value, name, list(arguments), [], None, None, **where)


#: What bounds work and values, as filters under names that a template can't write.
BOUNDS = {
    "_each": each,
    "_joined": spending(joined),
    "_read": read,
}

#: What is printed passes these, as filters under such names.
GUARDS: dict[str, Callable[..., Any]] = {
    "_shown": shown,
}

#: What every template finds beside the person's facts.
GLOBALS = {"range": limited_range}
