"""The part of Jinja2 that templates are written in, and what is wrong with one that leaves it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from jinja2 import StrictUndefined, Template, Undefined, nodes
from jinja2.meta import find_undeclared_variables

from aftershow.content.chunks import Chunk
from aftershow.content.files import did_you_mean
from aftershow.content.filters import TEMPLATE_FILTERS
from aftershow.content.folding import fold
from aftershow.content.guards import GLOBALS, GUARDS, Guard, GuardedEnvironment

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


def _environment(*, html: bool) -> GuardedEnvironment:
    environment = GuardedEnvironment(
        autoescape=html, undefined=StrictUndefined, trim_blocks=not html, lstrip_blocks=not html
    )
    environment.filters = {**TEMPLATE_FILTERS, **GUARDS}
    environment.globals = dict(GLOBALS)
    # As in conditions: what is missing is none, and none is not defined.
    environment.tests = {
        **environment.tests,
        "defined": _is_known,
        "undefined": lambda value: not _is_known(value),
    }
    return environment


#: HTML escapes what it prints.
HTML = _environment(html=True)
#: Subjects and text messages have nothing to escape; a line with a tag alone leaves no empty line behind.
PLAIN = _environment(html=False)


def compiled(
    environment: GuardedEnvironment, source: str, values: Mapping[str, Any] | None = None
) -> Template:
    """Return a template that keeps to the guards, what is fixed worked out; its source has been checked.

    `values` are what some names mean to everybody.
    """
    tree = Guard().visit(fold(environment.parse(source), values))
    return environment.from_string(tree)


@dataclass(frozen=True, kw_only=True, slots=True)
class Language:
    """What the templates of a workspace can say."""

    #: names of fields and functions, some dotted such as show.name; answers.* stands for every name
    names: frozenset[str]
    environment: GuardedEnvironment

    def mistakes(self, source: str) -> Iterator[tuple[int, str]]:
        """Yield line and text of what one file does that no template may.

        Raises Jinja2's TemplateSyntaxError where the source can't be read at all.
        """
        return self._mistakes_in(self.environment.parse(source), 1)

    def unknown_names(self, chunks: Sequence[Chunk]) -> Iterator[tuple[Chunk, int, str]]:
        """Yield piece, line and text of each name in a whole template that means nothing."""
        source = "".join(chunk.source for chunk in chunks)
        used = find_undeclared_variables(self.environment.parse(source)) - self.environment.globals.keys()
        for chunk in chunks:
            for line, path in chunk.names:
                text = self._unknown(path) if path.split(".")[0] in used else None
                if text:
                    yield chunk, line, text

    def _unknown(self, path: str) -> str | None:
        root, _, rest = path.partition(".")
        known = {name.split(".")[0] for name in self.names}
        if root not in known:
            return f"`{root}` is not known{did_you_mean(root, known)}"
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
            case nodes.Filter(name=name) if name not in TEMPLATE_FILTERS:
                return (
                    REFUSED_FILTERS.get(name)
                    or f"there is no filter `{name}`{did_you_mean(name, TEMPLATE_FILTERS)}"
                )
            case nodes.Test(name=name) if name not in self.environment.tests:
                return f"there is no test `{name}`{did_you_mean(name, self.environment.tests)}"
            case nodes.Getitem(arg=arg) if not isinstance(arg, nodes.Const | nodes.Slice):
                return "write a fixed name or number between the brackets"
            case nodes.For(iter=kept) | nodes.Assign(node=kept) if _keeps_list_of_names(kept):
                return LIST_OF_NAMES
            case nodes.With(values=values) if any(_keeps_list_of_names(kept) for kept in values):
                return LIST_OF_NAMES
            case nodes.For(recursive=True):
                return "a loop can't be recursive"
            case nodes.Call(node=called) if not self._can_be_called(called):
                return "this can't be called; use a filter, as in {{ given_name|upper }}"
            case _:
                refused = f"a template can't use `{type(node).__name__.lower()}`"
                return None if isinstance(node, ALLOWED) else REFUSED.get(type(node), refused)

    def _can_be_called(self, called: nodes.Node) -> bool:
        match called:
            case nodes.Name(name=name):
                return name in self.names or name in ("super", "range")
            case nodes.Getattr(node=nodes.Name(name="loop"), attr="cycle"):
                return True
            case _:
                return False


def _keeps_list_of_names(value: nodes.Node) -> bool:
    """Return whether a value may be a list of what has a name: step by step, it would be a list of lists."""
    match value:
        case nodes.List() | nodes.Tuple() | nodes.Dict():
            return value.find(nodes.Name) is not None
        case nodes.Filter(name="join") | nodes.Compare() | nodes.Test() | nodes.Call():
            return False
        case _:
            return any(_keeps_list_of_names(child) for child in value.iter_child_nodes())
