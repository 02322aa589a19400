"""YAML 1.2 text becomes plain values, and the line on which each of them stands."""

import re
import warnings
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, ReusedAnchorWarning, YAMLError
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode
from ruamel.yaml.reader import ReaderError

from aftershow.errors import Problem, WorkspaceError
from aftershow.workspace.yaml.wording import Place, found

#: What a person writes by hand stays far below; a file that repeats itself through aliases does not.
MAX_VALUES = 100_000
MAX_DEPTH = 50

_TOO_DEEP = f"more than {MAX_DEPTH} levels of values inside values"

#: Only what nobody could mean as text is a number: +15005550006, 01752, 1_000 and 1e5 stay text.
_NUMBER = re.compile(r"-?(0|[1-9][0-9]{0,17})(\.[0-9]{1,18})?")
_CONSTANTS: Mapping[str, bool | None] = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL")),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
}
_PLAIN_TAGS = {
    f"tag:yaml.org,2002:{name}"
    for name in ("bool", "float", "int", "map", "merge", "null", "seq", "str", "timestamp", "value")
}
_TEXT_TAG = "tag:yaml.org,2002:str"

#: Part of what the YAML reader says, to what it means for the person who wrote the file.
_SYNTAX = {
    r"'\t'": "a tab stands where YAML wants spaces",
    "mapping values are not allowed": "a colon is in the wrong place: check the indentation, "
    "and put text with a colon in quotes",
    "could not find expected ':'": "a colon is missing after this key",
    "sequence entries are not allowed": "a list begins on a line of its own",
    "cannot start any token": "text that begins with a special character must stand in quotes",
    "found undefined alias": "text that begins with `*` must stand in quotes",
    "expected alphabetic": "text that begins with `*` or `&` must stand in quotes",
    "unexpected end of stream": "a quotation mark is not closed",
    "<stream end>": "a bracket is not closed",
    "expected <block end>": "the indentation does not match the lines above, "
    "or something follows a closing quotation mark",
    "escape": "a backslash in double quotes has a meaning of its own: write it twice, or use single quotes",
    "found another document": "a file holds one document: remove the line `---`",
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Document:
    """The content of one YAML file."""

    #: dict, list, str, int, float, bool or None; keys are always text
    data: Any
    #: the line of each key and list item, counted from 1
    lines: Mapping[Place, int]


def parse(file: str, text: str) -> Document:
    """Return the values of a YAML 1.2 text and their lines.

    Dates, times, octal numbers and `yes` or `no` stay text; a model makes of them what it needs.
    Raises WorkspaceError for text that is not YAML, for a key that stands twice, for tags (`!name`), and for
    more than MAX_VALUES values or MAX_DEPTH levels, aliases counted where they are used.
    """
    walk = _Walk(file)
    node = _compose(file, text)
    data = None if node is None else walk.value(node, ())
    if walk.problems:
        raise WorkspaceError(walk.problems)
    return Document(data=data, lines=walk.lines)


def dotted(place: Place) -> str:
    """Return a place as people read it: list items counted from 1, such as steps.2.after."""
    return ".".join(str(part + 1) if isinstance(part, int) else part for part in place)


def _compose(file: str, text: str) -> Node | None:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", ReusedAnchorWarning)
            node: Node | None = YAML(typ="safe", pure=True).compose(text)
    except ReaderError as error:
        line = text.count("\n", 0, error.position) + 1
        raise WorkspaceError(
            [Problem(file=file, line=line, text="a control character is in the text")]
        ) from None
    except MarkedYAMLError as error:
        raise WorkspaceError([_syntax_problem(file, error)]) from None
    except RecursionError:
        raise WorkspaceError([Problem(file=file, text=_TOO_DEEP)]) from None
    except (YAMLError, ValueError, OverflowError):
        raise WorkspaceError([Problem(file=file, text="this is not YAML")]) from None
    return node


def _syntax_problem(file: str, error: MarkedYAMLError) -> Problem:
    said = str(error.problem or error.context)
    # What is never closed is found at the end of the file; people look for where it was opened.
    opened = error.context_mark if "stream" in said else None
    mark = opened or error.problem_mark or error.context_mark
    text = next((text for part, text in _SYNTAX.items() if part in said), f"this is not YAML: {said}")
    return Problem(file=file, line=mark.line + 1 if mark else None, text=text)


class _Walk:
    """Turns nodes into values, and notes lines and problems on the way."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.lines: dict[Place, int] = {(): 1}
        self.problems: list[Problem] = []
        self._values = 0

    def value(self, node: Node, place: Place) -> Any:
        self._count(node, place)
        if node.tag not in _PLAIN_TAGS:
            self._problem(
                node, place, "tags are not understood here: put text that begins with `!` in quotes"
            )
        match node:
            case MappingNode():
                return self._mapping(node, place)
            case SequenceNode():
                return [self._item(item, (*place, index)) for index, item in enumerate(node.value)]
            case ScalarNode():
                return self._scalar(node, place)
            case _:
                raise TypeError(type(node))

    def _count(self, node: Node, place: Place) -> None:
        self._values += 1
        too_many = f"more than {MAX_VALUES} values" if self._values > MAX_VALUES else None
        if reason := _TOO_DEEP if len(place) > MAX_DEPTH else too_many:
            self._problem(node, place[:3], reason)
            raise WorkspaceError(self.problems)

    def _item(self, node: Node, place: Place) -> Any:
        self.lines[place] = node.start_mark.line + 1
        return self.value(node, place)

    def _mapping(self, node: MappingNode, place: Place) -> dict[str, Any]:
        result: dict[str, Any] = {}
        for key_node, value_node in node.value:
            if not isinstance(key_node, ScalarNode):
                self._problem(key_node, place, f"a key is one word or text, found {found(key_node.value)}")
                continue
            key = self._text(key_node, place)
            inner = (*place, key)
            if key in result:
                self._problem(key_node, inner, f"this key stands already in line {self.lines[inner]}")
                continue
            self.lines[inner] = key_node.start_mark.line + 1
            result[key] = self.value(value_node, inner)
        return result

    def _scalar(self, node: ScalarNode, place: Place) -> str | int | float | bool | None:
        text = self._text(node, place)
        if node.style is not None or node.tag == _TEXT_TAG:
            return text
        if text in _CONSTANTS:
            return _CONSTANTS[text]
        if number := _NUMBER.fullmatch(text):
            return float(text) if number[2] else int(text)
        return text

    def _text(self, node: ScalarNode, place: Place) -> str:
        text = str(node.value)
        if any("\ud800" <= character <= "\udfff" for character in text):
            self._problem(node, place, "half a character (a surrogate) is in the text")
        return text

    def _problem(self, node: Node, place: Place, text: str) -> None:
        line = node.start_mark.line + 1
        self.problems.append(Problem(file=self.file, line=line, path=dotted(place), text=text))
