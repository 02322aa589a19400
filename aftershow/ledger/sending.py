"""Send what is due: claim a batch, and for each window of it render, hand over, send and settle."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice

from sqlalchemy import Connection, Engine

from aftershow.errors import ContentError, OutcomeUnknownError, PermanentError, TemporaryError
from aftershow.ledger.claims import HandedOver, claim, hand_over, hold_claimed, release
from aftershow.ledger.rules import StepRules
from aftershow.ledger.settling import Settlement, settle
from aftershow.ledger.tally import Tally
from aftershow.ports import Outcome, Rendered, Sender
from aftershow.words import HoldReason

#: How many messages one worker holds claimed, so that few are read from the database at a time.
BATCH = 500
#: How many may be in doubt when a sender dies: those between handing over and settling.
WINDOW = 50

#: Renders messages: each id to what goes out, or to why it can't be rendered.
Render = Callable[[Connection, Sequence[int]], Mapping[int, Rendered | ContentError]]
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
    tally, taken = Tally(), 0
    while taken < limit and not tally.ended_early:
        now = work.clock()
        rules = work.rules_at(now)
        with engine.begin() as connection:
            batch = claim(connection, rules, worker=work.worker, now=now, limit=min(BATCH, limit - taken))
        if not batch:
            break
        taken += len(batch)
        for window in _windows(batch):
            tally += _send_window(engine, work, work.rules_at(work.clock()), window)
            if tally.ended_early:
                break
    if tally.ended_early:
        with engine.begin() as connection:
            release(connection, rules.campaign, worker=work.worker)
    return tally, taken


def _windows(batch: Sequence[int]) -> Iterator[list[int]]:
    ids = iter(batch)
    while window := list(islice(ids, WINDOW)):
        yield window


def _send_window(engine: Engine, work: Work, rules: StepRules, window: list[int]) -> Tally:
    with engine.begin() as connection:
        rendered = work.render(connection, window)
        ready = {number: mail for number, mail in rendered.items() if not isinstance(mail, ContentError)}
        failed = [number for number in rendered if number not in ready]
        hold_claimed(connection, failed, worker=work.worker, reason=HoldReason.CONTENT)
        let_go = hand_over(connection, rules, list(ready), worker=work.worker, now=work.clock())
    settlements = _deliver(work.sender, let_go, ready)
    with engine.begin() as connection:
        return settle(
            connection,
            settlements,
            campaign=rules.campaign,
            channel=rules.channel,
            worker=work.worker,
            now=work.clock(),
        )


def _deliver(sender: Sender, let_go: list[HandedOver], ready: Mapping[int, Rendered]) -> list[Settlement]:
    """Call the provider; each message gets the outcome that is safe to assume."""
    settlements = [
        Settlement(sent=sent, outcome=TemporaryError("the address changed while it was being rendered"))
        for sent in let_go
        if sent.address != ready[sent.message_id].to
    ]
    going = [sent for sent in let_go if sent.address == ready[sent.message_id].to]
    outcomes = _outcomes(sender, [ready[sent.message_id] for sent in going])
    settlements += [
        Settlement(sent=sent, outcome=outcome) for sent, outcome in zip(going, outcomes, strict=True)
    ]
    return settlements


def _outcomes(sender: Sender, messages: list[Rendered]) -> list[Outcome | None]:
    outcomes: list[Outcome | None] = []
    try:
        for outcome in sender.send(messages):
            outcomes.append(outcome)
            if isinstance(outcome, PermanentError):
                break
    except Exception as error:  # noqa: BLE001  a connector's mistake must not lose what it may have sent
        doubt = OutcomeUnknownError(f"the connector failed: {type(error).__name__}")
        return [*outcomes, *(doubt for _ in messages[len(outcomes) :])]
    return [*outcomes, *(None for _ in messages[len(outcomes) :])]
