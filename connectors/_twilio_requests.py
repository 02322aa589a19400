"""Several requests in flight at once, and their outcomes in the order of the messages."""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import CancelledError, Future
from threading import Lock

from aftershow.ports import DeliveryOutcome, Rendered


class RequestsInFlight:
    """Some messages that several threads hand over, each taking the next one when it has its answer.

    What was begun is at any time the first so many messages, so that whoever stops leaves no gap.
    """

    def __init__(self, messages: Sequence[Rendered]) -> None:
        self._slots = [(message, Future[DeliveryOutcome]()) for message in messages]
        self._waiting = iter(self._slots)
        self._lock = Lock()

    def work(self, hand_over: Callable[[Rendered], tuple[DeliveryOutcome, bool]]) -> None:
        """Hand over one message after the other, in the calling thread, until none is left.

        `hand_over` returns the outcome, and whether there is any use in beginning another message.
        """
        while begun := self._next():
            message, slot = begun
            try:
                outcome, go_on = hand_over(message)
            except Exception as error:  # noqa: BLE001  raised where the outcomes are read
                self.stop()
                slot.set_exception(error)
                return
            if not go_on:
                self.stop()
            slot.set_result(outcome)

    def stop(self) -> None:
        """Begin no more messages; those that were begun still come to their outcomes."""
        with self._lock:
            for _, slot in self._waiting:
                slot.cancel()

    def outcomes(self) -> Iterator[DeliveryOutcome]:
        """Wait for the outcomes of all messages that are begun, in their order."""
        for _, slot in self._slots:
            try:
                outcome = slot.result()
            except CancelledError:
                return
            yield outcome

    def _next(self) -> tuple[Rendered, Future[DeliveryOutcome]] | None:
        with self._lock:
            return next(self._waiting, None)
