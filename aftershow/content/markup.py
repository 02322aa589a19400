"""Where each expression and tag of a template stands in its HTML, and what is wrong with the HTML."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from html.parser import HTMLParser
from itertools import accumulate

from aftershow.content.chunks import Kind
from aftershow.content.marks import Marked

#: Attributes that hold a web address.
ADDRESSES = frozenset({"href", "src", "action", "formaction", "background", "poster", "cite", "srcset"})

#: Elements that email programs remove, or that reach outside of the mail.
REFUSED = frozenset({"script", "iframe", "frame", "object", "embed", "applet", "base", "link", "svg", "math"})

VOID = frozenset({"area", "br", "col", "hr", "img", "input", "meta", "source", "wbr"})

#: Elements whose end may be left out.
OPEN_ENDED = frozenset(
    {"html", "head", "body", "p", "li", "dt", "dd", "td", "th", "tr", "tbody", "thead", "tfoot", "option"}
)

_WHOLE_ADDRESS = re.compile(r"(?:https?://|mailto:|tel:|sms:|#)", re.IGNORECASE)
_FOREIGN_SCHEME = re.compile(r"(?!https?:|mailto:|tel:|sms:)[a-z][a-z0-9+.-]*:", re.IGNORECASE)


@dataclass(frozen=True, kw_only=True, slots=True)
class Spot:
    """Where an expression or a tag stands."""

    #: text, title, value (of an attribute), tag (between attributes) or comment
    place: str
    #: the guard that what is printed here must pass, or nothing
    guard: str = ""
    #: what is printed here decides which CSS rules hold
    decides_style: bool = False


def read_spots(marked: Marked, complain: Callable[[str, int, str], None]) -> dict[int, Spot]:
    """Return where the pieces with marks stand; `complain` hears file, line and text of each mistake."""
    reader = _Reader(marked, complain)
    reader.feed(marked.text)
    reader.close()
    reader.finish()
    return reader.spots


class _Reader(HTMLParser):
    def __init__(self, marked: Marked, complain: Callable[[str, int, str], None]) -> None:
        super().__init__(convert_charrefs=False)
        self.spots: dict[int, Spot] = {}
        self._marked = marked
        self._complain = complain
        self._open: list[tuple[str, int]] = []
        self._lines = list(
            accumulate((len(line) for line in marked.text.split("\n")), lambda a, b: a + b + 1, initial=0)
        )

    def finish(self) -> None:
        """Complain of what is still open, and of expressions that no parser saw."""
        self._close_down_to(0, "the end")
        for number, chunk in enumerate(self._marked.chunks):
            if chunk.kind is not Kind.TEXT and number not in self.spots:
                self._complain(
                    chunk.file, chunk.line, "an expression or tag can't stand at this place of the HTML"
                )

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if self._marked.numbers_in(tag):
            return
        if tag in REFUSED:
            self._complain_here(f"<{tag}> is not for emails: no email program shows it")
        if tag not in VOID:
            self._open.append((tag, self._offset()))
        self._refuse_bare_values()
        for name, value in attrs:
            self._read_attribute(name, value or "")

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self._open.pop()

    def handle_endtag(self, tag: str) -> None:
        levels = [level for level, (name, _) in enumerate(self._open) if name == tag]
        if levels:
            self._close_down_to(levels[-1] + 1, f"</{tag}>")
            self._open.pop()
        elif tag not in VOID:
            self._complain_here(f"</{tag}> closes nothing")

    def handle_data(self, data: str) -> None:
        inside = self._open[-1][0] if self._open else ""
        if inside in ("style", "script"):
            if "@import" in data:
                self._complain_here("@import loads a file, which no email program does: write the rules here")
            self._refuse(data, "write it into a `style` attribute: CSS is the same for every person")
            return
        if "<" in data:
            self._complain_here("this `<` begins no tag: write &lt;")
        self._put(data, Spot(place="title" if inside == "title" else "text"))

    def handle_comment(self, data: str) -> None:
        self._put(data, Spot(place="comment"))

    def _read_attribute(self, name: str, value: str) -> None:
        for number in self._marked.numbers_in(name):
            if self._marked.chunks[number].kind is Kind.TAG:
                self.spots[number] = Spot(place="tag")
        if name.startswith("on"):
            self._complain_here(f"`{name}` is a script, and no email program runs it")
        if name in ADDRESSES:
            self._check_address(name, value)
        decides = name in ("class", "id") or f"[{name}" in self._marked.text
        guarded = set(self._openings(value)) if name in ADDRESSES else set()
        for number in self._marked.numbers_in(value):
            guard = "_style" if name == "style" else "_url" if number in guarded else ""
            printed = self._marked.chunks[number].kind is Kind.OUTPUT
            self.spots[number] = Spot(place="value", guard=guard, decides_style=decides and printed)

    def _openings(self, address: str) -> Iterator[int]:
        """Yield the expressions that may be the beginning of an address, and so decide what it opens."""
        if _WHOLE_ADDRESS.match(address.strip()):
            return
        before = ""
        for part in self._marked.split(address):
            if isinstance(part, str):
                before += part
            elif self._marked.chunks[part].kind is Kind.TAG:
                before = ""
            else:
                if not re.search(r"[:/?#]", before):
                    yield part
                before += "/"

    def _check_address(self, name: str, address: str) -> None:
        parts = self._marked.split(re.sub(r"[\x00-\x20]", "", address))
        written = "".join(part for part in parts if isinstance(part, str))
        begun = parts[0] or len(parts) == 1
        if _FOREIGN_SCHEME.match(written) or (begun and not _WHOLE_ADDRESS.match(written)):
            self._complain_here(f"`{name}` must begin with https://, http://, mailto:, tel: or sms:")

    def _refuse_bare_values(self) -> None:
        unquoted = re.sub(r"\"[^\"]*\"|'[^']*'", '""', self.get_starttag_text() or "")
        bare = " ".join(re.findall(r"=\s*([^\s>\"]+)", unquoted))
        self._refuse(bare, "put quotation marks around the value")

    def _close_down_to(self, level: int, by: str) -> None:
        for tag, offset in self._open[level:]:
            if tag not in OPEN_ENDED:
                self._complain(*self._marked.place(offset), f"<{tag}> is not closed before {by}")
        del self._open[level:]

    def _put(self, text: str, spot: Spot) -> None:
        for number in self._marked.numbers_in(text):
            self.spots[number] = spot

    def _refuse(self, text: str, why: str) -> None:
        for number in self._marked.numbers_in(text):
            chunk = self._marked.chunks[number]
            self._complain(chunk.file, chunk.line, f"{chunk.source.strip()} can't stand here: {why}")
            self.spots[number] = Spot(place="comment")

    def _complain_here(self, text: str) -> None:
        self._complain(*self._marked.place(self._offset()), text)

    def _offset(self) -> int:
        line, column = self.getpos()
        return self._lines[line - 1] + column
