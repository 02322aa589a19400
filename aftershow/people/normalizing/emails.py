"""Email addresses: brought to one form, and told apart into personal ones and ones that a company shares."""

import re

from email_validator import EmailNotValidError, validate_email

from aftershow.people.normalizing.wordlists import DESKS

#: What nearly all addresses look like; everything else is left to email-validator (RFC 5321, 5322, 6531).
_PLAIN = re.compile(
    r"(?=.{6,254}$)(?=[^@]{1,64}@)[a-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[a-z0-9!#$%&'*+/=?^_`{|}~-]+)*"
    r"@(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,24}"
)
_IN_BRACKETS = re.compile(r"<([^<>]+)>")
_BETWEEN_ADDRESSES = re.compile(r"[;,\s]+")
_BETWEEN_WORDS = re.compile(r"[._+0-9-]+")


def normal_email(text: str) -> str | None:
    """Return the first address in a text, in lower case, ASCII where it has such a form; None for none."""
    lowered = text.strip().lower()
    if _PLAIN.fullmatch(lowered):
        return lowered
    bracketed = _IN_BRACKETS.search(lowered)
    address = bracketed[1] if bracketed else lowered.removeprefix("mailto:")
    for part in _BETWEEN_ADDRESSES.split(address.strip()):
        if "@" in part:
            return _validated(part.strip(".'\"<>()"))
    return None


def _validated(address: str) -> str | None:
    if _PLAIN.fullmatch(address):
        return address
    try:
        found = validate_email(address, check_deliverability=False)
    except EmailNotValidError:
        return None
    return (found.ascii_email or found.normalized).lower()


def is_shared(email: str) -> bool:
    """Tell whether an address belongs to a desk and not to a person (info@, sales.emea@)."""
    local = email.partition("@")[0]
    return local in DESKS or _BETWEEN_WORDS.split(local, maxsplit=1)[0] in DESKS
