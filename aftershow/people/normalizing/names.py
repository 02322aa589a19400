"""Names of people: how two spellings are compared, and how a full name is taken apart."""

import re
import unicodedata
from functools import lru_cache

from rapidfuzz import fuzz

from aftershow.people.normalizing.wordlists import PARTICLES, SALUTATIONS, SHORT_FORMS

#: Letters that Unicode does not take apart, as they are written where the keyboard lacks them.
_LETTERS = str.maketrans(
    {"ß": "ss", "æ": "ae", "œ": "oe", "ø": "o", "đ": "d", "ð": "d", "ł": "l", "ı": "i", "þ": "th"}
)
#: Umlauts are written out (Mueller) or lose their dots (Muller): all three spellings become one.
_WRITTEN_OUT = re.compile("ae|oe|ue|aa")
_NOT_IN_A_WORD = re.compile(r"[\W_]+")
#: From this similarity on (0 to 100) two first names may be one person's.
_ALIKE = 80


@lru_cache(maxsize=65_536)
def fold(text: str) -> str:
    """Return the text in lower case without accents; umlauts, however written, become one plain vowel.

    `Müller`, `Mueller` and `MULLER` give `muller`. Meant for comparing, not for showing.
    """
    folded = text.casefold()
    if not folded.isascii():
        parts = unicodedata.normalize("NFKD", folded.translate(_LETTERS))
        folded = "".join(letter for letter in parts if not unicodedata.combining(letter))
    return _WRITTEN_OUT.sub(lambda found: found[0][0], folded)


@lru_cache(maxsize=65_536)
def name_key(name: str | None) -> str:
    """Return a name folded to its letters and digits: `de la Cruz` and `DELACRUZ` are the same."""
    return _NOT_IN_A_WORD.sub("", fold(name)) if name else ""


_FULL_FORMS = {
    name_key(short): name_key(full) for full, short_forms in SHORT_FORMS.items() for short in short_forms
}


@lru_cache(maxsize=65_536)
def formal_key(given_name: str | None) -> str:
    """Return the key of a first name in its full form: `Bob` and `Robert` are the same."""
    key = name_key(given_name)
    return _FULL_FORMS.get(key, key)


def may_be_one(given_name: str | None, other: str | None) -> bool:
    """Tell whether two first names may be one person's: an initial, a short form, a typing mistake."""
    mine, theirs = formal_key(given_name), formal_key(other)
    if not mine or not theirs:
        return mine == theirs
    if mine.startswith(theirs) or theirs.startswith(mine):
        return True
    return fuzz.ratio(mine, theirs) >= _ALIKE


def split_full_name(full_name: str) -> tuple[str | None, str | None]:
    """Return given and family name of a full name, salutations left out.

    `Okafor, Marge` has the family name first; otherwise it is the last word, with the particles before it.
    """
    family, comma, given = full_name.partition(",")
    if comma and given.strip():
        return _without_salutation(given) or None, family.strip() or None
    words = _without_salutation(family).split()
    start = max(len(words) - 1, 0)
    # The first word is a particle only in small letters: van der Berg, but Al Gore.
    while start and (words[start - 1] if start == 1 else words[start - 1].casefold()) in PARTICLES:
        start -= 1
    return " ".join(words[:start]) or None, " ".join(words[start:]) or None


def _without_salutation(name: str) -> str:
    words = name.split()
    while len(words) > 1 and words[0].casefold().rstrip(".") in SALUTATIONS:
        del words[0]
    return " ".join(words)
