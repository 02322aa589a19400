"""Send what is due, window by window: while one is with the provider, the next one is rendered.

Between two windows stands one transaction. It settles what the provider said, takes a last look at the next
window and lets it go, and claims more. So no more than a window is ever in doubt.
"""

import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import OperationalError

from aftershow.errors import ContentError, OutcomeUnknownError, TemporaryError
from aftershow.ledger.claims import HandedOver, LastLook, claim, hold_claimed, release
from aftershow.ledger.lately import Lately
from aftershow.ledger.rules import StepRules
from aftershow.ledger.settling import Settlement, settle
from aftershow.ledger.tally import Tally
from aftershow.ports import Outcome, Rendered, Sender
from aftershow.words import HoldReason

#: How many messages one worker claims at a time.
BATCH = 500
#: How many may be in doubt when a sender dies: those between handing over and settling.
WINDOW = 100
#: Seconds to wait for a database that went away while a provider was called: it knows nothing of it yet.
PATIENCE = (1, 4, 15, 60)

#: Reads what some messages need, and renders each when it is asked for: its id, and what goes out or why it
#: can't be rendered.
Render = Callable[[Connection, Sequence[int]], Iterable[tuple[int, Rendered | ContentError]]]
#: The time now, aware; read again and again while sending.
Clock = Callable[[], datetime]


@dataclass(frozen=True, kw_only=True, slots=True)
class Work:
    """One step's messages, and what it takes to send them."""

    #: the rules as they are at a moment: sending hours open and close while a long run goes on
    rules_at: Callable[[datetime], StepRules]
    render: Render
    sender: Sender
    #: names this sender; no two that run at once have the same
    worker: str
    clock: Clock


def send_due(engine: Engine, work: Work, *, limit: int) -> tuple[Tally, int]:
    """Send up to `limit` messages that are due; returns what happened, and how many were taken."""
    shift = _Shift(engine, work, limit)
    shift.work_off()
    return shift.tally, shift.taken


class _Window:
    """Messages that are rendered one after the other, in the time that the window before them takes."""

    def __init__(self, rendering: Iterable[tuple[int, Rendered | ContentError]] = ()) -> None:
        self._rendering = iter(rendering)
        self._mistake: Exception | None = None
        self.ready: dict[int, Rendered] = {}
        #: messages that can't be rendered
        self.failed: list[int] = []

    def render_one(self) -> bool:
        """Render the next message, if there is one; what goes wrong in our own code is kept for later."""
        try:
            number, rendered = next(self._rendering)
        except StopIteration:
            return False
        except Exception as error:  # noqa: BLE001  the window that is with the provider must be settled first
            self._mistake = error
            return False
        if isinstance(rendered, ContentError):
            self.failed.append(number)
        else:
            self.ready[number] = rendered
        return True

    def finish(self) -> None:
        """Render all that is left; raises what went wrong."""
        while self.render_one():
            pass
        if self._mistake is not None:
            raise self._mistake


class _Shift:
    """One worker's way through the messages of a step."""

    def __init__(self, engine: Engine, work: Work, limit: int) -> None:
        self._engine = engine
        self._work = work
        self._rules = Lately(work.rules_at)
        self._look = Lately(lambda now: LastLook(self._rules.at(now)))
        self._limit = limit
        #: claimed and not rendered
        self._stock: deque[int] = deque()
        self.tally, self.taken = Tally(), 0

    def work_off(self) -> None:
        """Send until nothing is left, the limit is reached, or there is no use in going on."""
        rendered, delivered = _Window(), list[Settlement]()
        while True:
            let_go, ahead = self._between_windows(delivered, rendered)
            if not let_go and ahead is None:
                return
            ahead = ahead or _Window()
            delivered = _deliver(self._work.sender, let_go, rendered.ready, ahead)
            rendered = ahead
            try:
                rendered.finish()
            except Exception:
                self._settle_alone(delivered)
                raise

    def _between_windows(
        self, delivered: Sequence[Settlement], rendered: _Window
    ) -> tuple[list[HandedOver], _Window | None]:
        """Settle one window and let the next go; returns it, and the one that can be rendered meanwhile."""
        try:
            with self._engine.begin() as connection:
                tally = self._settle(connection, delivered)
                if tally.ended_early:
                    release(connection, self._campaign, worker=self._work.worker)
                    self._stock.clear()
                    let_go, ahead = [], None
                else:
                    let_go = self._hand_over(connection, rendered)
                    ahead = self._look_ahead(connection)
        except Exception:
            # What is known of people who were written to must not be lost with what comes next.
            self._settle_alone(delivered)
            raise
        self.tally += tally
        return let_go, ahead

    def _settle_alone(self, delivered: Sequence[Settlement]) -> None:
        for wait in PATIENCE:
            try:
                with self._engine.begin() as connection:
                    self._settle(connection, delivered)
                    return
            except OperationalError:
                time.sleep(wait)
        with self._engine.begin() as connection:
            self._settle(connection, delivered)

    def _settle(self, connection: Connection, delivered: Sequence[Settlement]) -> Tally:
        if not delivered:
            return Tally()
        now = self._work.clock()
        rules = self._rules.at(now)
        return settle(
            connection,
            delivered,
            campaign=rules.campaign,
            channel=rules.channel,
            worker=self._work.worker,
            now=now,
        )

    def _hand_over(self, connection: Connection, window: _Window) -> list[HandedOver]:
        worker, now = self._work.worker, self._work.clock()
        if window.failed:
            hold_claimed(connection, window.failed, worker=worker, reason=HoldReason.CONTENT)
        if not window.ready:
            return []
        return self._look.at(now).hand_over(connection, list(window.ready), worker=worker, now=now)

    def _look_ahead(self, connection: Connection) -> _Window | None:
        """Claim more where few are left, and read what the next window needs."""
        wanted = min(BATCH, self._limit - self.taken)
        if len(self._stock) < WINDOW and wanted > 0:
            now = self._work.clock()
            rules = self._rules.at(now)
            claimed = claim(connection, rules, worker=self._work.worker, now=now, limit=wanted)
            self.taken += len(claimed)
            self._stock += claimed
        ids = [self._stock.popleft() for _ in range(min(WINDOW, len(self._stock)))]
        return _Window(self._work.render(connection, ids)) if ids else None

    @property
    def _campaign(self) -> str:
        return self._rules.at(self._work.clock()).campaign


def _deliver(
    sender: Sender, let_go: Sequence[HandedOver], ready: Mapping[int, Rendered], ahead: _Window
) -> list[Settlement]:
    """Call the provider; each message gets the outcome that is safe to assume."""
    settlements = [
        Settlement(sent=sent, outcome=TemporaryError("the address changed while it was being rendered"))
        for sent in let_go
        if sent.address != ready[sent.message_id].to
    ]
    going = [sent for sent in let_go if sent.address == ready[sent.message_id].to]
    outcomes = list(_outcomes(sender, [ready[sent.message_id] for sent in going], ahead))
    untouched = [None] * (len(going) - len(outcomes))
    settlements += [
        Settlement(sent=sent, outcome=outcome)
        for sent, outcome in zip(going, [*outcomes, *untouched], strict=True)
    ]
    return settlements


def _outcomes(sender: Sender, messages: Sequence[Rendered], ahead: _Window) -> Iterator[Outcome]:
    had = 0
    try:
        for outcome in sender.send(messages) if messages else ():
            had += 1
            yield outcome
            # The provider has its next message already, and we have the time that it takes.
            ahead.render_one()
    except Exception as error:  # noqa: BLE001  a connector's mistake must not lose what it may have sent
        doubt = OutcomeUnknownError(f"the connector failed: {type(error).__name__}")
        yield from (doubt for _ in messages[had:])
