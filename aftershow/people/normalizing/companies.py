"""Names of companies: the core that stays when legal form, case and accents are taken away."""

import re
from functools import lru_cache

from rapidfuzz import fuzz

from aftershow.people.normalizing.names import fold
from aftershow.people.normalizing.wordlists import JOINTS, LEGAL_FORMS

_WORD = re.compile(r"\w+", re.UNICODE)
_DOT_OR_APOSTROPHE = re.compile(r"[.'’]")
#: From this similarity on (0 to 100) two companies may be one; a part of a name counts as the whole.
_ALIKE = 85
#: Words of a core that lead to similar companies; more would only find more of the same.
_TELLING_WORDS = 2


@lru_cache(maxsize=65_536)
def core(name: str) -> str:
    """Return a company's name without legal form, case, accents, punctuation and `and`.

    `OKAFOR PAVING, INC.` and `Okafor Paving` give `okafor paving`. A legal form counts only at the end: the
    S.A. of `S.A. Lift and Loader` stays. Empty only when the name has no letter or digit.
    """
    words = _joined_initials(_WORD.findall(fold(_DOT_OR_APOSTROPHE.sub(_dot, name))))
    end = len(words)
    while end and (words[end - 1] in LEGAL_FORMS or words[end - 1] in JOINTS):
        end -= 1
    kept = [word for word in words[:end] if word not in JOINTS]
    return " ".join(kept or words)


def _dot(found: re.Match[str]) -> str:
    return " " if found[0] == "." else ""


def _joined_initials(words: list[str]) -> list[str]:
    """Write `s a r l` as one word, as in S.à r.l."""
    joined: list[str] = []
    open_word = False
    for word in words:
        single = len(word) == 1 and word.isalpha()
        if single and open_word:
            joined[-1] += word
        else:
            joined.append(word)
        open_word = single or (open_word and word == "rl")
    return joined


def may_be_one_company(one: str, other: str) -> bool:
    """Tell whether two cores may be one company: the same words, some left out, or a typing mistake."""
    if not one or not other:
        return False
    return one == other or fuzz.token_set_ratio(one, other) >= _ALIKE or fuzz.ratio(one, other) >= _ALIKE


def telling_words(company_core: str) -> list[str]:
    """Return the longest words of a core, by which similar companies are found."""
    words = set(company_core.split())
    return sorted(words, key=lambda word: (-len(word), word))[:_TELLING_WORDS]
