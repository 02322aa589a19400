"""What may be printed into an address or a style of an email, whatever the person's data say."""

import re
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import quote

from aftershow.content.language.budget import RefusedError

#: The beginning of an address of the web, down to where its host ends.
HOST = r"https?://[\w\u00a1-\uffef-]+(?:\.[\w\u00a1-\uffef-]+)*(?::\d+)?"
_WHOLE = re.compile(
    rf"(?:{HOST}(?:[/?#][^\s<>\"'\\]*)?|(?:mailto|tel|sms):[^\s<>\"'\\]*)", re.ASCII | re.IGNORECASE
)
_STYLE_VALUE = re.compile(r"[\w#%.,\s+-]*")

#: Signs of an address that stand for themselves in what is ours, and in data (RFC 3986, 2.2 and 2.3).
_OURS = "/:?#[]@!$&'()*+,;=%~"
_UNRESERVED = re.compile(r"[A-Za-z0-9._~-]*")
_URI = re.compile(r"[A-Za-z0-9._~:/?#\[\]@!$&'()*+,;=%-]*")


def web_address(value: Any) -> Any:
    """Return a value that can begin a link: an address that opens a page, a mail or a call."""
    if isinstance(value, str) and not _WHOLE.fullmatch(value):
        raise RefusedError("a link would not begin with https://, http://, mailto:, tel: or sms:")
    return value


def data_in_address(value: Any) -> Any:
    """Return data as it stands in the path or the query of an address: percent-encoded, one word."""
    return quote(value, safe="") if isinstance(value, str) and not _UNRESERVED.fullmatch(value) else value


def ours_in_address(value: Any) -> Any:
    """Return a part of an address that is ours, or that is encoded already, without spaces and the like."""
    return quote(value, safe=_OURS) if isinstance(value, str) and not _URI.fullmatch(value) else value


def style_value(value: Any) -> Any:
    """Return a value that can stand in a style: a colour, a length or a word."""
    if isinstance(value, str) and not _STYLE_VALUE.fullmatch(value):
        raise RefusedError("a style can take a colour, a length or a word, and no other characters")
    return value


#: The guards as filters, under names that a template can't write.
LINK_GUARDS: Mapping[str, Callable[[Any], Any]] = {
    "_url": web_address,
    "_data": data_in_address,
    "_ours": ours_in_address,
    "_style": style_value,
}
