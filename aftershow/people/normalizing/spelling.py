"""How a name is shown when a file wrote it in capitals, and which of two spellings is the better one."""

import re
from functools import lru_cache

from rapidfuzz import fuzz

from aftershow.people.normalizing.names import fold
from aftershow.people.normalizing.wordlists import OWN_SPELLING, PARTICLES, SMALL_WORDS

_WORD = re.compile(r"[^\W_]+", re.UNICODE)
_VOWEL = re.compile(r"[AEIOUYÀ-ÖØ-Þ]")
#: From this similarity on (0 to 100) a spelling in capitals says the same as one in mixed case.
_SAME = 70


def is_shouted(text: str) -> bool:
    """Tell whether a text is in capitals throughout (one letter alone is an initial)."""
    return text.isupper() and sum(letter.isalpha() for letter in text) > 1


@lru_cache(maxsize=65_536)
def proper_name(name: str) -> str:
    """Return a person's name as it is written: `MARGE` gives `Marge`, `DE LA CRUZ` gives `de la Cruz`.

    Names that are not in capitals throughout stay as they are.
    """
    if not is_shouted(name):
        return name
    words = name.split()
    return " ".join(
        word.lower() if word.casefold() in PARTICLES and place < len(words) - 1 else _capitalised(word)
        for place, word in enumerate(words)
    )


@lru_cache(maxsize=65_536)
def proper_words(text: str) -> str:
    """Return a company, place or title as it is written: `S.A. LIFT AND LOADER` gives `S.A. Lift and Loader`.

    One short word alone (`BASF`) may be an abbreviation and stays, as does a text with small letters.
    """
    if not is_shouted(text) or (len(text) <= 4 and " " not in text):
        return OWN_SPELLING.get(text.casefold(), text) if text.isupper() else text
    words = text.split()
    return " ".join(
        word.lower() if place and word.casefold() in SMALL_WORDS else _capitalised(word)
        for place, word in enumerate(words)
    )


def _capitalised(word: str) -> str:
    if "." in word.rstrip(".,") and all(len(part) <= 1 for part in word.rstrip(",").split(".")):
        return word
    spelled = _WORD.sub(_spelled, word)
    return re.sub(r"(['’])S$", r"\1s", spelled)


def _spelled(found: re.Match[str]) -> str:
    part = found[0]
    own = OWN_SPELLING.get(part.casefold())
    if own:
        return own
    if any(letter.isdigit() for letter in part):
        # 12TH and 1ST are words, BW120 is a model.
        return part.lower() if re.fullmatch(r"\d+(ST|ND|RD|TH)", part) else part
    if len(part) == 1 or (len(part) <= 3 and not _VOWEL.search(part)):
        return part
    if part.startswith("MC") and len(part) > 3:
        return "Mc" + part[2:].capitalize()
    return part.capitalize()


def better_spelling(kept: str, newer: str) -> str:
    """Return the newer of two texts, unless it only repeats in capitals what the other has in mixed case."""
    if not is_shouted(newer) or is_shouted(kept):
        return newer
    return kept if fuzz.ratio(fold(kept), fold(newer)) >= _SAME else newer
