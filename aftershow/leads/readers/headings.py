"""Which of our fields a column is, by its heading, by the show's YAML, or by its place."""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from aftershow.leads.readers.bounds import LONGEST_HEADING
from aftershow.people.normalizing.names import fold
from aftershow.words.fields import ContactField

if TYPE_CHECKING:
    # What a show's YAML may say takes a while to load, and the process that reads a file is not told it.
    from aftershow.workspace.shows import Layout

ANSWER = "answers."
#: Fields of a second sheet, which has one question and its answer in each row.
QUESTION, REPLY = "question", "answer"

_NOT_IN_A_WORD = re.compile(r"[\W_]+")
_REPEATED = re.compile(r" \(\d+\)$")
#: What exports put before the headings of a person.
_PREFIX = re.compile(
    r"^(contact|lead|attendee|registrant|visitor|person|delegate|besucher|kontakt|f)(?=.{3})"
)

#: Our field: the headings of real exports, folded to letters and digits (see _normal).
_KNOWN: Mapping[str, str] = {
    **{field: field.row.headings for field in ContactField},
    QUESTION: "question questiontext qualifier survey surveyquestion frage questionname",
    REPLY: "answer response reply answertext antwort reponse value",
}


def _normal(heading: str) -> str:
    return _NOT_IN_A_WORD.sub("", fold(heading))


_SYNONYMS = {fold(word): str(field) for field, words in _KNOWN.items() for word in words.split()}


class Columns:
    """Our field for each column of a show's files."""

    def __init__(self, layout: "Layout") -> None:
        #: our field for each place in a file without headings
        self.by_place: Sequence[str] = layout.columns
        self._given = dict(layout.headings)
        self._given_normal = {_normal(heading): field for heading, field in layout.headings.items()}
        self._found: dict[str, str] = {place_name(n): field for n, field in enumerate(self.by_place, start=1)}

    def field(self, heading: str) -> str:
        """Return our field for a heading: one of FIELDS, answers.NAME for what we don't know, or "-"."""
        field = self._found.get(heading)
        if field is None:
            field = self.known(heading)
            if field is None or field in (QUESTION, REPLY):
                field = ANSWER + answer_name(heading)
            self._found[heading] = field
        return field

    def known(self, heading: str) -> str | None:
        """Return our field for a heading that the YAML names or that exports use; else None."""
        if len(heading) > LONGEST_HEADING:
            return None
        plain = _REPEATED.sub("", heading).strip()
        if plain in self._given:
            return self._given[plain]
        normal = _normal(plain)
        return (
            self._given_normal.get(normal) or _SYNONYMS.get(normal) or _SYNONYMS.get(_PREFIX.sub("", normal))
        )

    def count_known(self, cells: Sequence[str]) -> int:
        """Return how many different fields a row's cells name, if they are headings."""
        return len({field for cell in cells if cell.strip() and (field := self.known(cell))})


def place_name(place: int) -> str:
    """Return the heading of a column that has none; places count from 1."""
    return f"column {place}"


def unique_headings(cells: Sequence[str]) -> tuple[str, ...]:
    """Return headings without blanks or repetitions: a second `Phone` becomes `Phone (2)`."""
    namer = Namer()
    return tuple(
        namer.name(" ".join(cell.split()) or place_name(place)) for place, cell in enumerate(cells, start=1)
    )


class Namer:
    """Gives each column or property a name of its own."""

    def __init__(self) -> None:
        self._taken: set[str] = set()
        self._counts: dict[str, int] = {}

    def name(self, heading: str) -> str:
        """Return the heading, numbered where it is taken."""
        name = heading
        while name in self._taken:
            # From where it stood: looking from the beginning each time would take for ever.
            count = self._counts[heading] = self._counts.get(heading, 1) + 1
            name = f"{heading} ({count})"
        self._taken.add(name)
        return name


def answer_name(question: str) -> str:
    """Return the name of an answer: small letters, digits and _, as expressions write it."""
    words = [_plain(word) for word in _NOT_IN_A_WORD.split(question)]
    name = "_".join(word for word in words if word)[:80].rstrip("_")
    if not name:
        return "unnamed"
    return name if name[0].isalpha() else f"q_{name}"[:80]


def _plain(word: str) -> str:
    """Return a word in small ASCII letters and digits, accents taken off and nothing else changed."""
    parts = unicodedata.normalize("NFKD", word.casefold())
    return "".join(letter for letter in parts if letter.isascii() and letter.isalnum())
