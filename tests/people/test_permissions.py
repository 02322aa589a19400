"""What people said about being written to."""

from datetime import timedelta

import pytest

from aftershow.people.consent.permissions import record
from aftershow.store.tables import permission, permission_evidence
from aftershow.words.answers import Answer
from aftershow.words.channels import Channel
from tests.leads.desk import NOW, Desk


@pytest.fixture
def ann(desk: Desk) -> Desk:
    """A desk with one contact, 1."""
    desk.put("Email\nann@example.com\n")
    return desk


def say(desk: Desk, answer: Answer, days: int, *, source: str = "web") -> str:
    """Let Ann say something some days from now; return what counts then."""
    with desk.engine.begin() as connection:
        said_at = NOW + timedelta(days=days)
        record(connection, 1, Channel.EMAIL, answer, source=source, wording="May we?", said_at=said_at)
    (row,) = desk.rows(permission)
    return str(row["answer"])


def test_a_person_may_change_their_mind(ann: Desk) -> None:
    """What a person says to us directly counts as long as it is the newest; all of it is kept."""
    assert say(ann, Answer.YES, 1) == "yes"
    assert say(ann, Answer.NO, 2) == "no"
    assert say(ann, Answer.YES, 3) == "yes"
    assert ann.count(permission_evidence) == 3


def test_old_news_does_not_count(ann: Desk) -> None:
    """A statement that arrives late counts by its own time."""
    say(ann, Answer.NO, 2)
    assert say(ann, Answer.YES, 1) == "no"


def test_the_stricter_of_two_at_once(ann: Desk) -> None:
    """Of two statements of the same moment the stricter counts, in any order."""
    assert [
        say(ann, Answer.YES, 1),
        say(ann, Answer.NO, 1, source="b"),
        say(ann, Answer.YES, 1, source="c"),
    ] == [
        "yes",
        "no",
        "no",
    ]


def test_who_comes_back_is_believed(ann: Desk) -> None:
    """A yes on the same form again, after a no elsewhere, is new."""
    say(ann, Answer.YES, 1)
    assert say(ann, Answer.NO, 2, source="phone") == "no"
    assert say(ann, Answer.YES, 3) == "yes"


def test_nothing_new_is_not_kept(ann: Desk) -> None:
    """The same answer of the same source again is no new evidence."""
    say(ann, Answer.YES, 1)
    say(ann, Answer.YES, 2)
    assert ann.count(permission_evidence) == 1
