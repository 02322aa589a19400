"""A line of the table that the benchmarks print, and how its numbers are taken."""

import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass

#: How often each way is measured; the table has the medians.
RUNS = 7


@dataclass(frozen=True, kw_only=True, slots=True)
class Row:
    """One thing that was measured both ways, in microseconds of CPU each time it is done."""

    what: str
    aftershow: float
    naive: float

    @property
    def ratio(self) -> float:
        """How many times less the naive way gets done."""
        return self.naive / self.aftershow


def compare(
    what: str, *, aftershow: Callable[[int], object], naive: Callable[[int], object], counts: tuple[int, int]
) -> Row:
    """Measure both ways in turn, so that a busy machine slows both; each is called with 0, 1, 2, …

    `counts` says how many times in a run: the naive way needs fewer.
    """
    taken = [(_cost(aftershow, counts[0]), _cost(naive, counts[1])) for _ in range(RUNS)]
    ours, theirs = (statistics.median(costs) for costs in zip(*taken, strict=True))
    return Row(what=what, aftershow=ours, naive=theirs)


def _cost(work: Callable[[int], object], count: int) -> float:
    start = time.process_time()
    for number in range(count):
        work(number)
    return (time.process_time() - start) / count * 1e6
