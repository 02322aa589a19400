"""The connections to one mail server."""

import smtplib
from collections.abc import Callable

from aftershow.errors import DeliveryError
from aftershow.ports import RenderedEmail
from connectors._smtp_connection import BrokenError, Refusal, SmtpConnection
from connectors._smtp_outcomes import no_connection

#: Answers of a server that has lost its step: not known, in a wrong order, or meant for another command.
OUT_OF_STEP = frozenset({500, 503, *range(400)})


class ConnectionPool:
    """At most so many connections, each dialled when it is needed."""

    def __init__(self, dial: Callable[[], smtplib.SMTP], *, most: int, timeout: float) -> None:
        self._dial = dial
        self._most = most
        self._timeout = timeout
        self._connections: list[SmtpConnection] = []
        #: until the server shows that it offers more than it can do
        self._pipelining = True

    def opened(self, wanted: int) -> list[SmtpConnection]:
        """Return up to so many open connections; raises a DeliveryError when there is none."""
        usable: list[SmtpConnection] = []
        for number in range(min(wanted, self._most)):
            if number == len(self._connections):
                self._connections.append(SmtpConnection(self._dial, self._timeout))
            try:
                self.open(self._connections[number])
            except DeliveryError:
                if not usable:
                    raise
                # The server wants no more of us at once.
                break
            usable.append(self._connections[number])
        return usable

    def open(self, connection: SmtpConnection) -> None:
        """Dial, if the connection is not open; raises a DeliveryError."""
        try:
            connection.open(pipelining=self._pipelining)
        except (OSError, ValueError) as error:
            raise no_connection(error) from None

    def forget(self) -> None:
        """Let go of all connections without a word."""
        for connection in self._connections:
            connection.drop()

    def enquire(self, connection: SmtpConnection, message: RenderedEmail) -> Refusal | None:
        """Return what refuses the envelope, or None when the server waits for the message.

        A connection that has gone while it idled is dialled again. A server that gets lost when it is asked
        in groups is asked again, one by one. Raises BrokenError or a DeliveryError; nothing was sent then.
        """
        in_groups, idled = connection.pipelining, not connection.is_fresh
        try:
            refusal = connection.enquire(message)
        except BrokenError as error:
            lost, gone = in_groups and (error.silent or not idled), idled
            if not (lost or gone):
                raise
        else:
            code = refusal[1].code if refusal else None
            lost, gone = in_groups and code in OUT_OF_STEP, idled and code == 421
            if not (lost or gone):
                return refusal
        self._pipelining = self._pipelining and not lost
        connection.drop()
        self.open(connection)
        return connection.enquire(message)

    def hang_up(self) -> None:
        """Say goodbye on all connections."""
        for connection in self._connections:
            connection.hang_up()
