"""When a lead was captured: dates and times as exports write them, local to the show."""

import re
from datetime import UTC, date, datetime, time, timedelta, timezone, tzinfo
from functools import lru_cache
from zoneinfo import ZoneInfo

from aftershow.people.normalizing.names import fold
from aftershow.people.normalizing.wordlists import listed

_WEEKDAY = re.compile(r"^[^\W\d]{2,10}[.,]+\s+(?=.*\d)")
_NUMBERS = re.compile(r"(\d{1,4})([./-])(\d{1,2})[./-](\d{1,4})")
_DAY_AND_NAME = re.compile(r"(\d{1,2})(?:st|nd|rd|th)?[. -]*([^\W\d]{3,12})\.?[ ,.-]*(\d{4}|\d{2})\b", re.I)
_NAME_AND_DAY = re.compile(r"([^\W\d]{3,12})\.?[ -]*(\d{1,2})(?:st|nd|rd|th)?,?[ -]+(\d{4})", re.I)
_CLOCK = re.compile(
    r"(\d{1,2})(?:[:.h](\d{2}))?(?:[:.](\d{2})(?:[.,]\d+)?)?\s*"
    r"(?:([ap])\.?m\.?)?\s*(z|utc|gmt|[+-]\d\d:?\d\d)?",
    re.I,
)
#: A date that only says that a cell held a time: Excel gives both.
_EMPTY_DATE = re.compile(r"^(?:1899|1900)-\d\d-\d\d[T ]")
_EMPTY_CLOCK = re.compile(r"[T ]00:00(?::00)?$")
#: How Excel writes a moment that lost its format: days since the end of 1899, and parts of a day.
_SERIAL, _SERIAL_CLOCK = re.compile(r"([3-7]\d{4})(\.\d+)?"), re.compile(r"0?(\.\d+)")
_SERIAL_BEGINS = date(1899, 12, 30)
#: A lead of another year is a typing mistake.
_LIKELY_YEARS = range(1990, 2101)
#: Months by the first three letters, folded, in the languages that are likely.
_MONTHS = {
    **{name: n for n, name in enumerate(listed("jan feb mar apr may jun jul aug sep oct nov dec"), start=1)},
    "mrz": 3,
    "mai": 5,
    "okt": 10,
    "dez": 12,
    "fev": 2,
    "avr": 4,
    "jui": 6,
    "aou": 8,
}


@lru_cache(maxsize=65_536)
def read_moment(day: str, clock: str, *, zone: ZoneInfo, day_first: bool | None) -> datetime | None:
    """Return the aware moment that a date and a time say, or a date with its time in `day`; else None.

    Without an offset of its own it is local to `zone`: of the two moments of an hour that a clock change
    repeats the first, and the start of the day where no time is given. `day_first` reads 03/04/2026; with
    None such a date is not guessed.
    """
    clock = _EMPTY_DATE.sub("", clock.strip())
    text = _EMPTY_CLOCK.sub("", day.strip()) + f" {clock}" if clock else day.strip()
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        try:
            moment = _written_out(_WEEKDAY.sub("", text), day_first)
        except ValueError:
            return None
    if moment.year not in _LIKELY_YEARS:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=zone)


def _written_out(text: str, day_first: bool | None) -> datetime:
    day, rest = _day(text, day_first)
    clock, offset = _clock(rest.lstrip(" ,T"))
    return datetime.combine(day, clock, tzinfo=offset)


def _day(text: str, day_first: bool | None) -> tuple[date, str]:
    if found := _SERIAL.match(text):
        rest = found[2] or text[found.end() :]
        return _SERIAL_BEGINS + timedelta(days=int(found[1])), rest
    if found := _NUMBERS.match(text):
        return _from_numbers(int(found[1]), found[2], int(found[3]), found[4], day_first), text[found.end() :]
    if found := _DAY_AND_NAME.match(text):
        return date(_year(found[3]), _month(found[2]), int(found[1])), text[found.end() :]
    if found := _NAME_AND_DAY.match(text):
        return date(_year(found[3]), _month(found[1]), int(found[2])), text[found.end() :]
    raise ValueError("no date")


def _from_numbers(first: int, mark: str, second: int, last: str, day_first: bool | None) -> date:
    if first > 31:
        return date(first, second, int(last))
    if mark == "." or first > 12:
        day_first = True
    elif second > 12:
        day_first = False
    if day_first is None and first != second:
        raise ValueError("day and month can't be told apart")
    day, month = (first, second) if day_first else (second, first)
    return date(_year(last), month, day)


def _year(text: str) -> int:
    return int(text) if len(text) == 4 else 2000 + int(text)


def _month(name: str) -> int:
    if fold(name)[:3] not in _MONTHS:
        raise ValueError("no month")
    return _MONTHS[fold(name)[:3]]


def _clock(text: str) -> tuple[time, tzinfo | None]:
    if not text:
        return time.min, None
    if part := _SERIAL_CLOCK.fullmatch(text):
        minutes, seconds = divmod(min(round(float(part[1]) * 86_400), 86_399), 60)
        return time(*divmod(minutes, 60), seconds), None
    found = _CLOCK.fullmatch(text)
    if not found or not (found[2] or found[4]):
        raise ValueError("no time")
    hour = int(found[1])
    if found[4]:
        hour = hour % 12 + (12 if found[4] in "pP" else 0)
    return time(hour, int(found[2] or 0), int(found[3] or 0)), _offset(found[5])


def _offset(text: str | None) -> tzinfo | None:
    if not text or text[0] not in "+-":
        return UTC if text else None
    sign = -1 if text[0] == "-" else 1
    return timezone(sign * timedelta(hours=int(text[1:3]), minutes=int(text[-2:])))
