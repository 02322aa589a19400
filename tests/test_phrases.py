"""Phrases agree with what they count."""

import pytest

from aftershow.phrases import moved_on, number_of


@pytest.mark.parametrize(
    ("count", "said"), [(0, "0 people"), (1, "1 person"), (2, "2 people"), (12_000, "12,000 people")]
)
def test_number_of(count: int, said: str) -> None:
    """One is singular, all else plural; thousands are set apart."""
    assert number_of(count, "person", "people") == said


@pytest.mark.parametrize(
    ("to", "said"),
    [("card", "at `card`"), ("call", "from `card` to `call`"), (None, "from `card` to the end")],
)
def test_moved_on(to: str | None, said: str) -> None:
    """People who keep their step, who get another, and who are through are told apart."""
    assert moved_on(step="card", to=to, people=1) == f"On to the edited campaign: 1 person, {said}."
