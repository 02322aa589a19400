"""Among whom an audience is looked for."""

from enum import StrEnum


class Population(StrEnum):
    """Among whom an audience is looked for."""

    #: the leads of a show
    LEADS = "leads"
    #: everyone we know
    EVERYONE = "everyone"
    #: our own reps
    TEAM = "team"
