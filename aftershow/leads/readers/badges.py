"""Badge numbers: one person's number at one show, however a spreadsheet wrote it."""

import re

_WHOLE_FLOAT = re.compile(r"(\d+)\.0")


def normal_badge(text: str) -> str:
    """Return a badge number without what spreadsheets drop and add: `0100234` and `100234.0` are 100234.

    Empty for a zero, which stands for no badge.
    """
    number = text.strip().lstrip("'").upper()
    whole = _WHOLE_FLOAT.fullmatch(number)
    if whole:
        number = whole[1]
    return number.lstrip("0") if number.isdigit() else number
