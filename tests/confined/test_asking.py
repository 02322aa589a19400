"""What comes from outside is worked on in a process that can neither take much nor know much."""

import os
import sys
from collections.abc import Iterator
from itertools import islice
from threading import Thread
from typing import Any

import pytest

from aftershow.confined.asking import ask
from aftershow.confined.limits import Limits
from aftershow.confined.process import SLIM
from aftershow.errors import (
    AftershowError,
    ContentError,
    ExpressionError,
    LeadFileError,
    LimitError,
    UsageError,
)

LIMITS = Limits(seconds=1, memory=64 << 20)
on_linux = pytest.mark.skipif(sys.platform != "linux", reason="only Linux limits a process's memory")


def counted(to: int) -> Iterator[int]:
    yield from range(to)


def who_answers() -> Iterator[int]:
    yield os.getpid()


def names_of_environment() -> Iterator[list[str]]:
    yield sorted(os.environ)


def busy_after(answers: int) -> Iterator[int]:
    yield from range(answers)
    while True:
        pass


def greedy() -> Iterator[int]:
    yield len(bytearray(1 << 30))


def greedy_bit_by_bit() -> Iterator[int]:
    kept = []
    while True:
        kept.append(bytearray(1 << 20))
    yield len(kept)


def breaks_down() -> Iterator[int]:
    yield 1
    os.abort()


def leaves() -> Iterator[int]:
    yield 1
    os._exit(0)


def prints() -> Iterator[str]:
    sys.stdout.write("this is no answer")
    os.write(1, b"neither is this")
    yield "this is"


def raises(kind: type[Exception]) -> Iterator[int]:
    yield 1
    raise kind("what a person wrote" if not issubclass(kind, AftershowError) else "said")


kept: list[bytes] = []


def keeps(size: int) -> Iterator[int]:
    # Not zeros, which take no memory.
    kept.append(b"x" * size)
    yield os.getpid()


class Panic(BaseException):
    """What Rust's panics are in Python: no Exception."""


def panics() -> Iterator[int]:
    yield 1
    raise Panic("what a person wrote")


def no_plain_value() -> Iterator[Any]:
    yield Limits(seconds=1, memory=1)


def one_answer(function: Any, *arguments: Any) -> Any:
    return next(iter(list(ask(function, *arguments, limits=LIMITS))))


def test_answers_come_one_by_one_and_in_order() -> None:
    """Whoever asks hears each value as it is found."""
    assert list(ask(counted, 1000, limits=LIMITS)) == list(range(1000))


def test_it_is_another_process_that_is_kept() -> None:
    """A process that did well is asked again: what it has loaded is paid for once."""
    first = one_answer(who_answers)
    assert first != os.getpid()
    assert one_answer(who_answers) == first


@on_linux
def test_what_has_grown_is_not_kept() -> None:
    """A library that keeps what it was given does not grow from question to question."""
    roomy = Limits(seconds=2, memory=1 << 30)
    [first] = ask(keeps, 1 << 20, limits=roomy)
    assert list(ask(keeps, SLIM, limits=roomy)) == [first]
    assert list(ask(keeps, 1 << 20, limits=roomy)) != [first]


def test_several_may_ask_at_once() -> None:
    """While one listens, another one asks a process of his own."""
    listening = ask(counted, 2, limits=LIMITS)
    assert next(listening) == 0
    heard: list[int] = []
    other = Thread(target=lambda: heard.extend(ask(counted, 3, limits=LIMITS)))
    other.start()
    other.join()
    assert heard == [0, 1, 2]
    assert list(listening) == [1]


def test_no_secret_is_known_there(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of our environment it gets what Python needs, and nothing else."""
    monkeypatch.setenv("AFTERSHOW_SECRET", "s" * 40)
    monkeypatch.setenv("PREFECT_API_AUTH_STRING", "s" * 40)
    listening = ask(counted, 2, limits=LIMITS)
    next(listening)
    names = one_answer(names_of_environment)
    assert "PATH" in names
    assert not [name for name in names if name.startswith(("AFTERSHOW", "PREFECT"))]
    list(listening)


def test_what_takes_too_long_is_ended() -> None:
    """An endless loop ends, also after answers; what was heard before stands."""
    answers = ask(busy_after, 3, limits=LIMITS)
    assert list(islice(answers, 3)) == [0, 1, 2]
    with pytest.raises(LimitError, match="more than 1 seconds of work"):
        next(answers)


@on_linux
@pytest.mark.parametrize("function", [greedy, greedy_bit_by_bit])
def test_what_takes_too_much_memory_is_ended(function: Any) -> None:
    """Memory is bounded, whether it is asked for at once or bit by bit."""
    with pytest.raises(LimitError, match="64 MB of memory"):
        list(ask(function, limits=LIMITS))


@pytest.mark.parametrize("function", [breaks_down, leaves])
def test_a_crash_is_an_error_of_that_question(function: Any) -> None:
    """A library that aborts takes its own process down, and the next question is answered."""
    with pytest.raises(LimitError, match="breaks what reads it"):
        list(ask(function, limits=LIMITS))
    assert list(ask(counted, 2, limits=LIMITS)) == [0, 1]


@pytest.mark.parametrize("kind", [ContentError, LeadFileError, UsageError])
def test_our_errors_come_back(kind: type[AftershowError]) -> None:
    """An error of ours is raised with its words, and the process goes on."""
    with pytest.raises(kind, match=r"^said$"):
        list(ask(raises, kind, limits=LIMITS))


def test_other_errors_lose_their_words() -> None:
    """What a library says may quote what people wrote; its kind is enough."""
    with pytest.raises(LimitError, match="ValueError") as caught:
        list(ask(raises, ValueError, limits=LIMITS))
    assert "person" not in str(caught.value)
    with pytest.raises(AftershowError, match="said"):
        list(ask(raises, ExpressionError, limits=LIMITS))


def test_a_panic_is_an_error_like_others() -> None:
    """A library in Rust that gives up is named, and its words are not repeated."""
    with pytest.raises(LimitError, match="Panic") as caught:
        list(ask(panics, limits=LIMITS))
    assert "person" not in str(caught.value)
    assert list(ask(counted, 2, limits=LIMITS)) == [0, 1]


def test_only_plain_values_come_back() -> None:
    """Reading an answer runs no code of the other side."""
    with pytest.raises(LimitError, match="no plain value"):
        list(ask(no_plain_value, limits=LIMITS))
    assert list(ask(counted, 2, limits=LIMITS)) == [0, 1]


def test_what_a_library_prints_is_no_answer() -> None:
    """A library that prints does no harm."""
    assert list(ask(prints, limits=LIMITS)) == ["this is"]


def test_who_stops_listening_ends_it() -> None:
    """A question that nobody wants answered any more costs nothing more."""
    before = one_answer(who_answers)
    listening = ask(busy_after, 1, limits=LIMITS)
    next(listening)
    listening.close()
    assert one_answer(who_answers) != before
