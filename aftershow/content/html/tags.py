"""One tag of HTML: what its attributes may be, and be printed into them, however its branches come out."""

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass

from aftershow.content.html.allowed import FIXED, LINKS, LOADED, META_CONTENT, META_NAMES, VOID, has_attribute
from aftershow.content.html.marks import Marked, Spot
from aftershow.content.html.origins import Origins
from aftershow.content.html.styles import style_mistakes
from aftershow.content.html.targets import read_address, read_addresses
from aftershow.content.html.ways import ways
from aftershow.content.language.chunks import Kind

_SPACE = r"[ \t\n]"
_VALUE = r"\"[^\"<]*\"|'[^'<]*'|[\w#%.,:/+-]+"
_NAME = r"[A-Za-z][\w:.-]*"
#: Begins where white space begins, so that a long run of it is gone through once.
_ATTRIBUTE = re.compile(rf"(?<!{_SPACE}){_SPACE}+({_NAME})(?:{_SPACE}*={_SPACE}*({_VALUE}))?", re.ASCII)
_TAG = re.compile(
    rf"<[A-Za-z][A-Za-z0-9:]*((?:{_SPACE}+{_NAME}(?:{_SPACE}*={_SPACE}*(?:{_VALUE}))?)*){_SPACE}*(/?)>",
    re.ASCII,
)

NO_PLACE = "an expression or tag can't stand at this place of the HTML"


@dataclass(frozen=True, kw_only=True, slots=True)
class Tag:
    """A start tag of HTML, as it stands in the marked text of a template."""

    text: str
    #: the element, in lower case
    element: str
    marked: Marked
    origins: Origins
    #: it stands in a comment that Outlook alone reads
    outlook: bool

    def read(self) -> dict[int, Spot]:
        """Return where the pieces with marks stand in it; raises ValueError for what no tag may be."""
        attributes = [self._attributes(way) for way in ways(self.marked, self.text)]
        spots = self._spots_of_branches(attributes)
        for each in attributes:
            for number, spot in self._spots(each):
                spots[number] = _agreed(spots.get(number, spot), spot)
        return spots

    def _attributes(self, tag: str) -> dict[str, str]:
        """Return the attributes of the tag in one of its ways."""
        whole = _TAG.fullmatch(tag)
        if whole is None:
            raise ValueError(_why_unread(tag))
        if whole[2] and self.element not in VOID and not self.outlook:
            raise ValueError(f"<{self.element}/> stays open: write <{self.element}></{self.element}>")
        attributes: dict[str, str] = {}
        for name, value in _ATTRIBUTE.findall(whole[1]):
            if name.lower() in attributes:
                raise ValueError(f"`{name}` stands twice in one tag")
            attributes[name.lower()] = self._unquoted(name, value)
        return attributes

    def _unquoted(self, name: str, value: str) -> str:
        if self.marked.numbers_in(name):
            raise ValueError(NO_PLACE)
        if value[:1] in ("'", '"'):
            value = value[1:-1]
        elif self.marked.numbers_in(value):
            raise ValueError(f"{value} can't stand here: put quotation marks around the value")
        if self.marked.builds_reference(value):
            raise ValueError("write &amp; for the & before an expression")
        return value

    def _spots(self, attributes: dict[str, str]) -> Iterator[tuple[int, Spot]]:
        for name, value in attributes.items():
            if not has_attribute(self.element, name, outlook=self.outlook):
                script = ", a script," if name.startswith("on") else ""
                raise ValueError(f"`{name}`{script} is no attribute that <{self.element}> has in emails")
            guards = self._guards(name, value, attributes)
            for number in self.marked.numbers_in(value):
                guard = guards.get(number, "")
                yield number, Spot(place="value", guard=guard, decides_style=self.marked.decides_style(name))

    def _guards(self, name: str, value: str, attributes: dict[str, str]) -> dict[int, str]:
        """Return the guards of what is printed into an attribute."""
        if name in LINKS or name in LOADED:
            try:
                return read_address(value, self.marked, self.origins, loaded=name in LOADED)
            except ValueError as error:
                raise ValueError(f"`{name}` {error}") from error
        if name == "style":
            for text in style_mistakes(html.unescape(value), self.marked):
                raise ValueError(text)
            return dict.fromkeys(self.marked.numbers_in(value), "_style")
        self._check_value(name, html.unescape(value).strip(), attributes)
        return {}

    def _check_value(self, name: str, value: str, attributes: dict[str, str]) -> None:
        if name == "srcset":
            read_addresses(value, self.marked)
        form = FIXED.get(name)
        if self.element == "meta" and name == "name" and value.lower() not in META_NAMES:
            raise ValueError(f'<meta name="{value}"> is not for emails: leave it out')
        if name == "content":
            form = META_CONTENT.get(attributes.get("http-equiv", "").lower())
            if "itemprop" in attributes and self.marked.numbers_in(value):
                raise ValueError("`content` with `itemprop`, of which programs make links, is fixed text")
        if form and (self.marked.numbers_in(value) or not form.fullmatch(value)):
            raise ValueError(f"`{name}` can't be {value} in emails")

    def _spots_of_branches(self, attributes: list[dict[str, str]]) -> dict[int, Spot]:
        """Return the spots of the template's tags; where they decide over a class, they decide over CSS."""
        first, *others = (each.items() for each in attributes)
        varying = {name for other in others for name, _ in first ^ other}
        spot = Spot(place="tag", decides_style=any(map(self.marked.decides_style, varying)))
        numbers = self.marked.numbers_in(self.text)
        return {number: spot for number in numbers if self.marked.chunks[number].kind is Kind.TAG}


def _agreed(one: Spot, other: Spot) -> Spot:
    """Return the spot of an expression that was found twice, as the inliner copies width: from a style."""
    if one == other or {one.guard, other.guard} == {"_style", ""}:
        return one if one.guard else other
    raise ValueError(NO_PLACE)


def _why_unread(tag: str) -> str:
    unquoted = re.sub(r"\"[^\"]*\"|'[^']*'", '""', tag)
    if re.search(r"=\s*[^\s\"'>]", unquoted):
        return "this tag can't be read: put quotation marks around the value"
    if re.search(r"\"\"[^\s/>]", unquoted):
        return "this tag can't be read: put a space before each attribute, also inside of {% if %}"
    return 'this tag can\'t be read: write its attributes as name="value", with &lt; for <'
