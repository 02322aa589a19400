"""What stands on an envelope."""

from collections.abc import Mapping
from typing import Any

from babel import Locale

from aftershow.content.parts import one_line
from aftershow.signs import plain

#: Countries are written in English: the post office that sends the letter on must read it, wherever it is.
_COUNTRIES = Locale("en").territories


def recipient_lines(person: Mapping[str, Any], address: str) -> tuple[str, ...]:
    """Return whom and where a letter goes to, line by line: person, company, then the address by its commas.

    `person` has given_name, family_name, company and country (ISO 3166-1), each perhaps missing. A country at
    the end of the address is written out.
    """
    name = " ".join(filter(None, (person.get("given_name"), person.get("family_name"))))
    *lines, last = address.split(", ")
    if last == person.get("country"):
        last = _COUNTRIES.get(last, last)
    shown = map(_line, (name, person.get("company") or "", *lines, last))
    return tuple(line for line in shown if line)


def _line(text: str) -> str:
    return one_line(plain(text))
