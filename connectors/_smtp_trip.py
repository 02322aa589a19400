"""A window of messages on its way to a mail server: in their order, on several lines at once."""

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass

from aftershow.errors import DeliveryError, OutcomeUnknownError, PermanentError, TemporaryError
from aftershow.ports import Outcome, Receipt, Rendered, RenderedEmail
from connectors._smtp_line import BrokenError, Line
from connectors._smtp_lines import Lines
from connectors._smtp_outcomes import refused, sender_refused, unfit


@dataclass(kw_only=True, slots=True, eq=False)
class _Flight:
    """A message on its way over a line."""

    message: RenderedEmail
    line: Line
    outcome: Outcome | None = None
    #: the server may have it
    begun: bool = False
    #: the message that takes its line after it
    following: "_Flight | None" = None


class Trip:
    """One call of `send`: messages go out in their order, and so do their outcomes."""

    def __init__(
        self, lines: Lines, messages: Sequence[Rendered], sign: Callable[[bytes], bytes] = bytes
    ) -> None:
        self._lines = lines
        self._sign = sign
        self._waiting = deque(messages)
        #: in the order of the messages: those on their way, and what became of those that can't be sent
        self._flights: deque[_Flight | Outcome] = deque()
        #: no further message is begun
        self._over = False
        #: the server let the time run out
        self._silent = False

    def outcomes(self) -> Iterator[Outcome]:
        """Yield the outcome of each message that was begun or needs no beginning."""
        first = [flight for line in self._open_lines() if (flight := self._take(line))]
        for flight in first:
            with suppress(BrokenError):
                flight.line.offer(flight.message)
        for flight in first:
            self._begin(flight)
        while self._flights:
            head = self._flights[0]
            if not isinstance(head, _Flight):
                yield self._flights.popleft()  # type: ignore[misc]
            elif head.begun or head.outcome:
                self._flights.popleft()
                yield self._ended(head)
            else:
                return

    def leave(self) -> None:
        """Let go of the lines on which something is left unsaid or unheard."""
        for flight in self._on_their_way():
            flight.line.drop()
        if self._silent:
            self._lines.forget()

    def _on_their_way(self) -> Iterator[_Flight]:
        return (flight for flight in self._flights if isinstance(flight, _Flight))

    def _ended(self, flight: _Flight) -> Outcome:
        """Return what became of a message, once the next one is on the line that it leaves."""
        outcome = flight.outcome or self._await(flight)
        self._over = self._over or isinstance(outcome, PermanentError)
        follower = flight.following or self._take(flight.line)
        if follower is not None:
            self._begin(follower)
        return outcome

    def _open_lines(self) -> list[Line]:
        self._put_aside_unfit()
        if not self._waiting or self._over:
            return []
        try:
            return self._lines.opened(len(self._waiting))
        except DeliveryError as error:
            self._waiting.popleft()
            self._flights.append(error)
            self._over = True
            return []

    def _take(self, line: Line) -> _Flight | None:
        """Give a line the next message that can be sent."""
        self._put_aside_unfit()
        if not self._waiting or self._over:
            return None
        message = self._waiting.popleft()
        if not isinstance(message, RenderedEmail):
            raise TypeError("what is no email has been put aside")
        flight = _Flight(message=message, line=line)
        self._flights.append(flight)
        return flight

    def _put_aside_unfit(self) -> None:
        """Give messages their outcome that can't be sent, up to the next one that can."""
        while self._waiting and not self._over and (outcome := unfit(self._waiting[0])):
            self._waiting.popleft()
            self._flights.append(outcome)
            self._over = isinstance(outcome, PermanentError)

    def _begin(self, flight: _Flight) -> None:
        """Ask whether the server takes a message, and write it, with the envelope of the one after it."""
        if self._over:
            return
        line = flight.line
        try:
            self._lines.open(line)
            refusal = self._lines.enquire(line, flight.message)
            if refusal is not None:
                verb, reply = refusal
                line.settle_down(reply)
                flight.outcome = sender_refused(reply) if verb == "MAIL" else refused(flight.message, reply)
                return
            flight.following = self._take(line)
            line.write(
                self._sign(flight.message.mime), flight.following.message if flight.following else None
            )
            flight.begun = True
        except BrokenError as error:
            flight.outcome = TemporaryError("The mail server was gone before it had the message.")
            self._fall_silent(error)
        except DeliveryError as error:
            # The server can't be reached any more: the others would wait as well.
            flight.outcome = error
            self._over = True

    def _await(self, flight: _Flight) -> Outcome:
        try:
            reply = flight.line.verdict()
        except BrokenError as error:
            self._fall_silent(error)
            words = "did not answer" if error.silent else "broke off, or gave an answer that can't be read"
            return OutcomeUnknownError(f"The mail server had the message and {words}.")
        if reply.code // 100 == 2:
            return Receipt(key=flight.message.key, accepted=True, provider_id=reply.queue_id)
        if reply.code // 100 not in (4, 5):
            flight.line.drop()
            return OutcomeUnknownError("The mail server had the message; its answer can't be understood.")
        if reply.code == 421:
            flight.line.drop()
        return refused(flight.message, reply)

    def _fall_silent(self, error: BrokenError) -> None:
        if error.silent:
            self._over = self._silent = True
            for flight in self._on_their_way():
                flight.line.hurry()
