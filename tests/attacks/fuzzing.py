"""How much is made up at random: a little in the tests, for about an hour in a proof, more if one likes.

AFTERSHOW_FUZZ=3 .venv/bin/pytest -m proof tests/attacks --hypothesis-seed=7 --hypothesis-show-statistics
"""

import os

#: So many of each kind in a proof.
MANY = 20_000


def examples(number: int) -> int:
    """Return how many examples to try: so many, times AFTERSHOW_FUZZ."""
    return int(number * float(os.environ.get("AFTERSHOW_FUZZ", "1")))
