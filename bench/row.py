"""A line of the table that the benchmarks print, and how its numbers are taken."""

import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass

#: How often each way is measured; the table has the medians.
RUNS = 7


@dataclass(frozen=True, kw_only=True, slots=True)
class Row:
    """One thing that was measured both ways, in seconds each time it is done: of CPU, or by the clock."""

    what: str
    aftershow: float
    other: float
    #: what the other way is, for people
    beside: str

    def __str__(self) -> str:
        """Return the line as it is printed."""
        ours, theirs = _seconds(self.aftershow), _seconds(self.other)
        return f"{self.what:<80}{ours:>10}{theirs:>10}  {self._ratio()} {self.beside}"

    def _ratio(self) -> str:
        if self.aftershow <= self.other / 2:
            return f"{self.other / self.aftershow:.0f} × faster than"
        return f"{self.aftershow / self.other:.1f} ×"


def compare(
    what: str, *, aftershow: Callable[[int], object], naive: Callable[[int], object], counts: tuple[int, int]
) -> Row:
    """Measure both ways in turn, so that a busy machine slows both; each is called with 0, 1, 2, …

    `counts` says how many times in a run: the naive way needs fewer.
    """
    taken = [(_cost(aftershow, counts[0]), _cost(naive, counts[1])) for _ in range(RUNS)]
    ours, theirs = (statistics.median(costs) for costs in zip(*taken, strict=True))
    return Row(what=what, aftershow=ours, other=theirs, beside="the naive way")


def _cost(work: Callable[[int], object], count: int) -> float:
    start = time.process_time()
    for number in range(count):
        work(number)
    return (time.process_time() - start) / count


def _seconds(seconds: float) -> str:
    if seconds >= 1:
        return f"{seconds:,.1f} s"
    return f"{seconds * 1e3:,.0f} ms" if seconds >= 0.01 else f"{seconds * 1e6:,.0f} µs"
