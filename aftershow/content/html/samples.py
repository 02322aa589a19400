"""Sample mails of a template: all branches taken, none, and each pair of two branches in some of them."""

from collections.abc import Callable, Iterator, Mapping
from itertools import product

from jinja2 import Environment, Template

from aftershow.content.html.marks import Marked, Spot
from aftershow.content.language.chunks import Kind

#: How often a loop turns.
TURNS = (2, 0)

#: What a guarded expression prints; anything else prints what has to be escaped.
_PRINTED = {"_style": "1{}", "_url": "https://example.com/a?n={}&m=1", "_data": "{}%20", "_ours": "n{}"}

_ENVIRONMENT = Environment(autoescape=True)

#: For each `if` and each loop, by the number of its tag: which branch is taken, or how often it turns.
Choice = Mapping[int, int]


class Samples:
    """Renders sample mails of a marked template."""

    def __init__(self, marked: Marked, spots: Mapping[int, Spot]) -> None:
        self._marked = marked
        self._spots = spots
        self._group: dict[int, tuple[int, int]] = {}
        self._options: dict[int, int] = {}
        self._read_branches()
        self.choices = list(_pairwise(self._options))

    def template(self, html: str) -> Template:
        """Return the template of a text with marks, to be rendered with `names`."""
        return _ENVIRONMENT.from_string(self._marked.put_back(html, self._stand_in))

    def names(self, choice: Choice) -> dict[str, Callable[..., object]]:
        """Return what a template finds when it is rendered for one of the choices."""
        return {
            "taken": lambda group, branch: choice[group] == branch,
            "turns": lambda group: range(TURNS[choice[group]]),
            "value": self._value,
        }

    def _read_branches(self) -> None:
        """Find the `if` that each branch belongs to, and how many ways there are through it."""
        open_: list[int] = []
        for number, chunk in enumerate(self._marked.chunks):
            if chunk.word in ("if", "for"):
                open_.append(number)
                self._group[number] = (number, 0)
                self._options[number] = 2 if chunk.word == "if" else len(TURNS)
            elif chunk.word == "elif" and open_:
                self._group[number] = (open_[-1], self._options[open_[-1]] - 1)
                self._options[open_[-1]] += 1
            elif chunk.word in ("endif", "endfor") and open_:
                open_.pop()

    def _stand_in(self, number: int) -> str:
        """Return what stands for a piece, so that a choice decides over it."""
        chunk = self._marked.chunks[number]
        if chunk.kind is Kind.OUTPUT:
            return f"{{{{ value({number}) }}}}"
        group, branch = self._group.get(number, (0, 0))
        match chunk.word:
            case "if" | "elif":
                return f"{{% {chunk.word} taken({group}, {branch}) %}}"
            case "for":
                return f"{{% for turn in turns({group}) %}}"
            case "set" | "with" | "endwith":
                return ""
            case word:
                return f"{{% {word} %}}"

    def _value(self, number: int) -> str:
        return _PRINTED.get(self._spots[number].guard, "Ana & Söhne <{}>").format(number)


def _pairwise(options: Mapping[int, int]) -> Iterator[Choice]:
    """Yield choices such that each option is in one of them, and each pair of two groups' first options.

    Any two groups have numbers that differ in a digit d; s * d + t, modulo a prime, gives the two all pairs
    as s and t go through all values (an orthogonal array). Of more than three options, three are paired.
    """
    if not options:
        yield {}
        return
    for option in range(max(options.values())):
        yield {group: option % count for group, count in options.items()}
    prime = 3 if max(options.values()) > 2 else 2
    power = 1
    while power < len(options):
        for s, t in product(range(1, prime), range(prime)):
            yield {
                group: (s * (place // power) + t) % prime % count
                for place, (group, count) in enumerate(options.items())
            }
        power *= prime
