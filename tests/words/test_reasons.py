"""Each reason to hold is decided in the ledger, explained, and has a remedy."""

import re
from pathlib import Path

import pytest

from aftershow.words.reasons import HoldReason, Lasts

ROOT = Path(__file__).parents[2]
LEDGER = "\n".join(path.read_text(encoding="utf-8") for path in (ROOT / "aftershow" / "ledger").glob("*.py"))


@pytest.mark.parametrize("reason", list(HoldReason))
def test_a_reason_is_explained(reason: HoldReason) -> None:
    """What it means, and what can be done, is said in a sentence."""
    assert re.fullmatch(r"[A-Z].*\.", reason.row.about)
    assert re.fullmatch(r"[A-Z`].*\.", reason.row.remedy)


@pytest.mark.parametrize("reason", list(HoldReason))
def test_a_reason_is_decided(reason: HoldReason) -> None:
    """No reason stands in the list that no message is ever held for."""
    assert f"HoldReason.{reason.name}" in LEDGER


def test_who_waits_gets_nothing_instead() -> None:
    """A person who waits at a step for a reason to pass is not sent on to what comes instead of it."""
    assert not [r for r in HoldReason if r.row.may_stand_in and r.row.lasts is Lasts.PASSES]
