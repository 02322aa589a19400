"""Where an address in a template leads: to a host that template or workspace names, never the data."""

import html
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import product

from aftershow.content.html.marks import Marked
from aftershow.content.html.origins import Origin, Origins, Parts
from aftershow.content.language.links import HOST, data_in_address, ours_in_address

#: So many ways can one address come out.
LIMIT = 256

# In ASCII, since other letters than these would match without regard to case: ſ is an S.
_FLAGS = re.ASCII | re.IGNORECASE
_WHOLE = re.compile(rf"{HOST}(?:[/?#][^\x00-\x1f\x7f<>\"]*)?", _FLAGS)
_BEGUN = re.compile(rf"{HOST}[/?#]", _FLAGS)
_CALLS = re.compile(r"(?:mailto|tel|sms):", _FLAGS)
_UNFINISHED_HOST = re.compile(r"https?:/?/?[^/?#\\]*", _FLAGS)
#: What a mail or a text that a link begins says; all else in such an address is whom it goes to.
_SAYING = re.compile(r"[^?&]*[?&](?:.*&)?(?:subject|body)=[^&#]*", _FLAGS)
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
#: One image of several: its address, and for which screen it is.
_CANDIDATE = re.compile(r"(?P<address>\S+)(?:\s+[\d.]+[wx])?")

BEGINNINGS = "must begin with https://, http://, mailto:, tel: or sms:"
LOADED_BEGINNINGS = "must begin with https:// or http://, and name its host"
DATA_AS_HOST = (
    "would let data decide where it leads: write the whole host before it, as in "
    "https://www.example.com/?name={{ … }}, or take our.website"
)
DATA_AS_RECIPIENT = (
    "would let data decide whom it reaches: write the address, or take sender.email or sender.phone, and "
    "print data behind subject= or body="
)

#: For a fixed word, which comes out the same by each guard, as in company or "you".
_ANY = ""

#: A part of an address, and the expression that prints it, if one does.
Part = tuple[str | Origin, int | None]


class AddressError(ValueError):
    """An address that an email can't have; the message says why."""


def read_address(text: str, marked: Marked, origins: Origins, *, loaded: bool) -> dict[int, str]:
    """Return the guard for each expression in an address, as it stands in the HTML, its branches decided.

    `loaded` is true for what is shown as a part of the mail, such as an image. Raises AddressError for an
    address that opens or loads what no email may, in any way in which its expressions can come out.
    """
    guards: dict[int, str] = {}
    for way in _ways(text, marked, origins):
        for number, guard in _guards(list(_stripped(way)), loaded=loaded).items():
            guards[number] = _agreed(guards.get(number, _ANY), guard)
    return {number: guard if guard != _ANY else "_ours" for number, guard in guards.items()}


def read_addresses(text: str, marked: Marked) -> None:
    """Check a list of images, as in srcset; raises AddressError for one that an email can't have."""
    if marked.numbers_in(text):
        raise AddressError("can't hold an expression: use `src`")
    for candidate in html.unescape(text).split(","):
        found = _CANDIDATE.fullmatch(candidate.strip())
        if not found or not is_loadable(found["address"]):
            raise AddressError(LOADED_BEGINNINGS)


def is_loadable(address: str) -> bool:
    """Return whether a fixed address, without references, is one of the web with its host."""
    return _WHOLE.fullmatch(address) is not None


def may_open(address: str, *, loaded: bool) -> bool:
    """Return whether a fixed address, without references, can stand in an email; `loaded` as above."""
    calls = not loaded and (_CALLS.match(address) or address.startswith("#"))
    return bool(calls and not _CONTROL.search(address)) or is_loadable(address)


def _ways(text: str, marked: Marked, origins: Origins) -> Iterator[list[Part]]:
    """Yield the parts of an address for each combination of what its expressions come out as."""
    choices: list[list[tuple[Parts, int | None]]] = []
    count = 1
    for part in marked.split(text):
        if isinstance(part, str):
            choices.append([((html.unescape(part),), None)])
        else:
            choices.append([(way, part) for way in origins.ways(marked.chunks[part])])
        count *= len(choices[-1])
    if count > LIMIT:
        raise AddressError(f"can come out in more than {LIMIT} ways: write several links")
    for combination in product(*choices):
        yield [(item, number) for items, number in combination for item in items or ("",)]


def _stripped(parts: Iterable[Part]) -> Iterator[Part]:
    """Yield the parts without empty ones, and without the white space at the ends that browsers drop."""
    kept = [part for part in parts if part[0] != ""]
    for at, (item, number) in enumerate(kept):
        if isinstance(item, str):
            item = item.lstrip(" \t\r\n") if at == 0 else item
            item = item.rstrip(" \t\r\n") if at == len(kept) - 1 else item
        if item != "":
            yield item, number


def _guards(parts: list[Part], *, loaded: bool) -> dict[int, str]:
    fixed = _fixed_beginning(parts)
    begins = parts[0][1] if parts else None
    if any(isinstance(item, str) and _CONTROL.search(item) for item, _ in parts):
        raise AddressError("has a line end in it")
    if _joins_data(parts):
        raise AddressError(
            "joins data into an address: write |urlencode behind it, or an expression of its own"
        )
    if all(isinstance(item, str) for item, _ in parts):
        _check_fixed(fixed, loaded=loaded)
        return _inside(parts, begins)
    if parts[0][0] is Origin.OURS:
        return _after_our_address(parts)
    if _BEGUN.match(fixed) or (fixed.startswith("#") and not loaded):
        return _inside(parts, begins)
    if _CALLS.match(fixed) and not loaded:
        _refuse_foreign_recipient(parts)
        return _inside(parts, begins)
    unfinished = not fixed or _UNFINISHED_HOST.fullmatch(fixed)
    raise AddressError(DATA_AS_HOST if unfinished else _beginnings(loaded=loaded))


def _joins_data(parts: list[Part]) -> bool:
    """Return whether an expression prints data and something else."""
    printed = Counter(number for _, number in parts if number is not None)
    return any(item is Origin.DATA and printed[number] > 1 for item, number in parts if number is not None)


def _fixed_beginning(parts: list[Part]) -> str:
    fixed = ""
    for item, _ in parts:
        if isinstance(item, Origin):
            break
        fixed += item
    return fixed


def _check_fixed(address: str, *, loaded: bool) -> None:
    if not may_open(address, loaded=loaded):
        raise AddressError(_beginnings(loaded=loaded))


def _beginnings(*, loaded: bool) -> str:
    return LOADED_BEGINNINGS if loaded else BEGINNINGS


def _after_our_address(parts: list[Part]) -> dict[int, str]:
    """Return the guards where an address of ours begins: what follows can't make its host longer."""
    rest = parts[1:]
    if rest and not (isinstance(rest[0][0], str) and rest[0][0][0] in "/?#"):
        raise AddressError("needs a / or a ? behind the address of ours")
    return _inside(parts, parts[0][1])


def _refuse_foreign_recipient(parts: list[Part]) -> None:
    before = ""
    for item, _ in parts:
        if isinstance(item, str):
            before += item
        elif item is not Origin.OURS and not _SAYING.fullmatch(before):
            raise AddressError(DATA_AS_RECIPIENT)


def _inside(parts: list[Part], begins: int | None) -> dict[int, str]:
    """Return the guards of the expressions in an address; the one that begins it is looked at as a whole."""
    guards: dict[int, str] = {}
    for item, number in parts:
        if number is None:
            continue
        if number == begins:
            guards[number] = "_url"
        else:
            guards[number] = _agreed(guards.get(number, _ANY), _guard_of(item))
    return guards


def _guard_of(item: str | Origin) -> str:
    if isinstance(item, str):
        return _ANY if data_in_address(item) == ours_in_address(item) else "_ours"
    return "_data" if item is Origin.DATA else "_ours"


def _agreed(one: str, other: str) -> str:
    """Return the guard of an expression that needs one for each way in which it can come out."""
    if _ANY in (one, other) or one == other:
        return one if other == _ANY else other
    if "_url" in (one, other):
        raise AddressError("begins with an expression in some cases only: write two links")
    raise AddressError("prints data in some cases and a part of an address in others: write two links")
