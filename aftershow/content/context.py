"""The values that a message is rendered with."""

from collections.abc import Mapping
from typing import Any


class Facts:
    """Named values of one thing, as in answers.interest; what is not among them is None."""

    __slots__ = ("_values",)

    def __init__(self, values: Mapping[str, Any]) -> None:
        self._values = values

    def __getattr__(self, name: str) -> Any:
        return self._values.get(name)

    def __getitem__(self, name: str) -> Any:
        return self._values.get(name)

    def __bool__(self) -> bool:
        return bool(self._values)


def readable(context: Mapping[str, Any]) -> dict[str, Any]:
    """Return a context whose mappings (show, answers, sender, …) are read by name, with None for gaps.

    Without this a question named `items` would be the dict's own method.
    """
    return {name: Facts(value) if isinstance(value, dict) else value for name, value in context.items()}
