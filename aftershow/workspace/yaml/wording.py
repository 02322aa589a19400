"""What a validation error means, in the words of the person who wrote the file."""

import re
from collections.abc import Callable, Iterable, Mapping
from difflib import get_close_matches
from types import UnionType
from typing import Annotated, Any, TypeAlias, Union, get_args, get_origin

from pydantic import BaseModel, Tag, ValidationError
from pydantic_core import ErrorDetails

#: The keys and positions that lead to a value inside a file; positions counted from 0.
Place: TypeAlias = tuple[str | int, ...]

#: Longer values and lists are cut: the line number says where the whole stands.
_SHOWN_CHARACTERS = 40
_SHOWN_NAMES = 12

_EXPECTED = {
    "bool": "`true` or `false`",
    "date": "a date such as 2026-11-24",
    "decimal": "a number",
    "dict": "keys and values",
    "float": "a number",
    "int": "a whole number",
    "list": "a list",
    "mapping": "keys and values",
    "model": "keys and values",
    "string": "text",
    "tuple": "a list",
}
_TYPE_ERRORS = {"type", "parsing", "too_short", "from_datetime_parsing", "from_float"}


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """Return the end of an error about an unknown word: `: did you mean …?`, or what is known if few are."""
    names = sorted(known)
    lowered = {name.lower(): name for name in names}
    close = get_close_matches(word.lower(), lowered, n=1)
    if close:
        return f": did you mean `{lowered[close[0]]}`?"
    return f": expected {one_of(names)}" if 0 < len(names) <= _SHOWN_NAMES else ""


def one_of(names: Iterable[str]) -> str:
    """Return names as a choice: `a`, `b` or `c`."""
    *others, last = [f"`{name}`" for name in names]
    return f"{', '.join(others)} or {last}" if others else last


def found(value: object) -> str:
    """Return a YAML value in words, short."""
    match value:
        case None | "":
            return "nothing"
        case bool():
            return f"`{str(value).lower()}`"
        case int() | float():
            return f"the number {value}"
        case str():
            line = " ".join(value.split())
            return f"`{line if len(line) <= _SHOWN_CHARACTERS else line[:_SHOWN_CHARACTERS] + '…'}`"
        case list() | tuple():
            return "a list"
        case _:
            return "keys and values"


def explain(model: type[BaseModel], error: ValidationError) -> list[tuple[Place, str]]:
    """Return each mistake of a validation: its place in the data, and what is wrong, in plain words."""
    return [_explain_one(model, details) for details in error.errors(include_url=False)]


def _explain_one(model: type[BaseModel], details: ErrorDetails) -> tuple[Place, str]:
    kind, loc = details["type"], details["loc"]
    place, _ = _walk(model, loc)
    if kind == "missing":
        return place[:-1], f"missing key `{place[-1]}`"
    if kind == "extra_forbidden":
        return place, _unknown_key(place, _keys(_walk(model, loc[:-1])[1]))
    if kind == "enum" and loc[-1] == "[key]":
        return place, _unknown_key(place, _choices(details))
    return place, _TEXTS.get(kind, _by_family)(details)


def _unknown_key(place: Place, known: list[str]) -> str:
    return f"unknown key `{place[-1]}`{did_you_mean(str(place[-1]), known)}"


def _value_error(details: ErrorDetails) -> str:
    return str(details.get("ctx", {}).get("error", details["msg"]))


def _choice(details: ErrorDetails) -> str:
    return f"expected {one_of(_choices(details))}, found {found(details['input'])}"


def _choices(details: ErrorDetails) -> list[str]:
    return re.findall(r"'([^']*)'", str(details.get("ctx", {}).get("expected", "")))


def _too_few(details: ErrorDetails) -> str:
    return f"expected at least {details['ctx']['min_length']} here, found {details['ctx']['actual_length']}"


def _no_kind(details: ErrorDetails) -> str:
    keys = details["msg"].split()
    given = details["input"]
    if not isinstance(given, dict):
        return f"expected keys and values with {one_of(keys)}, found {found(given)}"
    likely = [(key, close[0]) for key in given if (close := get_close_matches(key, keys, n=1))]
    hint = f": did you mean `{likely[0][1]}` instead of `{likely[0][0]}`?" if likely else ""
    return f"one of the keys {one_of(keys)} must be here{hint}"


def _by_family(details: ErrorDetails) -> str:
    """Word a type error such as `date_parsing` by its family; anything else as pydantic says it."""
    family, _, rest = details["type"].partition("_")
    value = details["input"]
    if family not in _EXPECTED or rest not in _TYPE_ERRORS:
        return f"{details['msg'][:1].lower()}{details['msg'][1:]}, found {found(value)}"
    in_quotes = ": put it in quotes" if family == "string" and isinstance(value, int | float) else ""
    return f"expected {_EXPECTED[family]}, found {found(value)}{in_quotes}"


_TEXTS: Mapping[str, Callable[[ErrorDetails], str]] = {
    "enum": _choice,
    "literal_error": _choice,
    "no_kind": _no_kind,
    "too_short": _too_few,
    "value_error": _value_error,
}


def _walk(annotation: Any, loc: Place) -> tuple[Place, Any]:
    """Return the place in the data that a pydantic location means, and the type that is declared there.

    A location also names the chosen member of a union, and marks a mistaken key with `[key]`.
    """
    annotation = _bare(annotation)
    if not loc or loc == ("[key]",):
        return (), annotation
    if _is_union(annotation):
        return _walk(_member(annotation, str(loc[0])), loc[1:])
    place, end = _walk(_inside(annotation, str(loc[0])), loc[1:])
    return (loc[0], *place), end


def _bare(annotation: Any) -> Any:
    """Strip Annotated and `| None`: neither is part of a location."""
    if get_origin(annotation) is Annotated:
        return _bare(get_args(annotation)[0])
    if get_origin(annotation) in (Union, UnionType):
        members = [member for member in get_args(annotation) if member is not type(None)]
        return _bare(members[0]) if len(members) == 1 else annotation
    return annotation


def _is_union(annotation: Any) -> bool:
    return get_origin(annotation) in (Union, UnionType)


def _member(union: Any, label: str) -> Any:
    for member in get_args(union):
        tags = [note.tag for note in get_args(member)[1:] if isinstance(note, Tag)]
        if label in tags or label == getattr(_bare(member), "__name__", None):
            return member
    return None


def _inside(annotation: Any, key: str) -> Any:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        fields = annotation.model_fields.items()
        return next((field.annotation for name, field in fields if key in (name, field.alias)), None)
    arguments = [argument for argument in get_args(annotation) if argument is not Ellipsis]
    return arguments[-1] if arguments else None


def _keys(model: Any) -> list[str]:
    if not (isinstance(model, type) and issubclass(model, BaseModel)):
        return []
    return [field.alias or name for name, field in model.model_fields.items()]
