"""Who moved when something happened between us and a person."""

from enum import StrEnum


class Direction(StrEnum):
    """Who moved: we towards the person, the person towards us, or neither."""

    OUT = "out"
    IN = "in"
    NONE = "none"
