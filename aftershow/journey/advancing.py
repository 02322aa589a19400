"""Move people on once a step is behind them: to the next, to what comes instead, or to another attempt."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import (
    ColumnElement,
    Connection,
    String,
    and_,
    case,
    exists,
    func,
    literal,
    null,
    or_,
    select,
    true,
    update,
)

from aftershow.campaign.campaign import MessageStep
from aftershow.campaign.program import STOP, Next
from aftershow.campaign.steps.step import OUTCOMES, SIGNS, SILENCE, TRY_AGAIN
from aftershow.campaign.versions import Version
from aftershow.ledger.planning import PASSING, occurrence
from aftershow.ledger.states import FINAL_STATES
from aftershow.store.tables import enrollment, interaction, message
from aftershow.store.types import Moment, later
from aftershow.words.kinds import InteractionKind
from aftershow.words.reasons import HoldReason
from aftershow.words.states import State

#: Reasons that lie in the person: what comes instead of the step may still reach them.
UNREACHABLE = tuple(reason for reason in HoldReason if reason.row.may_stand_in)
#: Stands for the end of the track while people are being moved.
_END = "!end"


def advance(
    connection: Connection,
    version: Version,
    step: MessageStep,
    *,
    now: datetime | None,
) -> int:
    """Move on everyone who has this step behind them; returns how many moved.

    What comes next counts from the moment the message went out, from its due time when it did not, and from
    the answer where the step listens for one. `now` is when the turn began: a message of this turn counts
    from there, so that a daily turn finds the next step due a day later. None is for a plan, in which every
    message has gone out at its time and nothing comes back.
    """
    verdict = _verdict(version, step, now=now)
    moved = (
        update(enrollment)
        .where(
            enrollment.c.id == verdict.c.id,
            enrollment.c.step == step.key,
            enrollment.c.round == verdict.c.round,
        )
        .values(
            step=func.nullif(verdict.c.target, _END),
            round=case((verdict.c.target == step.key, verdict.c.round + 1), else_=0),
            base_at=verdict.c.base_at,
            due_at=null(),
        )
    )
    count: int = connection.execute(moved).rowcount
    _stop(connection, version, step)
    return count


def _verdict(version: Version, step: MessageStep, *, now: datetime | None):  # type: ignore[no-untyped-def]  # the columns say more than a type
    """Return who goes where: enrollment id, round, target and base_at, without those who stay."""
    held_for_good = and_(
        message.c.state == State.HELD, message.c.reason.not_in((*PASSING, HoldReason.EXITED))
    )
    over = or_(message.c.state.in_(FINAL_STATES), held_for_good)
    base = _base(now)
    target: ColumnElement[str | None] = _target(step)
    if step.sends.every is not None:
        # The occurrences of a recurring step all count from where the first one did.
        base = case((target == step.key, enrollment.c.base_at), else_=base)
    ripe: ColumnElement[bool] = true()
    if step.sends.listens:
        target, base = _after_listening(step, target, base, now=now)
        ripe = true() if now is None else _may_be_through(step, now=now)
    verdict = (
        select(enrollment.c.id, enrollment.c.round, target.label("target"), base.label("base_at"))
        .join_from(enrollment, message, message.c.enrollment_id == enrollment.c.id)
        .where(
            version.people_at(step.key),
            enrollment.c.exited_at.is_(None),
            true() if now is None else enrollment.c.due_at <= now,
            message.c.step == step.key,
            message.c.occurrence == occurrence(),
            over,
            ripe,
        )
        .subquery("verdict")
    )
    return select(verdict).where(verdict.c.target.is_not(None)).subquery("moving")


def _may_be_through(step: MessageStep, *, now: datetime) -> ColumnElement[bool]:
    """Anything came back, or the time to answer is over: asked first, since most people just wait."""
    heard = exists().where(
        interaction.c.message_id == message.c.id, interaction.c.kind.in_(OUTCOMES[step.sends.channel])
    )
    since = now - step.sends.listen.delta
    return or_(message.c.handed_over_at.is_(None), message.c.handed_over_at <= since, heard)


def _base(now: datetime | None) -> ColumnElement[datetime]:
    went = func.coalesce(message.c.handed_over_at, message.c.due_at)
    if now is None:
        return went
    turn = literal(now, Moment())
    return case((message.c.handed_over_at > turn, turn), else_=went)


def _target(step: MessageStep) -> ColumnElement[str | None]:
    """Where people go whose message is over, without regard to what came back."""
    unreachable = or_(
        and_(message.c.state == State.HELD, message.c.reason.in_(UNREACHABLE)),
        message.c.state == State.REJECTED,
    )
    ways = [(message.c.reason == HoldReason.HOLD_OUT, _name(None))]
    if step.node.instead != step.node.follower:
        ways.append((unreachable, _name(step.node.instead)))
    if step.sends.every is not None:
        times = step.sends.times
        more = enrollment.c.round + 1 < times if times else true()
        ways.append((more, _name(step.key)))
    return case(*ways, else_=_name(step.node.follower))


def _after_listening(
    step: MessageStep,
    target: ColumnElement[str | None],
    base: ColumnElement[datetime],
    *,
    now: datetime | None,
) -> tuple[ColumnElement[str | None], ColumnElement[datetime]]:
    """Where people go whose message went out, by what came back last; NULL while there is time to answer."""
    counts = [
        kind for kind in OUTCOMES[step.sends.channel] if kind not in SIGNS or kind in step.node.outcomes
    ]
    kind, at = _answer(interaction.c.kind, counts), _answer(interaction.c.occurred_at, counts)
    silent_at = later(message.c.handed_over_at, step.sends.listen.seconds)
    ways = []
    again = enrollment.c.round + 1 < step.sends.attempts
    if step.sends.attempts > 1:
        ways.append((and_(kind.in_(TRY_AGAIN), again), _name(step.key)))
    ways += [
        (kind == outcome, _name(_way(step, outcome)))
        for outcome in counts
        if _way(step, outcome) != step.node.follower
    ]
    ways.append((kind.is_not(None), _name(step.node.follower)))
    heard_long_enough = true() if now is None else silent_at <= literal(now, Moment())
    ways.append((heard_long_enough, _name(_way(step, SILENCE))))
    went_out = message.c.state.in_((State.ACCEPTED, State.UNKNOWN))
    return (
        case((went_out, case(*ways, else_=null())), else_=target),
        case((went_out, func.coalesce(at, silent_at)), else_=base),
    )


def _way(step: MessageStep, outcome: str) -> Next:
    """Return where an outcome leads; `no_answer` also stands for other ways of not being reached."""
    outcomes = step.node.outcomes
    if outcome in outcomes:
        return outcomes[outcome]
    if outcome in TRY_AGAIN and InteractionKind.NO_ANSWER in outcomes:
        return outcomes[InteractionKind.NO_ANSWER]
    return step.node.follower


def _answer(column: ColumnElement[object], kinds: Sequence[InteractionKind]):  # type: ignore[no-untyped-def]  # of the column's type
    """Return a column of the last thing of some kinds that came back on the message."""
    last = (
        select(column)
        .where(interaction.c.message_id == message.c.id, interaction.c.kind.in_(kinds))
        .order_by(interaction.c.occurred_at.desc(), interaction.c.id.desc())
        .limit(1)
    )
    return last.correlate(message).scalar_subquery()


def _stop(connection: Connection, version: Version, step: MessageStep) -> None:
    """Take out those whom an outcome of this step takes out."""
    if STOP not in step.node.outcomes.values():
        return
    connection.execute(
        update(enrollment)
        .where(enrollment.c.version_id == version.id, enrollment.c.step == STOP)
        .values(step=step.key, exited_at=enrollment.c.base_at, exit_reason=f"an answer to {step.key}")
    )


def _name(way: Next) -> ColumnElement[str]:
    return literal(_END if way is None else way, String)
