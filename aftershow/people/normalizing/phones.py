"""Phone numbers: from what people write to E.164, and what each kind of number can be used for."""

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import phonenumbers
from phonenumbers import (
    NumberParseException,
    PhoneMetadata,
    PhoneNumber,
    PhoneNumberFormat,
    PhoneNumberType,
)
from phonenumbers.timezone import UNKNOWN_TIMEZONE, time_zones_for_number
from phonenumbers.tzdata import TIMEZONE_DATA, TIMEZONE_LONGEST_PREFIX


def _landlines(region: str) -> str:
    """Return the expression for numbers of a region's landlines, without the code of the country."""
    metadata: Any = PhoneMetadata.metadata_for_region(region)
    return str(metadata.fixed_line.national_number_pattern)


#: How nearly all numbers of North America are written; the rest is left to phonenumbers.
_NORTH_AMERICAN = re.compile(
    r"(?:\+?1[ .-]?)?\(?([2-9]\d\d)\)?[ .-]{0,2}([2-9]\d\d)[ .-]?(\d{4})(?: ?(?:x|ext\.?) ?(\d{1,7}))?"
)
#: Numbers of the USA and Canada that are a landline or a mobile, nobody can tell which. The expressions are
#: those of phonenumbers, which needs a hundred times as long to find that none of its other kinds fits.
_ORDINARY = re.compile(r"\+1(?:{}|{})".format(*map(_landlines, ("US", "CA"))))
_EXTENSION = re.compile(
    r"(?:;ext=|\b(?:ext(?:ension)?|durchwahl|dw|poste)\b\.?:?|[x#])\s*(\d{1,7})\s*$", re.IGNORECASE
)
#: A number that a spreadsheet has shortened; the lost digits can't be guessed.
_SHORTENED = re.compile(r"\d(?:[.,]\d+)?E\+?\d+", re.IGNORECASE)
_WHOLE_FLOAT = re.compile(r"(\d+)\.0")
_BETWEEN_NUMBERS = re.compile(r"[;,|\n]|\s/\s|\bor\b|\boder\b")
_PUNCTUATION = re.compile(r"[\s().\-/\u2010-\u2015\u00ad\u200b\u202a-\u202e]+")
_DIGITS = re.compile(r"\+?\d{5,20}")
#: Numbers that differ only in these last digits are of one kind; phonenumbers is asked once for all of them.
_BLOCK = 4
_MOST_BLOCKS = 65_536
_TEXTABLE = frozenset({PhoneNumberType.MOBILE, PhoneNumberType.FIXED_LINE_OR_MOBILE})
#: Kinds that are answered anywhere.
_PLACELESS = frozenset(
    {
        PhoneNumberType.TOLL_FREE,
        PhoneNumberType.PREMIUM_RATE,
        PhoneNumberType.SHARED_COST,
        PhoneNumberType.VOIP,
        PhoneNumberType.PERSONAL_NUMBER,
        PhoneNumberType.UAN,
    }
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Phone:
    """A number that can be dialled."""

    #: such as +15085550114
    e164: str
    #: behind a switchboard
    extension: str | None = None
    #: texts may arrive: a mobile, or, where numbers don't tell, perhaps one
    takes_texts: bool
    #: certainly a mobile, which one person carries
    is_mobile: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class _Block:
    """What the numbers of a block have in common."""

    #: their E.164 up to the last digits
    start: str
    takes_texts: bool
    is_mobile: bool


def read_phone(text: str, country: str | None) -> Phone | None:
    """Return the first number in a text; `country` (ISO alpha-2) is that of numbers without +.

    None when no number that exists can be read. Digits that a spreadsheet lost (5.55E+09) are never guessed.
    """
    plain = _NORTH_AMERICAN.fullmatch(text) if country in ("US", "CA") or text.startswith("+1") else None
    if plain:
        area, exchange, line, extension = plain.groups()
        e164 = f"+1{area}{exchange}{line}"
        return _numbered(_block_of(e164), e164, extension)
    whole = _WHOLE_FLOAT.fullmatch(text.strip())
    first = whole[1] if whole else _BETWEEN_NUMBERS.split(text.strip(), maxsplit=1)[0]
    if _SHORTENED.fullmatch(first):
        return None
    ending = _EXTENSION.search(first)
    digits = _PUNCTUATION.sub("", first[: ending.start()] if ending else first).removeprefix("tel:")
    if not _DIGITS.fullmatch(digits):
        return None
    block = _block(digits, country)
    return _numbered(block, block.start + digits[-_BLOCK:] if block else "", ending and ending[1])


def _numbered(block: _Block | None, e164: str, extension: str | None) -> Phone | None:
    if block is None:
        return None
    return Phone(
        e164=e164,
        extension=extension,
        takes_texts=block.takes_texts and not extension,
        is_mobile=block.is_mobile and not extension,
    )


def may_be_carried(e164: str) -> tuple[bool, bool]:
    """Tell whether texts may arrive at a number (E.164), and whether it certainly is a mobile."""
    block = _block_of(e164)
    return (block.takes_texts, block.is_mobile) if block else (False, False)


@lru_cache(maxsize=65_536)
def _block_of(e164: str) -> _Block | None:
    return _NORTH_AMERICA if _ORDINARY.fullmatch(e164) else _block(e164, None)


_NORTH_AMERICA = _Block(start="+1", takes_texts=True, is_mobile=False)
_BLOCKS: dict[tuple[str, int, str | None], _Block | None] = {}


def _block(digits: str, country: str | None) -> _Block | None:
    key = (digits[:-_BLOCK], len(digits), country)
    if key not in _BLOCKS:
        if len(_BLOCKS) >= _MOST_BLOCKS:
            _BLOCKS.clear()
        _BLOCKS[key] = _looked_up(digits, country)
    return _BLOCKS[key]


def _looked_up(digits: str, country: str | None) -> _Block | None:
    attempts = [(digits, country)]
    if digits.startswith("00"):
        attempts.append(("+" + digits[2:], None))
    elif len(digits) > 10 and not digits.startswith(("0", "+")):
        # The + of an international number got lost.
        attempts.append(("+" + digits, None))
    for text, region in attempts:
        try:
            block = _described(phonenumbers.parse(text, region))
        except NumberParseException:
            continue
        if block:
            return block
    return None


def _described(number: PhoneNumber) -> _Block | None:
    kind = phonenumbers.number_type(number)
    if kind == PhoneNumberType.UNKNOWN:
        # Exactly those are no valid numbers.
        return None
    e164 = phonenumbers.format_number(number, PhoneNumberFormat.E164)
    return _Block(
        start=e164[:-_BLOCK], takes_texts=kind in _TEXTABLE, is_mobile=kind == PhoneNumberType.MOBILE
    )


def zones_of_phone(e164: str) -> tuple[str, ...]:
    """Return the time zones (IANA) in which a number may be; () for numbers that belong to no place."""
    if _block_of(e164) is _NORTH_AMERICA:
        longest = range(TIMEZONE_LONGEST_PREFIX + 1, 1, -1)
        return next((zones for end in longest if (zones := TIMEZONE_DATA.get(e164[1:end]))), ())
    return _zones(e164[:-_BLOCK], len(e164))


@lru_cache(maxsize=65_536)
def _zones(start: str, length: int) -> tuple[str, ...]:
    number = phonenumbers.parse(start.ljust(length, "2"))
    if phonenumbers.number_type(number) in _PLACELESS:
        return ()
    return tuple(zone for zone in time_zones_for_number(number) if zone != UNKNOWN_TIMEZONE)
