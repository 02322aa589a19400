"""Where each expression and tag of a template stands in its HTML, and what is wrong with the HTML.

Read is only HTML of which every parser sees the same: what a browser would have to mend, or what one parser
takes for a comment and another for an element, is a mistake (HTML Standard, 13.1). Of that, elements,
attributes and values are those of content/html/allowed.py. Whatever branches come out, the mail is made of
such pieces.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from aftershow.content.html.allowed import ELEMENTS, INSTEAD, OPEN_ENDED, OUTLOOK, VOID
from aftershow.content.html.marks import Marked, Spot
from aftershow.content.html.origins import Origins
from aftershow.content.html.styles import sheet_mistakes
from aftershow.content.html.tags import NO_PLACE, Tag
from aftershow.content.html.ways import ways

_IF = r"<!--\[if [\w\s!()|&.]+\]>"
_TEXT = re.compile(r"[^<]+")
_DOCTYPE = re.compile(r"<!doctype\s+html\b[^<>\[\]]*>", re.ASCII | re.IGNORECASE)
#: Seen by all but Outlook: <!--[if !mso]><!--> … <!--<![endif]-->, as builders write it in several ways.
_REVEALED = re.compile(rf"{_IF}(?:\s?<!(?:--\s?)?)?-->|<!--\s*<!\[endif\]-->")
#: Seen by Outlook alone: <!--[if mso]> … <![endif]-->.
_HIDDEN = re.compile(rf"{_IF}(?P<inside>(?:(?!--!?\s*>|<!).)*)<!\[endif\]-->", re.DOTALL)
_COMMENT = re.compile(r"<!--(?!-?>)(?P<inside>(?:(?!--|<!).)*)-->", re.DOTALL)
_END = re.compile(r"</(?P<name>[A-Za-z][A-Za-z0-9:]*)[ \t\n]*>")
_TAG = re.compile(r"<(?P<name>[A-Za-z][A-Za-z0-9:]*)(?:[^<>\"']|\"[^\"]*\"|'[^']*')*>")
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")
#: Elements whose content is text up to their end.
_OF_TEXT = {
    name: re.compile(rf"(?P<inside>.*?)</{name}[ \t\n]*>", re.A | re.I | re.S) for name in ("title", "style")
}

#: Nobody reads more mistakes of one file, and no mail nests its elements deeper.
MISTAKES_LIMIT = 50
DEPTH_LIMIT = 200
#: Rules of CSS; the inliner goes through the whole mail for each.
RULES_LIMIT = 2000

#: Reads what was found; returns where that ends, where this is not the end of what was found.
_Read = Callable[[re.Match[str]], int | None]


def read_spots(
    text: str, marked: Marked, origins: Origins, complain: Callable[[int, str], None]
) -> dict[int, Spot]:
    """Return where the pieces with marks stand in a text of HTML.

    `complain` hears of each mistake: its place, as an offset into the text, and what is wrong.
    """
    reader = _Reader(text=text, marked=marked, origins=origins, complain=complain)
    reader.read()
    return reader.spots


@dataclass(kw_only=True, slots=True)
class _Reader:
    text: str
    marked: Marked
    origins: Origins
    complain: Callable[[int, str], None]
    spots: dict[int, Spot] = field(default_factory=dict)
    #: the elements that are open, with their offsets
    _open: list[tuple[str, int]] = field(default_factory=list)
    #: the tags of the template that are open, each with the comment that it stands in
    _groups: list[tuple[str, int | None]] = field(default_factory=list)
    #: an element has begun
    _begun: bool = False
    #: how many rules of CSS were read
    _rules: int = 0
    #: how many mistakes were found
    _mistakes: int = 0
    #: the offset of the comment for Outlook that is being read
    _outlook: int | None = None

    def read(self) -> None:
        """Read the whole text."""
        found = _CONTROL.search(self.text)
        if found:
            self._complain(found.start(), "there is a control character: leave it out")
        self._read(0, len(self.text))
        self._close_down_to(0, "the end")
        if not self._mistakes and set(self.marked.numbers_in(self.text)) != set(self.spots):
            self._complain(0, NO_PLACE)

    def _complain(self, at: int, text: str) -> None:
        self._mistakes += 1
        self.complain(at, text)

    def _read(self, at: int, end: int) -> None:
        while at < end and self._mistakes < MISTAKES_LIMIT:
            at = self._piece(at, end)

    def _piece(self, at: int, end: int) -> int:
        """Read what begins at an offset; return where it ends."""
        readers: tuple[tuple[re.Pattern[str], _Read], ...] = (
            (_TEXT, self._text),
            (_TAG, self._start),
            (_END, self._end),
            *(() if self._outlook is not None else self._outside_of_comments()),
        )
        for form, read in readers:
            found = form.match(self.text, at, end)
            if found:
                return read(found) or found.end()
        self._complain_of_sign(at)
        return at + 1

    def _outside_of_comments(self) -> Iterator[tuple[re.Pattern[str], _Read]]:
        yield _REVEALED, self._nothing
        yield _HIDDEN, self._hidden
        yield _COMMENT, self._comment
        yield _DOCTYPE, self._doctype

    def _nothing(self, found: re.Match[str]) -> None:
        """Read what says nothing."""

    def _text(self, found: re.Match[str]) -> None:
        if self._outlook is not None and ">" in found[0]:
            self._complain(found.start(), "write &gt; for > inside of a comment for Outlook")
        self._refuse_built_reference(found[0], found.start())
        for number in self.marked.numbers_in(found[0]):
            self._put(number, Spot(place="text" if self._outlook is None else "comment"), found.start())

    def _refuse_built_reference(self, text: str, at: int) -> None:
        if self.marked.builds_reference(text):
            self._complain(at, "write &amp; for the & before an expression")

    def _put(self, number: int, spot: Spot, at: int) -> None:
        """Note where a piece of the template stands, and whether it begins and ends at one place."""
        self._note(number, spot, at)
        match self.marked.chunks[number].word:
            case "if" | "for" | "with" as word:
                self._groups.append((word, self._outlook))
            case "elif" | "else" if self._groups and self._groups[-1][1] == self._outlook:
                pass
            case "endif" | "endfor" | "endwith" if self._groups and self._groups[-1][1] == self._outlook:
                self._groups.pop()
            case "elif" | "else" | "endif" | "endfor" | "endwith" as word:
                self._complain(at, f"`{word}` and what it belongs to stand at two places of the HTML")

    def _note(self, number: int, spot: Spot, at: int) -> None:
        if number in self.spots:
            self._complain(at, NO_PLACE)
        self.spots[number] = spot

    def _doctype(self, found: re.Match[str]) -> None:
        if self._begun:
            self._complain(found.start(), "<!doctype html> can only begin the HTML")

    def _comment(self, found: re.Match[str]) -> None:
        numbers = self.marked.numbers_in(found["inside"])
        if len(numbers) == 1 and found["inside"] == f"/{self.marked.mark(numbers[0])}":
            self._put(numbers[0], Spot(place="text"), found.start())
            return
        if numbers:
            why = "an expression or tag can't stand in a comment, which nobody sees: write {# … #} around it"
            self._refuse(numbers, found.start(), why)
        if "[" in found["inside"]:
            self._complain(found.start(), "a comment for Outlook is <!--[if mso]> … <![endif]-->")

    def _hidden(self, found: re.Match[str]) -> None:
        self._outlook = found.start()
        self._refuse(self.marked.numbers_in(self.text[found.start() : found.start("inside")]), found.start())
        self._read(found.start("inside"), found.end("inside"))
        self._outlook = None
        if self._groups and self._groups[-1][1] == found.start():
            self._complain(found.start(), "a tag begins in this comment and does not end in it")

    def _complain_of_sign(self, at: int) -> None:
        behind = self.text[at : at + 9].lower()
        if behind.startswith("<!--"):
            text = "this comment can't be read: write <!-- words --> without -- and <! in it"
        elif behind.startswith(("<![if", "<![endif")):
            text = "write <!--[if !mso]><!--> and <!--<![endif]-->, which every program reads alike"
        elif behind.startswith(("<!", "<?")):
            text = f"{self.text[at : at + 2]} is not for emails: leave it out"
        elif re.match(r"</?[a-z]", behind):
            text = "this tag can't be read: close its quotation marks, and write &lt; for < in them"
        else:
            text = "this `<` begins no tag: write &lt;"
        self._complain(at, text)

    def _start(self, found: re.Match[str]) -> int | None:
        name = found["name"].lower()
        self._begun = True
        if self.marked.numbers_in(name):
            numbers = self.marked.numbers_in(found[0])
            self._complain(found.start(), f"{NO_PLACE}: put a space behind the element's name")
            self._give_up(numbers)
            return None
        if not self._is_allowed(name, found.start()):
            self._give_up(self.marked.numbers_in(found[0]))
            return None
        self._tag(name, found)
        if self._outlook is None and name not in VOID:
            self._open.append((name, found.start()))
            if len(self._open) > DEPTH_LIMIT:
                self._complain(found.start(), f"elements stand in more than {DEPTH_LIMIT} others")
        return self._content(name, found) if name in _OF_TEXT else None

    def _tag(self, name: str, found: re.Match[str]) -> None:
        tag = Tag(
            text=found[0],
            element=name,
            marked=self.marked,
            origins=self.origins,
            outlook=self._outlook is not None,
        )
        try:
            spots = tag.read()
        except ValueError as error:
            self._complain(found.start(), self.marked.said(str(error)))
            self._give_up(self.marked.numbers_in(found[0]))
        else:
            for number, spot in spots.items():
                self._note(number, spot, found.start())

    def _is_allowed(self, name: str, at: int) -> bool:
        if name in ELEMENTS or (self._outlook is not None and name in OUTLOOK):
            return True
        instead = f": {INSTEAD[name]}" if name in INSTEAD else ""
        self._complain(at, f"<{name}> is not for emails{instead}")
        return False

    def _end(self, found: re.Match[str]) -> None:
        name = found["name"].lower()
        if not self._is_allowed(name, found.start()) or self._outlook is not None:
            return
        levels = [level for level, (open_, _) in enumerate(self._open) if open_ == name]
        if levels:
            self._close_down_to(levels[-1] + 1, f"</{name}>")
            self._open.pop()
        elif name not in VOID:
            self._complain(found.start(), f"</{name}> closes nothing")

    def _content(self, name: str, start: re.Match[str]) -> int:
        """Read what an element of text holds; return where that ends, before its end tag."""
        found = _OF_TEXT[name].match(self.text, start.end())
        if found is None:
            self._give_up(self.marked.numbers_in(self.text[start.end() :]))
            return len(self.text)
        read = self._sheet if name == "style" else self._title
        read(found["inside"], start.start())
        return found.end("inside")

    def _sheet(self, css: str, at: int) -> None:
        why = "write it into a `style` attribute: CSS is the same for every person"
        self._refuse(self.marked.numbers_in(css), at, why)
        self._rules += css.count("{")
        if self._rules > RULES_LIMIT:
            self._complain(at, f"there are more than {RULES_LIMIT} rules of CSS")
            return
        for text in sheet_mistakes(css):
            self._complain(at, text)

    def _title(self, inside: str, at: int) -> None:
        for number in self.marked.numbers_in(inside):
            self._note(number, Spot(place="title"), at)
        try:
            ways(self.marked, inside)
        except ValueError as error:
            self._complain(at, str(error))
        if "<" in inside:
            self._complain(at, "there is a `<` in the title: write &lt;")
        self._refuse_built_reference(inside, at)

    def _close_down_to(self, level: int, by: str) -> None:
        for tag, offset in self._open[level:]:
            if tag not in OPEN_ENDED:
                self._complain(offset, f"<{tag}> is not closed before {by}")
        del self._open[level:]

    def _refuse(self, numbers: list[int], at: int, why: str = NO_PLACE) -> None:
        for number in numbers:
            source = self.marked.chunks[number].source.strip()
            at = max(self.text.find(self.marked.mark(number), at), at)
            self._complain(at, why if why == NO_PLACE else f"{source} can't stand here: {why}")
        self._give_up(numbers)

    def _give_up(self, numbers: list[int]) -> None:
        """Take pieces for read that stand where a mistake was found."""
        self.spots |= dict.fromkeys(numbers, Spot(place="comment"))
