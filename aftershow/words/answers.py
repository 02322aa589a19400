"""What people say when they are asked for permission, and what they must have said before we write."""

from enum import StrEnum


class Answer(StrEnum):
    """What a person said when asked for permission; blank is never yes."""

    YES = "yes"
    NO = "no"
    NOT_ASKED = "not_asked"


class Need(StrEnum):
    """What a person must have said before we write; blank is never yes."""

    #: the person said yes
    YES = "yes"
    #: the person did not say no
    UNLESS_NO = "unless_no"
