"""What a template says to everybody alike, worked out when it is compiled instead of for each person.

A name that is set once to something fixed is replaced by its value, a loop over fixed values is written out,
turn by turn, and a condition that is decided is decided. Jinja2's optimizer then makes text of what is fixed.
"""

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from copy import copy
from itertools import groupby
from typing import Any

from jinja2 import nodes
from jinja2.visitor import NodeTransformer

from aftershow.content.language.budget import RefusedError
from aftershow.content.language.guards import length_of

#: A template grows by at most so many nodes of its syntax; a loop that is longer stays a loop.
GROWTH_LIMIT = 50_000
#: Characters of fixed values that may be put in the place of names, each time counted.
FIXED_LIMIT = 16 * 1024 * 1024


def fold(tree: nodes.Template, values: Mapping[str, Any] | None = None) -> nodes.Template:
    """Return the template with its fixed values in place and its loops over them written out.

    `values` are those of names from outside, made of texts, numbers, None, lists and mappings. Raises
    RefusedError when it would become too long.
    """
    folding = _Folding(tree, values or {})
    folded: nodes.Template = folding.visit(tree)
    return folded


class _Folding(NodeTransformer):
    def __init__(self, tree: nodes.Template, values: Mapping[str, Any]) -> None:
        self._environment = tree.environment
        #: how often a name is given a value, anywhere
        self._given = Counter(name.name for name in tree.find_all(nodes.Name) if name.ctx != "load")
        self._values = {name: value for name, value in values.items() if not self._given[name]}
        self._growth = 0
        self._fixed = 0

    def visit_Template(self, node: nodes.Template) -> nodes.Node:  # noqa: N802 -- named by Jinja2's visitor
        """Go through the template from top to bottom: a name has its value from there on."""
        body: list[nodes.Node] = []
        read: set[str] = set()
        for child in node.body:
            if isinstance(child, nodes.Assign) and self._takes(child, read_before=read):
                continue
            visited = self.visit_list(child)
            read |= _names_in(visited)
            body += visited
        node.body = _joined(body)
        return node

    def visit_Name(self, node: nodes.Name) -> nodes.Node:  # noqa: N802 -- as above
        """Put a fixed value in place of its name."""
        return self._const(self._values[node.name], node.lineno) if node.name in self._values else node

    def visit_If(self, node: nodes.If) -> nodes.Node | list[nodes.Node]:  # noqa: N802 -- as above
        """Take the branch that a fixed value decides for."""
        try:
            taken = next((one.body for one in (node, *node.elif_) if self._decided(one.test)), node.else_)
        except nodes.Impossible:
            return self.generic_visit(node)
        return _joined([part for child in taken for part in self.visit_list(child)])

    def _decided(self, test: nodes.Node) -> bool:
        return bool(self.visit(_copied(test)).as_const())

    def visit_For(self, node: nodes.For) -> nodes.Node | list[nodes.Node]:  # noqa: N802 -- as above
        """Write a loop out, where it goes over fixed values and its turns need nothing of each other."""
        name, turns = self._loop(node)
        if name is None:
            return self.generic_visit(node)
        written: list[nodes.Node] = []
        for turn in turns:
            self._values[name] = turn
            for child in map(_copied, node.body):
                written += self.visit_list(child)
        self._values.pop(name, None)
        return _joined(written)

    def _takes(self, node: nodes.Assign, *, read_before: Collection[str]) -> bool:
        """Remember what a name is set to, where that is fixed and is all that it ever is."""
        if not isinstance(node.target, nodes.Name):
            return False
        name = node.target.name
        if self._given[name] > 1 or name in read_before:
            return False
        try:
            self._values[name] = self.visit(node.node).as_const()
        except nodes.Impossible:
            return False
        return True

    def _loop(self, node: nodes.For) -> tuple[str | None, Sequence[Any]]:
        """Return the name and the values of a loop that can be written out; no name for any other."""
        target = node.target
        if not isinstance(target, nodes.Name) or node.test or node.else_ or node.recursive:
            return None, ()
        inside = [found for child in node.body for found in child.find_all(nodes.Node)]
        keeps = any(isinstance(found, nodes.Assign) for found in inside) or "loop" in _names_in(node.body)
        if keeps or self._given[target.name] > 1:
            return None, ()
        try:
            turns = self.visit(_copied(node.iter)).as_const()
        except nodes.Impossible:
            return None, ()
        if not isinstance(turns, list | tuple):
            return None, ()
        growth = length_of(node.body) * len(turns)
        if self._growth + growth > GROWTH_LIMIT:
            return None, ()
        self._growth += growth
        return target.name, turns

    def _const(self, value: Any, line: int) -> nodes.Const:
        self._fixed += _characters_in(value)
        if self._fixed > FIXED_LIMIT:
            raise RefusedError("its fixed values are used too often, or are too long")
        return nodes.Const(value, lineno=line, environment=self._environment)


def _characters_in(value: Any) -> int:
    if isinstance(value, str):
        return len(value)
    if isinstance(value, Mapping):
        return sum(map(_characters_in, value.values()))
    return sum(map(_characters_in, value)) if isinstance(value, list | tuple) else 1


def _names_in(tree: Sequence[nodes.Node]) -> set[str]:
    """Return the names that stand in some nodes."""
    return {name.name for node in tree for name in _all_of(node, nodes.Name)}


def _all_of(node: nodes.Node, kind: type[Any]) -> Iterator[Any]:
    if isinstance(node, kind):
        yield node
    yield from node.find_all(kind)


def _copied(node: Any) -> Any:
    """Return a copy of a node with everything below it: the visitor changes nodes in their place."""
    twin = copy(node)
    for field, value in node.iter_fields():
        if isinstance(value, nodes.Node):
            setattr(twin, field, _copied(value))
        elif isinstance(value, list):
            setattr(twin, field, [_copied(one) if isinstance(one, nodes.Node) else one for one in value])
    return twin


def _joined(body: Sequence[nodes.Node]) -> list[nodes.Node]:
    """Return nodes with what is printed in a row as one node: of what is fixed in it, Jinja2 makes a text."""
    joined: list[nodes.Node] = []
    for printed, group in groupby(body, key=lambda node: isinstance(node, nodes.Output)):
        if not printed:
            joined += group
            continue
        first, *rest = (node for node in group if isinstance(node, nodes.Output))
        parts = [part for node in (first, *rest) for part in node.nodes]
        joined.append(nodes.Output(parts, lineno=first.lineno, environment=first.environment))
    return joined
