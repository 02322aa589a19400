"""Where the value of an expression comes from: from us, or from data that anybody may have written."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from enum import Enum
from itertools import chain, product
from math import prod

from jinja2 import Environment, nodes

from aftershow.content.language.chunks import Chunk

#: What the workspace says, and no lead.
OURS = frozenset({"our", "sender", "unsubscribe_url"})

#: So many ways can an expression come out, each in so many parts; one with more counts as data.
LIMIT = 32


class Origin(Enum):
    """Where a part of an expression comes from, when it is no fixed text."""

    #: the workspace's own words, such as our.website
    OURS = "ours"
    #: data, percent-encoded
    ENCODED = "encoded"
    #: data
    DATA = "data"


#: A value in its parts: fixed texts, and where the others come from.
Parts = tuple[str | Origin, ...]

#: What may come out of an expression of which nothing is known.
UNKNOWN: list[Parts] = [(Origin.DATA,)]


class Origins:
    """Knows where the values of a template's expressions come from."""

    def __init__(self, chunks: Sequence[Chunk], environment: Environment, known: Collection[str]) -> None:
        """Read what a template, in its pieces, gives its own names; `known` are the names from outside."""
        self._environment = environment
        self._known = {name.partition(".")[0] for name in known} - OURS
        self._given: dict[str, list[nodes.Node]] = defaultdict(list)
        tree = environment.parse("".join(chunk.source for chunk in chunks))
        for target, value in _assignments(tree):
            for name in _names(target):
                self._given[name].append(value)
        #: what is known of names and expressions already; of those that are being looked at, nothing good
        self._ways_of: dict[str, list[Parts]] = {}
        self._ours: dict[str, bool] = {}
        self._found: dict[str, list[Parts]] = {}

    def ways(self, chunk: Chunk) -> list[Parts]:
        """Return what an expression can come out as, each in its parts."""
        if chunk.inner not in self._found:
            (output,) = self._environment.parse(f"{{{{ ({chunk.inner}) }}}}").find_all(nodes.Output)
            self._found[chunk.inner] = self._ways(output.nodes[0])
        return self._found[chunk.inner]

    def _ways(self, value: nodes.Node) -> list[Parts]:
        match value:
            case nodes.Const(value=fixed) | nodes.TemplateData(data=fixed):
                return [() if fixed is None else (str(fixed),)]
            case nodes.Name(name=name) if name in self._given and name not in self._known:
                return self._ways_of_name(name)
            case nodes.Concat(nodes=joined):
                return _joined([self._ways(one) for one in joined])
            case nodes.And(left=left, right=right) | nodes.Or(left=left, right=right):
                return self._any([left, right])
            case nodes.CondExpr(expr1=one, expr2=other):
                return self._any([one, other or nodes.Const(None)])
            case nodes.Filter(name="urlencode", node=encoded) if encoded is not None:
                return [(Origin.OURS if self._is_ours(encoded) else Origin.ENCODED,)]
            case _:
                return [(Origin.OURS if self._is_ours(value) else Origin.DATA,)]

    def _ways_of_name(self, name: str) -> list[Parts]:
        if name not in self._ways_of:
            self._ways_of[name] = UNKNOWN
            self._ways_of[name] = self._any(self._given[name])
        return self._ways_of[name]

    def _any(self, values: Sequence[nodes.Node]) -> list[Parts]:
        ways = list(dict.fromkeys(way for value in values for way in self._ways(value)))
        return ways if len(ways) <= LIMIT else UNKNOWN

    def _is_ours(self, value: nodes.Node) -> bool:
        """Return whether nothing in an expression comes from data."""
        if isinstance(value, nodes.Call) or value.find(nodes.Call):
            return False
        names = [value] if isinstance(value, nodes.Name) else value.find_all(nodes.Name)
        return all(self._name_is_ours(name.name) for name in names)

    def _name_is_ours(self, name: str) -> bool:
        if name in self._known or name not in self._given:
            return name in OURS
        if name not in self._ours:
            self._ours[name] = False
            self._ours[name] = name not in OURS and all(map(self._is_ours, self._given[name]))
        return self._ours[name]


def _joined(values: Sequence[list[Parts]]) -> list[Parts]:
    """Return what values come to that are joined, in each combination of their ways."""
    longest = sum(max(map(len, ways)) for ways in values)
    if prod(map(len, values)) > LIMIT or longest > LIMIT:
        return UNKNOWN
    return [tuple(chain.from_iterable(combination)) for combination in product(*values)]


def _assignments(tree: nodes.Template) -> Iterator[tuple[nodes.Node, nodes.Node]]:
    for node in tree.find_all((nodes.Assign, nodes.With, nodes.For)):
        match node:
            case nodes.Assign(target=target, node=value) | nodes.For(target=target, iter=value):
                yield target, value
            case nodes.With(targets=targets, values=values):
                yield from zip(targets, values, strict=True)


def _names(target: nodes.Node) -> Iterator[str]:
    if isinstance(target, nodes.Name):
        yield target.name
    yield from (name.name for name in target.find_all(nodes.Name))
