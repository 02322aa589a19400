"""CSS moved from <style> into `style` attributes, since many email programs know no other way (premailer)."""

import html
import logging
import re
import threading
import uuid

import cssutils
from lxml import etree
from premailer import Premailer

# premailer's allow_network does not reach @import, which cssutils would fetch from the network or the disk.
cssutils.util._defaultFetcher = lambda _url: (None, b"")
cssutils.log.setLevel(logging.CRITICAL)

# It also keeps its state in its modules: one thread at a time.
_CSSUTILS = threading.Lock()

#: Attributes that libxml2 percent-encodes when it writes HTML, and those characters that it would encode.
_ENCODED = ("href", "src", "action", "name")
_SPECIAL = re.compile(r"[^!-~]")
#: What it would leave as it is in any attribute, for servers of 1997.
_COMMENT = "<!--"

# Where there is none, libxml2 would write one of 1999, for which browsers change their ways.
_DOCTYPE = re.compile(r"<!doctype", re.IGNORECASE)


def inline_css(document: str) -> str:
    """Return an HTML document with its CSS in `style` attributes.

    Media queries and pseudo-classes stay in <style>, marked !important so that they win over what was
    inlined. Addresses stay as they were written. A <style data-premailer="ignore"> is left alone. Nothing is
    fetched.
    """
    root = parse(document)
    addresses = _take_addresses(root)
    with _CSSUTILS:
        Premailer(root, strip_important=False, allow_network=False, disable_validation=True).transform()
    _write_styles_in_ascii(root)
    doctype = None if _DOCTYPE.search(document) else "<!DOCTYPE html>"
    written: str = etree.tostring(root.getroottree(), method="html", encoding="unicode", doctype=doctype)
    if addresses:
        written = re.sub("|".join(addresses), lambda found: addresses[found[0]], written)
    return written


def in_ascii(document: str) -> str:
    """Return an HTML document with its characters outside of ASCII as references, such as &#252;."""
    return document if document.isascii() else document.encode("ascii", "xmlcharrefreplace").decode("ascii")


def parse(document: str) -> etree._Element:
    """Return the root element of an HTML document; that of an empty page where there is no element."""
    root = etree.fromstring(document, etree.HTMLParser()) if document.strip() else None
    return etree.fromstring("<body></body>", etree.HTMLParser()) if root is None else root


def _write_styles_in_ascii(root: etree._Element) -> None:
    """Write CSS with its own escapes (CSS Syntax Level 3, 4.3.7): in <style>, references mean nothing."""
    for style in root.iter("style"):
        style.text = re.sub(r"[^\x00-\x7f]", lambda found: f"\\{ord(found[0]):x} ", style.text or "")


def _take_addresses(root: etree._Element) -> dict[str, str]:
    """Replace what libxml2 would write differently by words; return the words with what they stand for."""
    addresses: dict[str, str] = {}
    for element in root.iter(etree.Element):
        for name, value in element.attrib.items():
            if (name in _ENCODED and _SPECIAL.search(value)) or _COMMENT in value:
                word = uuid.uuid4().hex
                element.set(name, word)
                addresses[word] = html.escape(value)
    return addresses
