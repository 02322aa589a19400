"""What goes between the two processes: questions of any kind to the one, plain values back."""

import pickle
from io import BytesIO
from typing import IO, Any, NoReturn

from aftershow.errors import LimitError

#: No answer is longer, in bytes.
LONGEST_ANSWER = 64 * 1024 * 1024
#: Bytes that say how long a message is.
_SIZE = 8


def write(stream: IO[bytes], value: Any) -> None:
    """Write a value and see it on its way."""
    message = pickle.dumps(value, protocol=pickle.HIGHEST_PROTOCOL)
    stream.write(len(message).to_bytes(_SIZE))
    stream.write(message)
    stream.flush()


def read(stream: IO[bytes]) -> Any:
    """Return a value of any kind, from somebody who is trusted; raises EOFError when there is no more."""
    return pickle.loads(_message(stream))  # noqa: S301  only the process that started this one writes here


def read_plain(stream: IO[bytes]) -> Any:
    """Return a value made of None, numbers, texts, bytes, lists, tuples, dicts and sets alone.

    Raises EOFError when there is no more, LimitError for anything else and for what is too long.
    """
    return _PlainReader(BytesIO(_message(stream, LONGEST_ANSWER))).load()


class _PlainReader(pickle.Unpickler):
    """Knows no classes and no functions, so that reading does nothing but read."""

    def find_class(self, module: str, name: str, /) -> NoReturn:
        raise LimitError("it answers with something that is no plain value")


def _message(stream: IO[bytes], longest: int | None = None) -> bytes:
    size = int.from_bytes(_exactly(stream, _SIZE))
    if longest is not None and size > longest:
        raise LimitError(f"its answer is longer than {longest >> 20} MB")
    return _exactly(stream, size)


def _exactly(stream: IO[bytes], size: int) -> bytes:
    found = stream.read(size)
    if len(found) < size:
        raise EOFError
    return found
