"""Conditions with a name: config/segments.yaml."""

from collections.abc import Mapping

from aftershow.workspace.yaml.model import Key, Line, Model, Text


class Segment(Model):
    """A condition with a name; who meets it is found out anew each time."""

    where: Text
    """Such as: grade == "A" and not is_customer."""
    show: Key | None = None
    """Only the leads of this show."""
    purpose: Line | None = None
    """What the segment is for, said to people."""


class Segments(Model):
    """The segments of the workspace."""

    segments: Mapping[Key, Segment]
