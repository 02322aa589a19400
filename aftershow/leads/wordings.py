"""What short words in a cell mean: yes and no, grades, languages."""

import re
from functools import cache

from babel import Locale, localedata

from aftershow.people.normalizing.names import fold
from aftershow.people.normalizing.wordlists import listed

_NOT_IN_A_WORD = re.compile(r"[\s_.\-!]+")


def _plain(text: str) -> str:
    return _NOT_IN_A_WORD.sub("", fold(text))


_YES = frozenset(
    _plain(word)
    for word in listed(
        """yes y true t 1 x ja j oui si sim hai tak ano kyllä igen da on ok agreed optin optedin granted
        checked ✓ ✔ はい 是"""
    )
)
_NO = frozenset(
    _plain(word)
    for word in listed(
        """no n false f 0 nein non não nej nee ei nem nie ne off declined optout optedout denied
        unchecked ✗ いいえ 否"""
    )
)
_GRADES = {
    **dict.fromkeys(map(_plain, listed("a hot high heiß hoch chaud")), "A"),
    **dict.fromkeys(map(_plain, listed("b warm medium mittel tiède")), "B"),
    **dict.fromkeys(map(_plain, listed("c cold low kalt niedrig froid")), "C"),
}
_AROUND_A_GRADE = re.compile(r"^(?:grade|lead|rating|class)(?=.)|(?<=.)(?:leads?|grade|rating)$")
_LANGUAGE_TAG = re.compile(r"([a-z]{2,3})(?:[-_]([a-z]{2}))?", re.IGNORECASE)


def yes_or_no(text: str) -> bool | None:
    """Return what a cell says in any of the usual ways and languages; None when it says neither."""
    word = _plain(text)
    return True if word in _YES else False if word in _NO else None


def grade(text: str) -> str | None:
    """Return A, B or C for a grade or a temperature (hot, warm, cold); None for anything else."""
    word = _plain(text)
    return _GRADES.get(word) or _GRADES.get(_AROUND_A_GRADE.sub("", word))


def language_tag(text: str) -> str | None:
    """Return a language as a tag, such as de or pt-BR, for a tag or the language's name; None for others."""
    tag = _LANGUAGE_TAG.fullmatch(text)
    if tag and tag[1].lower() in Locale.parse("en").languages:
        return f"{tag[1].lower()}-{tag[2].upper()}" if tag[2] else tag[1].lower()
    return _languages().get(_plain(text))


@cache
def _languages() -> dict[str, str]:
    names = {_plain(name): tag for tag, name in Locale.parse("en").languages.items() if len(tag) == 2}
    for tag in filter(localedata.exists, set(names.values())):
        names.setdefault(_plain(Locale.parse(tag).languages.get(tag, "")), tag)
    return names
