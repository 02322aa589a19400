"""How many segments a carrier counts for a text message (3GPP TS 23.038 and 23.040)."""

import unicodedata
from dataclasses import dataclass
from typing import Literal

Encoding = Literal["GSM-7", "UCS-2"]

#: The GSM 7-bit default alphabet: one septet each (3GPP TS 23.038, 6.2.1).
GSM_BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)

#: Its extension table: an escape and a septet, so two each (6.2.1.1).
GSM_EXTENDED = frozenset("^{}\\[~]|€\f")
_GSM = GSM_BASIC | GSM_EXTENDED

#: Units that fit into a message of one segment, and into each of several (the rest is the joining header).
ROOM: dict[Encoding, tuple[int, int]] = {"GSM-7": (160, 153), "UCS-2": (70, 67)}

#: What a marketer most likely meant by a character that word processors put in.
PLAINER = {
    **dict.fromkeys("‘’`´", "'"),
    **dict.fromkeys("“”„", '"'),
    **dict.fromkeys("–—•", "-"),
    **dict.fromkeys("\u00a0\u202f", "a space"),
    "…": "...",
    "ç": "Ç or c",
}


@dataclass(frozen=True, kw_only=True, slots=True)
class SmsSegments:
    """A text message as the carrier counts it."""

    count: int
    encoding: Encoding
    #: septets of GSM-7 or 16-bit units of UCS-2, the joining headers not counted
    units: int
    #: the characters that GSM-7 lacks, each once, in the order in which they come
    forced_by: tuple[str, ...]


def count_segments(body: str) -> SmsSegments:
    """Return how a carrier counts this text; an empty text counts as one segment.

    One character outside of GSM-7 turns the whole message into UCS-2. A character of two units never
    straddles two segments: it moves to the next one whole.
    """
    foreign = tuple(dict.fromkeys(char for char in body if char not in _GSM))
    encoding: Encoding = "UCS-2" if foreign else "GSM-7"
    widths = [_width(char, encoding) for char in body]
    units = sum(widths)
    alone, joined = ROOM[encoding]
    count = 1 if units <= alone else _packed(widths, joined)
    return SmsSegments(count=count, encoding=encoding, units=units, forced_by=foreign)


def describe_character(char: str) -> str:
    """Return a character with its Unicode name and, where there is one, what to write instead."""
    name = unicodedata.name(char, f"U+{ord(char):04X}")
    shown = f"{char} ({name})" if char.isprintable() else name
    return f"{shown}, write {PLAINER[char]} instead" if char in PLAINER else shown


def _width(char: str, encoding: Encoding) -> int:
    if encoding == "GSM-7":
        return 2 if char in GSM_EXTENDED else 1
    return 2 if ord(char) > 0xFFFF else 1


def _packed(widths: list[int], room: int) -> int:
    segments, used = 1, 0
    for width in widths:
        if used + width > room:
            segments, used = segments + 1, 0
        used += width
    return segments
