"""A report is a value: the same words have the same name, whoever says them."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from aftershow.feedback.report import Report, name_of, words_of
from aftershow.words.channels import Channel
from aftershow.words.kinds import InteractionKind

REPORT = Report(
    contact_id=1,
    kind=InteractionKind.CONNECTED,
    at=datetime(2026, 11, 24, 16, tzinfo=UTC),
    source="by hand",
    channel=Channel.CALL,
    answers={"size": "big", "budget": "20,000"},
    by="dana",
)


def test_a_name_of_its_own() -> None:
    """What its source calls it is its name, whatever it says."""
    assert name_of(replace(REPORT, external_id="SM1")) == "SM1"


def test_words_are_a_name() -> None:
    """Without one, the words and the moment are: in whatever order the answers are, and by whatever clock."""
    same = replace(REPORT, answers=dict(reversed(REPORT.answers.items())))
    assert name_of(same) == name_of(REPORT)
    later = replace(REPORT, at=REPORT.at + timedelta(microseconds=1))
    assert words_of(later) == words_of(REPORT)
    assert name_of(later) != name_of(REPORT)


def test_the_names_of_earlier_versions() -> None:
    """Names are kept in the record: a report of an earlier version is known when it is typed again."""
    assert name_of(REPORT) == "093bd8d0adb75f876d4c2df8b91a0876af6ef46a:1795536000.000000"


@pytest.mark.parametrize(
    "change",
    [
        {"contact_id": 2},
        {"kind": InteractionKind.BUSY},
        {"channel": None},
        {"campaign": "c"},
        {"step": "call"},
        {"answers": {"size": "big"}},
        {"meeting_at": REPORT.at},
        {"place": "Hall B"},
        {"note": "asked for a price"},
        {"by": "eli"},
        {"message_id": 4},
        {"data": {"pressed": "1"}},
    ],
)
def test_other_words_have_another_name(change: dict[str, Any]) -> None:
    """Whatever is said otherwise makes it another report."""
    assert name_of(replace(REPORT, **change)) != name_of(REPORT)
