"""The part of Jinja2 that templates are written in, and what is wrong with one that leaves it."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from jinja2 import StrictUndefined, Template, TemplateError, Undefined, nodes
from jinja2.meta import find_undeclared_variables

from aftershow.content.language.budget import RefusedError, budget, glance, paying, read, spending
from aftershow.content.language.chunks import Chunk
from aftershow.content.language.files import did_you_mean
from aftershow.content.language.filters import TEMPLATE_FILTERS
from aftershow.content.language.folding import fold
from aftershow.content.language.guards import (
    BOUNDS,
    GLOBALS,
    GUARDS,
    GuardedEnvironment,
    LoopGuard,
    ValueGuard,
)
from aftershow.content.language.links import LINK_GUARDS
from aftershow.words.fields import field_headed

#: What a template finds beside the person's fields: who writes, for which firm, what the step must find out
#: (for each of asks: question, and answer where we know it), and the link that ends it.
CONTENT_NAMES = frozenset(
    {
        "sender.name", "sender.email", "sender.phone", "sender.title",
        "our.name", "our.address", "our.website",
        "asks", "unsubscribe_url", "now",
    }
)  # fmt: skip

ALLOWED = (
    nodes.Template, nodes.Output, nodes.TemplateData, nodes.Extends, nodes.Block, nodes.Include,
    nodes.If, nodes.For, nodes.Assign, nodes.With,
    nodes.Name, nodes.Const, nodes.List, nodes.Tuple, nodes.Dict, nodes.Pair, nodes.Keyword,
    nodes.CondExpr, nodes.And, nodes.Or, nodes.Not, nodes.Compare, nodes.Operand, nodes.Test, nodes.Filter,
    nodes.Add, nodes.Sub, nodes.Mul, nodes.Div, nodes.FloorDiv, nodes.Mod, nodes.Neg, nodes.Pos, nodes.Concat,
    nodes.Getattr, nodes.Getitem, nodes.Slice, nodes.Call,
)  # fmt: skip

REFUSED: dict[type[nodes.Node], str] = {
    nodes.ScopedEvalContextModifier: "what leads wrote is always escaped; leave `autoescape` out",
    nodes.Import: "use {% include %} instead of importing macros",
    nodes.FromImport: "use {% include %} instead of importing macros",
    nodes.Macro: "use {% include %} instead of a macro",
    nodes.CallBlock: "use {% include %} instead of a macro",
    nodes.AssignBlock: "write {% set name = … %} on one line",
    nodes.FilterBlock: "use filters inside of {{ }}",
}

#: What Jinja2 itself gives a meaning.
OWN_NAMES = frozenset({"caller", "kwargs", "loop", "range", "self", "super", "varargs"})

#: Filters that take the name of a filter or of a test, and at which place among their arguments.
NAMING = {"map": 0, "select": 0, "reject": 0, "selectattr": 1, "rejectattr": 1}

#: Filters and tests that look at a value, and not at all that is in it.
GLANCING = frozenset({"count", "default", "defined", "first", "last", "length", "none", "undefined"})

#: What has no parts, whatever it comes to.
WITHOUT_PARTS = (
    nodes.Const, nodes.List, nodes.Tuple, nodes.Dict, nodes.BinExpr, nodes.UnaryExpr, nodes.Concat,
    nodes.Compare, nodes.Test, nodes.Call,
)  # fmt: skip

#: How deep expressions and tags may be nested.
DEPTH_LIMIT = 100

CALLING = "this can't be called; use a filter, as in {{ given_name|upper }}"

LIST_OF_NAMES = "a list that is kept or looped over can hold fixed values only"

REFUSED_FILTERS = {
    "safe": "what leads wrote is always escaped; leave `|safe` out",
    "e": "everything is escaped already; leave `|e` out",
    "escape": "everything is escaped already; leave `|escape` out",
    "format": "join texts with ~ instead of `|format`",
    "d": "write `|default`",
}


def _is_known(value: object) -> bool:
    return value is not None and not isinstance(value, Undefined)


def _is_not_known(value: object) -> bool:
    return not _is_known(value)


def _spending(functions: Mapping[str, Callable[..., Any]]) -> dict[str, Callable[..., Any]]:
    """Return filters or tests that pay for their work: one place for all."""
    return {
        name: spending(function, glance if name in GLANCING else read) for name, function in functions.items()
    }


def _environment(*, html: bool) -> GuardedEnvironment:
    environment = GuardedEnvironment(
        autoescape=html, undefined=StrictUndefined, trim_blocks=not html, lstrip_blocks=not html
    )
    # As in conditions: what is missing is none, and none is not defined.
    tests: Any = {**environment.tests, "defined": _is_known, "undefined": _is_not_known}
    environment.tests = _spending(tests)  # type: ignore[assignment]  # Jinja2's own are plain functions
    printing = {name: paying(guard) for name, guard in {**GUARDS, **LINK_GUARDS}.items()}
    environment.filters = {**_spending(TEMPLATE_FILTERS), **BOUNDS, **printing}
    environment.globals = dict(GLOBALS)
    return environment


#: HTML escapes what it prints.
HTML = _environment(html=True)
#: Subjects and text messages have nothing to escape; a line with a tag alone leaves no empty line behind.
PLAIN = _environment(html=False)


#: What `compiled` raises for what can't be compiled.
CANNOT_COMPILE = (TemplateError, SyntaxError, RecursionError, RefusedError)


def compiled(
    environment: GuardedEnvironment, source: str, values: Mapping[str, Any] | None = None
) -> Template:
    """Return a template that keeps to the guards, what is fixed worked out; its source has been checked.

    `values` are what some names mean to everybody. Raises one of CANNOT_COMPILE: RefusedError when what is
    fixed is too much work, the others when it can't be read or is nested too deeply.
    """
    with budget():
        tree = ValueGuard().visit(environment.parse(source))
        return environment.from_string(LoopGuard().visit(fold(tree, values)))


@dataclass(frozen=True, kw_only=True, slots=True)
class Language:
    """What the templates of a workspace can say."""

    #: names of fields and functions, some dotted such as show.name; answers.* stands for every name
    names: frozenset[str]
    environment: GuardedEnvironment

    def mistakes(self, source: str) -> Iterator[tuple[int, str]]:
        """Yield line and text of what one file does that no template may.

        Raises Jinja2's TemplateSyntaxError where the source can't be read at all, and RecursionError where it
        is nested too deeply.
        """
        tree = self.environment.parse(source)
        _require_shallow(tree)
        return self._mistakes_in(tree, 1)

    def unknown_names(self, chunks: Sequence[Chunk]) -> Iterator[tuple[Chunk, int, str]]:
        """Yield piece, line and text of each name in a whole template that means nothing.

        Raises RecursionError where it is nested too deeply with its layout and partials.
        """
        tree = self.environment.parse("".join(chunk.source for chunk in chunks))
        _require_shallow(tree)
        used = find_undeclared_variables(tree) - self.environment.globals.keys()
        for chunk in chunks:
            for line, path in chunk.names:
                text = self._unknown(path) if path.split(".")[0] in used else None
                if text:
                    yield chunk, line, text

    @property
    def _roots(self) -> set[str]:
        return {name.split(".")[0] for name in self.names}

    def _unknown(self, path: str) -> str | None:
        root, _, rest = path.partition(".")
        known = self._roots
        if root not in known:
            headed = field_headed(root)
            near = f", did you mean `{headed}`?" if headed in known else did_you_mean(root, known)
            return f"`{root}` is not known{near}"
        members = {name.split(".")[1] for name in self.names if name.startswith(f"{root}.")}
        member = rest.split(".")[0]
        if not member or not members or members & {member, "*"}:
            return None
        name = f"{root}.{member}"
        return f"`{name}` is not known{did_you_mean(name, (f'{root}.{other}' for other in members))}"

    def _mistakes_in(self, node: nodes.Node, line: int) -> Iterator[tuple[int, str]]:
        line = getattr(node, "lineno", None) or line
        text = self._mistake(node)
        if text:
            yield line, text
            return
        for child in node.iter_child_nodes():
            yield from self._mistakes_in(child, line)

    def _mistake(self, node: nodes.Node) -> str | None:
        match node:
            case nodes.Name(name=name) | nodes.Getattr(attr=name) if name.startswith("_"):
                return f"`{name}`: names that begin with _ are not for templates"
            case nodes.Name(name=name, ctx="store" | "param") if name in self._roots | OWN_NAMES:
                return f"`{name}` has its meaning already: choose another name"
            case nodes.Getattr(node=whole, attr=name) if isinstance(whole, WITHOUT_PARTS):
                return f"`{name}`: this has no parts"
            case nodes.Getitem(arg=arg) if not isinstance(arg, nodes.Const | nodes.Slice):
                return "write a fixed name or number between the brackets"
            case nodes.Filter() | nodes.Test() | nodes.Call():
                return _unlisted(node) or self._misused(node)
            case nodes.For() | nodes.Assign() | nodes.With():
                return _kept_wrongly(node)
            case _:
                refused = f"a template can't use `{type(node).__name__.lower()}`"
                return None if isinstance(node, ALLOWED) else REFUSED.get(type(node), refused)

    def _misused(self, node: nodes.Filter | nodes.Test | nodes.Call) -> str | None:
        match node:
            case nodes.Call(node=called):
                return None if _can_be_called(called) else CALLING
            case nodes.Test(name=name):
                return self._no_test(name)
            case nodes.Filter(name=name) if name in NAMING and (named := node.args[NAMING[name] :]):
                if not isinstance(named[0], nodes.Const):
                    return f"write the name for `{name}` as a fixed text"
                return _no_filter(named[0].value) if name == "map" else self._no_test(named[0].value)
            case _:
                return _no_filter(node.name)

    def _no_test(self, name: Any) -> str | None:
        if name in self.environment.tests:
            return None
        return f"there is no test `{name}`{did_you_mean(str(name), self.environment.tests)}"


def _no_filter(name: Any) -> str | None:
    if name in TEMPLATE_FILTERS:
        return None
    near = did_you_mean(str(name), TEMPLATE_FILTERS)
    return REFUSED_FILTERS.get(name) or f"there is no filter `{name}`{near}"


def _unlisted(node: nodes.Filter | nodes.Test | nodes.Call) -> str | None:
    return "write each value out instead of * and **" if node.dyn_args or node.dyn_kwargs else None


def _can_be_called(called: nodes.Node) -> bool:
    match called:
        # super() stands for the block above, and is put in before anything is called (layout.py).
        case nodes.Name(name="range" | "super") | nodes.Getattr(node=nodes.Name(name="loop"), attr="cycle"):
            return True
        case _:
            return False


def _kept_wrongly(node: nodes.For | nodes.Assign | nodes.With) -> str | None:
    match node:
        case nodes.With(values=kept):
            pass
        case nodes.For(iter=value) | nodes.Assign(node=value):
            kept = [value]  # type: ignore[list-item]  # an expression, as all values are
    if any(_keeps_list_of_names(value) for value in kept):
        return LIST_OF_NAMES
    return "a loop can't be recursive" if isinstance(node, nodes.For) and node.recursive else None


def _require_shallow(tree: nodes.Template) -> None:
    """Raise RecursionError for what whoever goes through it would fail at, each at a place of its own."""
    level: list[nodes.Node] = [tree]
    for _ in range(DEPTH_LIMIT):
        level = [child for node in level for child in node.iter_child_nodes()]
        if not level:
            return
    raise RecursionError("it is nested too deeply")


def _keeps_list_of_names(value: nodes.Node) -> bool:
    """Return whether a value may be a list of what has a name: step by step, it would be a list of lists."""
    match value:
        case nodes.List() | nodes.Tuple() | nodes.Dict():
            return value.find(nodes.Name) is not None
        case nodes.Filter(name="join") | nodes.Compare() | nodes.Test() | nodes.Call():
            return False
        case _:
            return any(_keeps_list_of_names(child) for child in value.iter_child_nodes())
