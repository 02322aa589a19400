"""What keeps a template from printing what it should not, and from taking more time and memory than it may.

Templates and lead data are both untrusted. The language has no way to call a method, to define a function or
to keep a list of lists (aftershow/content/language.py). What can grow is a joined text or a loop: both are
bounded here.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import islice
from typing import Any

from jinja2 import Undefined, nodes, pass_context
from jinja2.runtime import Context
from jinja2.sandbox import ImmutableSandboxedEnvironment
from jinja2.visitor import NodeTransformer

from aftershow.errors import ContentError

#: What the loops of one message may do: turns, times the length of what is repeated, in nodes of its syntax.
WORK_LIMIT = 200_000
#: Characters of a text that is joined or replaced.
VALUE_LIMIT = 64 * 1024
#: No number in a template is larger.
NUMBER_LIMIT = 10**15

#: A loop may not count further than this.
RANGE_LIMIT = 1000

#: Under this name a rendering finds its budget; templates can't reach names that begin so.
BUDGET = "_budget"

_WEB_ADDRESS = re.compile(r"(?:https?://|mailto:|tel:|sms:)[^\s<>\"']*", re.IGNORECASE)
_STYLE_VALUE = re.compile(r"[\w#%.,\s+-]*")


class RefusedError(Exception):
    """A template did what no template may."""


@dataclass(slots=True)
class Budget:
    """How much work in loops a message has left."""

    work: int = WORK_LIMIT

    def spend(self, work: int) -> None:
        """Take some; raises RefusedError when there is not enough."""
        self.work -= work
        if self.work < 0:
            raise RefusedError("its loops turn too often, or are too long")


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


def web_address(value: Any) -> Any:
    """Return a value that can stand in a link: an address that opens a page, a mail or a call."""
    if isinstance(value, str) and not _WEB_ADDRESS.fullmatch(value):
        raise RefusedError("a link would not begin with https://, http://, mailto:, tel: or sms:")
    return value


def style_value(value: Any) -> Any:
    """Return a value that can stand in a style: a colour, a length or a word."""
    if isinstance(value, str) and not _STYLE_VALUE.fullmatch(value):
        raise RefusedError("a style can take a colour, a length or a word, and no other characters")
    return value


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


@pass_context
def each(context: Context, values: Any, length: int) -> Sequence[Any]:
    """Return the values of a loop; its turns, each of this length, are taken from the message's budget."""
    taken = list(islice(values, WORK_LIMIT + 1))
    context[BUDGET].spend(len(taken) * length)
    return taken


class GuardedEnvironment(ImmutableSandboxedEnvironment):
    """Jinja2's sandbox, where calculating takes numbers only and a mapping's gaps are None."""

    intercepted_binops = frozenset({"+", "-", "*", "/", "//", "%"})

    def getattr(self, obj: Any, attribute: str) -> Any:
        """Return what a mapping holds under a name, or None; of anything else what the sandbox allows.

        Jinja2 would look among the dict's methods first, and find one for a question named `items`.
        """
        return obj.get(attribute) if isinstance(obj, dict) else super().getattr(obj, attribute)

    def getitem(self, obj: Any, argument: Any) -> Any:
        """Return what a mapping holds under a name, or None; of anything else what the sandbox allows."""
        return obj.get(argument) if isinstance(obj, dict) else super().getitem(obj, argument)

    def call_binop(self, context: Context, operator: str, left: Any, right: Any) -> Any:
        """Return left + right and the like; raises RefusedError for what is no number, or too large a one."""
        for side in (left, right):
            if not isinstance(side, int | float | Decimal) or isinstance(side, bool):
                raise RefusedError(f"`{operator}` takes numbers; join texts with ~")
            if not -NUMBER_LIMIT < side < NUMBER_LIMIT:
                raise RefusedError("a number is too large")
        return self.binop_table[operator](left, right)


class Guard(NodeTransformer):
    """Puts the guards around what a template does."""

    def visit_For(self, node: nodes.For) -> nodes.Node:  # noqa: N802 -- named by Jinja2's visitor
        """Bound a loop."""
        self.generic_visit(node)
        length = sum(1 for _ in node.find_all(nodes.Node))
        node.iter = _filtered("_each", node.iter, nodes.Const(length))
        return node

    def visit_Concat(self, node: nodes.Concat) -> nodes.Node:  # noqa: N802 -- as above
        """Bound what ~ joins."""
        self.generic_visit(node)
        return _filtered("_joined", nodes.List(node.nodes, lineno=node.lineno))


def _filtered(name: str, value: nodes.Node, *arguments: nodes.Expr) -> nodes.Filter:
    return nodes.Filter(value, name, list(arguments), [], None, None, lineno=value.lineno)


#: The guards as filters, under names that a template can't write.
GUARDS = {
    "_each": each,
    "_joined": joined,
    "_shown": shown,
    "_style": style_value,
    "_url": web_address,
}

#: What every template finds beside the person's facts.
GLOBALS = {"range": limited_range}
