"""What a template may do to a value: {{ given_name|title }}, {{ show.starts|date }}, {{ now|time }}.

An allow-list. A value that is missing stays missing, so that no filter turns it into the word None, and no
filter makes a text much longer than what went in. What they cost is counted around all of them (budget.py).
"""

import re
from collections.abc import Callable
from datetime import date, datetime, time
from functools import lru_cache
from typing import Any
from urllib.parse import quote

from babel import Locale, UnknownLocaleError
from babel.dates import format_date, format_time
from jinja2 import Undefined, pass_context
from jinja2.filters import FILTERS
from jinja2.runtime import Context

from aftershow.content.language.budget import VALUE_LIMIT, RefusedError, spend
from aftershow.content.language.guards import joined, text_of

#: Those of Jinja2 that can neither print, nor grow a text, nor unescape one.
FROM_JINJA2 = (
    "abs", "count", "first", "float", "int", "last", "length", "list", "map", "max", "min", "reject",
    "rejectattr", "reverse", "select", "selectattr", "sort", "unique",
)  # fmt: skip

#: What a language is written as, such as de or pt-BR (RFC 5646).
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(?:[-_][A-Za-z0-9]{2,8}){0,3}")
#: What a language costs that was not used lately.
LANGUAGE_WORK = 5_000


def default(value: object, fallback: object = "") -> object:
    """Return the value, or the fallback where there is none."""
    return fallback if value is None or isinstance(value, Undefined) else value


def replace(text: str, old: str, new: str) -> str:
    """Return the text with one part written differently."""
    if len(text) + text.count(old) * len(new) > VALUE_LIMIT:
        raise RefusedError("a replaced text is too long")
    return text.replace(old, new)


def truncate(text: str, length: int = 100) -> str:
    """Return the text cut between words to this many characters, with three dots where it was cut."""
    if len(text) <= length:
        return text
    return text[: max(length - 3, 0)].rsplit(" ", 1)[0] + "..."


def urlencode(text: str) -> str:
    """Return the text as it stands in the query of a web address (RFC 3986, 3.4)."""
    return quote(text, safe="")


@pass_context
def long_date(context: Context, value: date | None, language: str | None = None) -> str | None:
    """Return a day written out in the contact's language, or in the one given, such as "de"."""
    if value is None:
        return None
    day = value.date() if isinstance(value, datetime) else value
    return written_out(day, _known_language(context, language))


@pass_context
def clock_time(context: Context, value: datetime | None, language: str | None = None) -> str | None:
    """Return the time of a moment, on the clock that it is given in, as its language writes it."""
    return None if value is None else time_written(value.time(), _known_language(context, language))


@lru_cache(maxsize=1024)
def written_out(day: date, language: str | None) -> str:
    """Return a day written out, such as 20 October 2026; in English where the language is not known."""
    text: str = format_date(day, format="long", locale=_locale(language))
    return text


@lru_cache(maxsize=1024)
def time_written(at: time, language: str | None) -> str:
    """Return a time of day, such as 2:30 PM or 14:30; in English where the language is not known."""
    text: str = format_time(at, format="short", locale=_locale(language))
    # Its narrow space would make a text message dear.
    return text.replace("\u202f", " ")


def _known_language(context: Context, language: str | None) -> str | None:
    """Return the language to write in, where it can be one: leads and templates write anything."""
    wanted = language or context.get("language")
    return wanted if isinstance(wanted, str) and _LANGUAGE.fullmatch(wanted) else None


@lru_cache(maxsize=64)
def _locale(language: str | None) -> Locale:
    # Its files are read from the disk.
    spend(LANGUAGE_WORK)
    try:
        return Locale.parse(language or "en", sep="-" if language and "-" in language else "_")
    except (UnknownLocaleError, ValueError):
        return Locale("en")


def _of_text(function: Callable[..., str]) -> Callable[..., str | None]:
    def filter_text(value: object, *arguments: Any, **named: Any) -> str | None:
        return None if value is None else function(text_of(value), *arguments, **named)

    return filter_text


TEMPLATE_FILTERS: dict[str, Callable[..., Any]] = {
    **{name: FILTERS[name] for name in FROM_JINJA2},
    "capitalize": _of_text(str.capitalize),
    "lower": _of_text(str.lower),
    "replace": _of_text(replace),
    "title": _of_text(FILTERS["title"]),
    "trim": _of_text(str.strip),
    "truncate": _of_text(truncate),
    "upper": _of_text(str.upper),
    "urlencode": _of_text(urlencode),
    "date": long_date,
    "time": clock_time,
    "default": default,
    "join": joined,
}
