"""Send what is due, slice by slice: while one is with the provider, the next one is rendered.

Between two slices stands one transaction. It settles what the provider said, takes a last look at the next
slice and lets it go, and claims more. So no more than a slice is ever in doubt.
"""

import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import OperationalError

from aftershow.errors import ContentError, OutcomeUnknownError, TemporaryError
from aftershow.ledger.cached import Cached
from aftershow.ledger.claims import HandedOver, LastLook, claim, hold_claimed, lock_contacts, release
from aftershow.ledger.pace import Grant, Pace
from aftershow.ledger.send_counts import SendCounts
from aftershow.ledger.settling import Settlement, settle
from aftershow.ledger.step_rules import StepRules
from aftershow.ports import DeliveryOutcome, Rendered, Sender
from aftershow.words.reasons import HoldReason

#: How many messages one worker claims at a time.
BATCH = 500
#: How many may be in doubt when a sender dies: those between handing over and settling.
SLICE = 100
#: Seconds to wait for a database that went away while a provider was called: it knows nothing of it yet.
PATIENCE = (1, 4, 15, 60)

#: Reads what some messages need, and renders each when it is asked for: its id, and what goes out or why it
#: can't be rendered.
Render = Callable[[Connection, Sequence[int]], Iterable[tuple[int, Rendered | ContentError]]]
#: The time now, aware; read again and again while sending.
Clock = Callable[[], datetime]


@dataclass(frozen=True, kw_only=True, slots=True)
class SendJob:
    """One step's messages, and what it takes to send them."""

    #: the rules as they are at a moment: sending hours open and close while a long run goes on
    rules_at: Callable[[datetime], StepRules]
    render: Render
    sender: Sender
    #: names this sender; no two that run at once have the same
    worker: str
    clock: Clock
    #: how fast the channel may be used; None: as fast as it goes
    pace: Pace | None = None
    #: waits so many seconds
    sleep: Callable[[float], None] = time.sleep


def send_due(engine: Engine, work: SendJob, *, limit: int) -> tuple[SendCounts, int]:
    """Send up to `limit` messages that are due; returns what happened, and how many were taken."""
    loop = _SendLoop(engine, work, limit)
    loop.run()
    return loop.totals, loop.taken


class _Slice:
    """Messages that are rendered one after the other, in the time that the slice before them takes."""

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
        except Exception as error:  # noqa: BLE001  the slice that is with the provider must be settled first
            self._mistake = error
            return False
        if isinstance(rendered, ContentError):
            self.failed.append(number)
        else:
            self.ready[number] = rendered
        return True

    def take(self, count: int) -> dict[int, Rendered]:
        """Take out the next messages that are rendered."""
        return {number: self.ready.pop(number) for number in list(islice(self.ready, count))}

    def finish(self) -> None:
        """Render all that is left; raises what went wrong."""
        while self.render_one():
            pass
        if self._mistake is not None:
            raise self._mistake


@dataclass(frozen=True, kw_only=True, slots=True)
class _Next:
    """What comes after a slice is settled."""

    let_go: Sequence[HandedOver] = ()
    #: what they are, rendered
    rendered: Mapping[int, Rendered] = field(default_factory=dict)
    #: what can be rendered while they are with the provider
    ahead: _Slice | None = None
    #: when more may go, where the pace lets nothing go now
    ask_again: datetime | None = None


class _SendLoop:
    """One worker's way through the messages of a step."""

    def __init__(self, engine: Engine, work: SendJob, limit: int) -> None:
        self._engine = engine
        self._job = work
        self._rules = Cached(work.rules_at)
        self._look = Cached(lambda now: LastLook(self._rules.at(now)))
        self._limit = limit
        #: claimed and not rendered
        self._stock: deque[int] = deque()
        #: the pace lets nothing go before this moment, whatever a clock says that stands still
        self._not_before: datetime | None = None
        self.totals, self.taken = SendCounts(), 0

    def run(self) -> None:
        """Send until nothing is left, the limit is reached, or there is no use in going on."""
        current, delivered = _Slice(), list[Settlement]()
        while True:
            following = self._between_slices(delivered, current)
            ahead = following.ahead or _Slice()
            delivered = _deliver(self._job.sender, following.let_go, following.rendered, ahead)
            try:
                ahead.finish()
            except Exception:
                self._settle_alone(delivered)
                raise
            if following.ask_again is not None:
                self._wait_until(following.ask_again)
            elif not current.ready:
                current = ahead
                if not (delivered or current.ready or current.failed or self._stock):
                    return

    def _between_slices(self, delivered: Sequence[Settlement], current: _Slice) -> _Next:
        """Settle what was delivered, and let go what comes next, in one transaction."""
        try:
            with self._engine.begin() as connection:
                totals, following = self._settle_and_go_on(connection, delivered, current)
        except Exception:
            # What is known of people who were written to must not be lost with what comes next.
            self._settle_alone(delivered)
            raise
        self.totals += totals
        return following

    def _settle_and_go_on(
        self, connection: Connection, delivered: Sequence[Settlement], current: _Slice
    ) -> tuple[SendCounts, _Next]:
        grant = self._grant(connection, current)
        going = current.take(grant.count)
        # All at once, so that two who settle and hand over never wait for each other.
        lock_contacts(connection, [*(settlement.sent.message_id for settlement in delivered), *going])
        totals = self._settle(connection, delivered)
        if grant.used_up is not None:
            totals += SendCounts(untouched=len(current.ready) + len(self._stock), trouble=grant.used_up)
        if totals.ended_early:
            release(connection, self._campaign, worker=self._job.worker)
            self._stock.clear()
            current.ready.clear()
            return totals, _Next()
        let_go = self._hand_over(connection, current, going)
        # What waits for its pace is rendered already.
        ahead = self._look_ahead(connection) if not current.ready else None
        return totals, _Next(let_go=let_go, rendered=going, ahead=ahead, ask_again=grant.ask_again)

    def _grant(self, connection: Connection, current: _Slice) -> Grant:
        pace, wanted = self._job.pace, len(current.ready)
        if pace is None or not wanted:
            return Grant(count=wanted)
        return pace.grant(connection, wanted=wanted, now=self._now())

    def _wait_until(self, moment: datetime) -> None:
        self._job.sleep(max((moment - self._job.clock()).total_seconds(), 0))
        self._not_before = moment

    def _now(self) -> datetime:
        now = self._job.clock()
        return now if self._not_before is None else max(now, self._not_before)

    def _settle_alone(self, delivered: Sequence[Settlement]) -> None:
        for wait in (*PATIENCE, None) if delivered else ():
            try:
                with self._engine.begin() as connection:
                    lock_contacts(connection, [settlement.sent.message_id for settlement in delivered])
                    self.totals += self._settle(connection, delivered)
                    return
            except OperationalError:
                if wait is None:
                    raise
                self._job.sleep(wait)

    def _settle(self, connection: Connection, delivered: Sequence[Settlement]) -> SendCounts:
        if not delivered:
            return SendCounts()
        now = self._job.clock()
        rules = self._rules.at(now)
        return settle(
            connection,
            delivered,
            campaign=rules.campaign,
            channel=rules.channel,
            worker=self._job.worker,
            now=now,
        )

    def _hand_over(
        self, connection: Connection, current: _Slice, going: Mapping[int, Rendered]
    ) -> list[HandedOver]:
        worker, now = self._job.worker, self._job.clock()
        if current.failed:
            hold_claimed(connection, current.failed, worker=worker, reason=HoldReason.CONTENT)
            current.failed.clear()
        if not going:
            return []
        let_go = self._look.at(now).hand_over(connection, list(going), worker=worker, now=now)
        if self._job.pace is not None:
            self._job.pace.spend(connection, count=len(let_go), now=self._now())
        return let_go

    def _look_ahead(self, connection: Connection) -> _Slice | None:
        """Claim more where few are left, and read what the next slice needs."""
        wanted = min(BATCH, self._limit - self.taken)
        if len(self._stock) < SLICE and wanted > 0:
            now = self._job.clock()
            rules = self._rules.at(now)
            claimed = claim(connection, rules, worker=self._job.worker, now=now, limit=wanted)
            self.taken += len(claimed)
            self._stock += claimed
        ids = [self._stock.popleft() for _ in range(min(SLICE, len(self._stock)))]
        return _Slice(self._job.render(connection, ids)) if ids else None

    @property
    def _campaign(self) -> str:
        return self._rules.at(self._job.clock()).campaign


def _deliver(
    sender: Sender, let_go: Sequence[HandedOver], ready: Mapping[int, Rendered], ahead: _Slice
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


def _outcomes(sender: Sender, messages: Sequence[Rendered], ahead: _Slice) -> Iterator[DeliveryOutcome]:
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
