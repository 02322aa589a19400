"""A batch of messages on its way to a mail server: in their order, on several connections at once."""

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass

from aftershow.errors import DeliveryError, OutcomeUnknownError, PermanentError, TemporaryError
from aftershow.ports import DeliveryOutcome, Receipt, Rendered, RenderedEmail
from connectors._smtp_connection import BrokenError, SmtpConnection
from connectors._smtp_outcomes import refused, sender_refused, unfit
from connectors._smtp_pool import ConnectionPool


@dataclass(kw_only=True, slots=True, eq=False)
class _Delivery:
    """A message on its way over a connection."""

    message: RenderedEmail
    connection: SmtpConnection
    outcome: DeliveryOutcome | None = None
    #: the server may have it
    begun: bool = False
    #: the message that takes its connection after it
    following: "_Delivery | None" = None


class Batch:
    """One call of `send`: messages go out in their order, and so do their outcomes."""

    def __init__(
        self, pool: ConnectionPool, messages: Sequence[Rendered], sign: Callable[[bytes], bytes] = bytes
    ) -> None:
        self._pool = pool
        self._sign = sign
        self._waiting = deque(messages)
        #: in the order of the messages: those on their way, and what became of those that can't be sent
        self._deliveries: deque[_Delivery | DeliveryOutcome] = deque()
        #: no further message is begun
        self._over = False
        #: the server let the time run out
        self._silent = False

    def outcomes(self) -> Iterator[DeliveryOutcome]:
        """Yield the outcome of each message that was begun or needs no beginning."""
        first = [delivery for connection in self._open_connections() if (delivery := self._take(connection))]
        for delivery in first:
            with suppress(BrokenError):
                delivery.connection.offer(delivery.message)
        for delivery in first:
            self._begin(delivery)
        while self._deliveries:
            head = self._deliveries[0]
            if not isinstance(head, _Delivery):
                yield self._deliveries.popleft()  # type: ignore[misc]
            elif head.begun or head.outcome:
                self._deliveries.popleft()
                yield self._ended(head)
            else:
                return

    def leave(self) -> None:
        """Let go of the connections on which something is left unsaid or unheard."""
        for delivery in self._on_their_way():
            delivery.connection.drop()
        if self._silent:
            self._pool.forget()

    def _on_their_way(self) -> Iterator[_Delivery]:
        return (delivery for delivery in self._deliveries if isinstance(delivery, _Delivery))

    def _ended(self, delivery: _Delivery) -> DeliveryOutcome:
        """Return what became of a message, once the next one is on the connection that it leaves."""
        outcome = delivery.outcome or self._await(delivery)
        self._over = self._over or isinstance(outcome, PermanentError)
        follower = delivery.following or self._take(delivery.connection)
        if follower is not None:
            self._begin(follower)
        return outcome

    def _open_connections(self) -> list[SmtpConnection]:
        self._put_aside_unfit()
        if not self._waiting or self._over:
            return []
        try:
            return self._pool.opened(len(self._waiting))
        except DeliveryError as error:
            self._waiting.popleft()
            self._deliveries.append(error)
            self._over = True
            return []

    def _take(self, connection: SmtpConnection) -> _Delivery | None:
        """Give a connection the next message that can be sent."""
        self._put_aside_unfit()
        if not self._waiting or self._over:
            return None
        message = self._waiting.popleft()
        if not isinstance(message, RenderedEmail):
            raise TypeError("what is no email has been put aside")
        delivery = _Delivery(message=message, connection=connection)
        self._deliveries.append(delivery)
        return delivery

    def _put_aside_unfit(self) -> None:
        """Give messages their outcome that can't be sent, up to the next one that can."""
        while self._waiting and not self._over and (outcome := unfit(self._waiting[0])):
            self._waiting.popleft()
            self._deliveries.append(outcome)
            self._over = isinstance(outcome, PermanentError)

    def _begin(self, delivery: _Delivery) -> None:
        """Ask whether the server takes a message, and write it, with the envelope of the one after it."""
        if self._over:
            return
        connection = delivery.connection
        try:
            self._pool.open(connection)
            refusal = self._pool.enquire(connection, delivery.message)
            if refusal is not None:
                verb, reply = refusal
                connection.settle_down(reply)
                delivery.outcome = (
                    sender_refused(reply) if verb == "MAIL" else refused(delivery.message, reply)
                )
                return
            delivery.following = self._take(connection)
            connection.write(
                self._sign(delivery.message.mime), delivery.following.message if delivery.following else None
            )
            delivery.begun = True
        except BrokenError as error:
            delivery.outcome = TemporaryError("The mail server was gone before it had the message.")
            self._fall_silent(error)
        except DeliveryError as error:
            # The server can't be reached any more: the others would wait as well.
            delivery.outcome = error
            self._over = True

    def _await(self, delivery: _Delivery) -> DeliveryOutcome:
        try:
            reply = delivery.connection.verdict()
        except BrokenError as error:
            self._fall_silent(error)
            words = "did not answer" if error.silent else "broke off, or gave an answer that can't be read"
            return OutcomeUnknownError(f"The mail server had the message and {words}.")
        if reply.code // 100 == 2:
            return Receipt(key=delivery.message.key, accepted=True, provider_id=reply.queue_id)
        if reply.code // 100 not in (4, 5):
            delivery.connection.drop()
            return OutcomeUnknownError("The mail server had the message; its answer can't be understood.")
        if reply.code == 421:
            delivery.connection.drop()
        return refused(delivery.message, reply)

    def _fall_silent(self, error: BrokenError) -> None:
        if error.silent:
            self._over = self._silent = True
            for delivery in self._on_their_way():
                delivery.connection.hurry()
