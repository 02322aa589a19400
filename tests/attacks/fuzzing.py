"""How much is made up at random: a little in the tests, as much as one likes in a proof.

AFTERSHOW_FUZZ=100 .venv/bin/pytest tests/attacks --hypothesis-seed=7 --hypothesis-show-statistics
"""

import os


def examples(few: int) -> int:
    """Return how many examples to try: `few`, times AFTERSHOW_FUZZ."""
    return few * int(os.environ.get("AFTERSHOW_FUZZ", "1"))
