"""From the text of a condition to Jinja2's own syntax tree, in which every node knows its column."""

import re
from collections.abc import Iterator

from jinja2 import Environment, TemplateSyntaxError, nodes
from jinja2.lexer import TOKEN_EOF, TokenStream
from jinja2.parser import Parser

from aftershow.errors import ExpressionError

#: Characters; a condition that needs more is a segment that needs a name. It bounds lists and chains as well.
LONGEST = 2_000
#: Levels of brackets and of `not`: SQLite's parser can hold a hundred things open, no more.
DEEPEST = 10

_JINJA = Environment(autoescape=True)

#: What a reader sees as one thing.
_NEXT = re.compile(r"""\s*("[^"]*"|'[^']*'|\w+|.)""", re.DOTALL)

_INSTEAD = {
    "=": "`==` for `is equal to`",
    "&": "`and`",
    "|": "`or`",
    "!": "`not`, or `!=` between two values",
    ",": 'values in square brackets, as in ["A", "B"]',
    "AND": "`and` in small letters",
    "OR": "`or` in small letters",
    "NOT": "`not` in small letters",
    "IN": "`in` in small letters",
    "IS": "`is` in small letters",
    "“": "straight quotes",
    "”": "straight quotes",
    "„": "straight quotes",
    "‘": "straight quotes",
    "’": "straight quotes",
    "{": "the condition alone, without braces",
    "}": "the condition alone, without braces",
}


def mistake(column: int, what: str) -> ExpressionError:
    """Return the error for what stands at a column, counted from 1."""
    return ExpressionError(f"column {column}: {what}")


def require_storable(node: nodes.Node, text: str) -> str:
    """Return a text that stands in a condition; raises ExpressionError for one that no database can keep."""
    if any(letter == "\0" or "\ud800" <= letter <= "\udfff" for letter in text):
        raise mistake(column_of(node), "this text has a character that no database can keep.")
    return text


def too_deep(column: int) -> ExpressionError:
    """Return the error for a nesting beyond DEEPEST."""
    return mistake(column, f"this is nested too deep; {DEEPEST} levels are the most.")


def tree(source: str) -> nodes.Expr:
    """Return the syntax tree of a condition; each node's `lineno` is the column of what it begins with.

    Raises ExpressionError for what is no expression, longer than LONGEST or nested deeper than DEEPEST.
    """
    if len(source) > LONGEST:
        raise ExpressionError(f"The condition has {len(source)} characters; it may have {LONGEST}.")
    if not source.strip():
        raise ExpressionError("The condition is empty. Write `true` if everyone is meant.")
    try:
        return _expression(source)
    except TemplateSyntaxError as error:
        raise _syntax_mistake(source, error) from None
    except RecursionError:
        raise too_deep(1) from None


def column_of(node: nodes.Node) -> int:
    """Return the column at which a node begins, counted from 1."""
    columns = []
    first: nodes.Node | None = node
    while first is not None:  # a loop: a chain of attributes may be deeper than Python recurses
        columns.append(first.lineno)
        first = next(first.iter_child_nodes(), None)
    return min(column for column in columns if column)


def _expression(source: str) -> nodes.Expr:
    parser = Parser(_JINJA, "", state="variable")
    parser.stream = TokenStream(_JINJA.lexer.wrap(_columns(source)), None, None)
    expression = parser.parse_expression()
    left = parser.stream.current
    if left.type != TOKEN_EOF:
        raise TemplateSyntaxError("here the condition should end", left.lineno)
    return expression


def _columns(source: str) -> Iterator[tuple[int, str, str]]:
    """Yield Jinja2's tokens with the column in the place of the line: the parser hands it on to the nodes."""
    column, depth = 1, 0
    tokens = _JINJA.lexer.tokeniter(source, None, None, "variable")
    while True:
        try:
            _, kind, text = next(tokens)
        except StopIteration:
            return
        except TemplateSyntaxError as error:
            raise TemplateSyntaxError(error.message or "", column) from None
        depth += {"(": 1, "[": 1, "{": 1, ")": -1, "]": -1, "}": -1}.get(text, 0) if kind == "operator" else 0
        if depth > DEEPEST:
            raise too_deep(column)
        yield column, kind, text
        column += len(text)


def _syntax_mistake(source: str, error: TemplateSyntaxError) -> ExpressionError:
    column, said = error.lineno, error.message or ""
    if "end of template" in said:
        return mistake(len(source) + 1, "the condition ends too early. " + _unfinished(said))
    found = _NEXT.match(source, column - 1)
    near = found.group() if found else ""
    if near in ("'", '"'):
        return mistake(column, f"the text that begins here is not closed by another {near}.")
    if near in _INSTEAD:
        return mistake(column, f"`{near}` has no meaning here. Write {_INSTEAD[near]}.")
    hint = (
        " Is `and`, `or` or a comparison missing before it?"
        if near[:1].isalnum() or near[:1] in "'\""
        else ""
    )
    return mistake(column, f"`{near}` is not expected here.{hint}")


def _unfinished(said: str) -> str:
    bracket = next((bracket for bracket in (")", "]", "}") if f"'{bracket}'" in said), None)
    return f"`{bracket}` is missing." if bracket else "What follows the last word is missing."
