"""The parts of a message: each a compiled template, and what it gives for one person."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from itertools import islice
from typing import Any

from jinja2 import Template, UndefinedError

from aftershow.content.language.budget import RefusedError
from aftershow.content.language.dialect import compiled
from aftershow.content.language.guards import GLOBALS
from aftershow.content.sms_segments import Encoding
from aftershow.errors import ContentError

#: A message's length is looked at after so many of its pieces, which are short.
PIECES = 200


@dataclass(frozen=True, kw_only=True, slots=True)
class EmailParts:
    """What an email says to one person."""

    #: one line
    subject: str
    #: in ASCII, other characters as references, so that it needs no encoding on its way
    html: str
    text: str


@dataclass(frozen=True, kw_only=True, slots=True)
class TextParts:
    """What a text message says to one person, and what the carrier counts (GSM 03.38)."""

    body: str
    segments: int
    encoding: Encoding
    #: the characters that GSM-7 lacks, each once
    forced_by: tuple[str, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class InvitationParts:
    """What an invitation says to one person."""

    #: one line
    subject: str
    body: str


#: What a message says to one person; by letter and call, a text alone.
Parts = EmailParts | TextParts | InvitationParts | str


@dataclass(frozen=True, kw_only=True, slots=True)
class Part:
    """One part of a message, ready to be rendered."""

    #: the file, as people name it, such as templates/thanks/email.html
    place: str
    template: Template
    #: what it was compiled from
    source: str
    #: characters that one person's part may have
    limit: int

    def with_values(self, values: Mapping[str, Any]) -> "Part":
        """Return the part for people to whom some names mean the same; `values` as for folding.fold."""
        environment: Any = self.template.environment
        return replace(self, template=compiled(environment, self.source, values))

    def render(self, context: dict[str, Any]) -> str:
        """Return the part for one person.

        Raises ContentError, without the person's data, when it can't be made. It spends from the
        budget of its message (budget.budget).
        """
        try:
            return self._bounded(context)
        except (ContentError, MemoryError):
            # Where there is no memory left, nothing else can be rendered either.
            raise
        except (RefusedError, UndefinedError) as error:
            raise ContentError(f"{self.place}: {error}") from None
        except Exception as error:  # noqa: BLE001 -- a template is foreign code: whatever it does is its own mistake
            # Not the error's text and not the error itself: they may quote what a person wrote.
            raise ContentError(f"{self.place}: it can't be rendered ({type(error).__name__})") from None

    def _bounded(self, context: dict[str, Any]) -> str:
        # Shared, so that the facts are not copied for each part; a template's own names stay its own.
        rendering = self.template.root_render_func(self.template.new_context(context, shared=True))
        text = ""
        while more := "".join(islice(rendering, PIECES)):
            text += more
            if len(text) > self.limit:
                raise RefusedError(f"longer than {self.limit:,} characters for this person")
        return text


def names_of(context: Mapping[str, Any]) -> dict[str, Any]:
    """Return what the parts of one message find by their names."""
    return {**context, **GLOBALS}


def one_line(text: str) -> str:
    """Return a text without line ends and other control characters, which could begin another header."""
    return re.sub(r"[\s\x00-\x1f\x7f-\x9f]+", " ", text).strip()
