"""What the benchmark of memory measures."""

import pytest

from bench.memory import peak_of, rows
from bench.sending import is_possible


@pytest.mark.proof
def test_a_peak_is_of_the_work_alone() -> None:
    """What was given back still counts, and what another process took does not."""
    megabytes = 400
    taken = peak_of(exec, f"b'x' * {megabytes * 1024 * 1024}")
    assert taken >= megabytes
    assert peak_of(exec, "") < megabytes


@pytest.mark.proof
@pytest.mark.skipif(not is_possible(), reason="postfix is not there")
def test_the_lines_name_both_audiences() -> None:
    """Planning and sending each have a line, with both sizes."""
    planning, sending = map(str, rows(60, few=40, messages=30))
    assert planning.startswith("memory of planning a turn: 60 people come in")
    assert sending.startswith("memory of sending 30 mails: 60 people are due")
    assert all(line.endswith("with 40 people") and line.count(" MB") == 2 for line in (planning, sending))
