"""The ways in which a piece of a template can come out: once for each combination of its branches.

Read as one text, `{% if a %}https://{% endif %}javascript:…` begins with https://. Read in each of its ways,
it does not.
"""

from aftershow.content.html.marks import Marked
from aftershow.content.language.chunks import Kind

#: One tag of HTML can come out in so many ways, and be so long where it has branches.
LIMIT = 64
LENGTH_LIMIT = 8 * 1024


class BranchingError(ValueError):
    """The branches of a text can't be followed; the message says why."""


def ways(marked: Marked, text: str) -> list[str]:
    """Return each text that a marked text can become; marks of expressions stay in it.

    Raises BranchingError for loops and the like, for branches that begin or end elsewhere, and for too many.
    """
    if len(text) > LENGTH_LIMIT and any(marked.chunks[n].kind is Kind.TAG for n in marked.numbers_in(text)):
        raise BranchingError("it is too long to have branches")
    open_: list[_Branching] = []
    texts = [""]
    for part in marked.split(text):
        chunk = marked.chunks[part] if isinstance(part, int) else None
        if chunk is None or chunk.kind is Kind.OUTPUT:
            piece = marked.mark(part) if isinstance(part, int) else part
            texts = [before + piece for before in texts]
        elif chunk.word == "if":
            open_.append(_Branching(texts))
        elif chunk.word not in ("elif", "else", "endif"):
            raise BranchingError(f"`{chunk.word}` can't stand inside of a tag of HTML")
        elif not open_:
            raise BranchingError(f"`{chunk.word}` and its `if` stand at two places of the HTML")
        elif chunk.word == "endif":
            texts = open_.pop().joined(texts)
        else:
            texts = open_[-1].next(texts, last=chunk.word == "else")
        if len(texts) > LIMIT:
            raise BranchingError(f"it can come out in more than {LIMIT} ways: write it several times")
    if open_:
        raise BranchingError("`if` and its `endif` stand at two places of the HTML")
    return list(dict.fromkeys(texts))


class _Branching:
    """One `if` with its branches."""

    def __init__(self, before: list[str]) -> None:
        self._before = before
        self._done: list[str] = []
        self._has_else = False

    def next(self, texts: list[str], *, last: bool) -> list[str]:
        """Return what the next branch begins with; `texts` is what the one before came to."""
        self._done += texts
        self._has_else = last
        return self._before

    def joined(self, texts: list[str]) -> list[str]:
        """Return what all branches came to, also none of them."""
        return self._done + texts + ([] if self._has_else else self._before)
