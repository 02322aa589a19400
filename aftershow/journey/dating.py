"""Work out when people are due at a step: by their clocks, their holidays and the campaign's send window.

Many people share a moment and a place. Each combination is worked out once, in Python, and written to all who
have it in one statement.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import (
    CTE,
    ColumnElement,
    Connection,
    Integer,
    Text,
    and_,
    case,
    column,
    exists,
    false,
    func,
    literal,
    null,
    or_,
    select,
    true,
    update,
)

from aftershow.audience.fields import FIELDS, answer
from aftershow.campaign.campaign import ENROLLED, Campaign, CampaignStep, MessageStep
from aftershow.campaign.versions import Version
from aftershow.journey.answer_dates import moment_in
from aftershow.ledger.holds import held_out, people_of
from aftershow.ledger.planning import occurrence
from aftershow.people.normalizing.zones import zones_of
from aftershow.store.tables import contact, enrollment, message
from aftershow.store.types import Moment, later
from aftershow.store.value_tables import value_tables
from aftershow.workspace.times.dues import due
from aftershow.workspace.times.durations import Wait
from aftershow.workspace.times.moments import TimeOfDay, shifted
from aftershow.workspace.times.openings import NeverOpen, Opening

#: Dates that may change while somebody waits for them.
MOVING = ("meeting.", "answers.")


@dataclass(frozen=True, kw_only=True, slots=True)
class _Timing:
    """When a step comes, as its YAML says."""

    wait: Wait
    before: bool
    #: what it counts from; None: the step before it
    anchor: str | None
    at: TimeOfDay | None
    #: of a recurring step, the wait between its occurrences, and how many there are at most
    every: Wait | None
    times: int | None
    #: for whom this is: those who try again, or those who do not; None: everybody
    again: bool | None
    opening: Opening
    #: the IANA zone whose clock counts, and whose country's holidays; None: the person's
    clock: str | None
    country: str | None

    @property
    def is_plain(self) -> bool:
        """Whether a fixed number of seconds does it, for everybody everywhere."""
        exact = self.wait.is_exact and self.every is None
        return exact and self.anchor is None and self.at is None and self.opening == Opening()


#: Where, from what, and which time; and then: from which moment, when, and as which time.
_COLUMNS = (
    column("place", Text),
    column("raw", Text),
    column("number", Integer),
    column("base_at", Moment),
    column("due_at", Moment),
    column("round", Integer),
)


def set_due_dates(connection: Connection, version: Version, step: CampaignStep, *, now: datetime) -> None:
    """Write when each person is due who has come to a step, and again where the date has changed since.

    Who has no date to count from is due at once, without a base: the ledger holds that message.
    """
    for timing in _timings(version.campaign, step):
        if timing.is_plain:
            _date_plainly(connection, version, step, timing, now=now)
            continue
        known, unknown = list[tuple[Any, ...]](), list[tuple[Any, ...]]()
        for place, raw, number, base, *due_at in _worked_out(connection, version, step, timing, now=now):
            (unknown if base is None else known).append((place, raw, number, base or now, *due_at))
        for rows, base_known in ((known, True), (unknown, False)):
            for dates in value_tables("dates", _COLUMNS, rows):
                _write(connection, version, step, timing, dates, base_known, now=now)


def _timings(campaign: Campaign, step: CampaignStep) -> Iterator[_Timing]:
    model = step.node.model
    sending = step.sends if isinstance(step, MessageStep) else None
    tries = sending.attempts > 1 if sending else False
    window = campaign.model.send_window
    show = campaign.show if window is not None and window.clock == "show" else None
    timing = _Timing(
        wait=model.wait,
        before=model.when.before if model.when else False,
        anchor=model.when.anchor if model.when else None,
        at=model.at,
        every=sending.every if sending else None,
        times=sending.times if sending else None,
        again=False if tries else None,
        opening=campaign.opening(step) if isinstance(step, MessageStep) else Opening(),
        clock=show.timezone if show else None,
        country=show.country if show else None,
    )
    yield timing
    if sending and tries:
        # Whatever the first attempt counts from, the others count from what came back on the one before.
        yield replace(timing, wait=sending.between, before=False, anchor=None, at=None, again=True)


def _date_plainly(
    connection: Connection, version: Version, step: CampaignStep, timing: _Timing, *, now: datetime
) -> None:
    seconds = int(shifted(_EPOCH, timing.wait, zone="UTC", country=None).timestamp())
    base = enrollment.c.base_at
    connection.execute(
        update(enrollment)
        .where(*_here(version, step, timing, now=now), enrollment.c.due_at.is_(None))
        .values(due_at=later(base, seconds) if seconds else base)
    )


_EPOCH = datetime.fromisoformat("1970-01-01T00:00:00+00:00")


def _here(
    version: Version, step: CampaignStep, timing: _Timing, *, now: datetime
) -> tuple[ColumnElement[bool], ...]:
    attempts = {None: true(), False: enrollment.c.round == 0, True: enrollment.c.round > 0}
    return (
        version.people_at(step.key),
        enrollment.c.exited_at.is_(None),
        attempts[timing.again],
        # Dates go by while somebody is held out: there is nothing to count before that is over.
        true() if timing.anchor in (None, ENROLLED) else _came_in(version) <= literal(now, Moment()),
    )


def _came_in(version: Version) -> ColumnElement[datetime]:
    """When a person was enrolled, or was no longer held out."""
    hold_out = version.campaign.model.audience.hold_out
    if hold_out is None or hold_out.lasts is None:
        return enrollment.c.enrolled_at
    over = later(enrollment.c.enrolled_at, hold_out.lasts.seconds)
    return case((held_out(), over), else_=enrollment.c.enrolled_at)


def _undated(timing: _Timing) -> ColumnElement[bool]:
    """Who has no date yet, or may have another one now."""
    moving = timing.anchor is not None and timing.anchor.startswith(MOVING)
    written = exists().where(
        message.c.enrollment_id == enrollment.c.id,
        message.c.step == enrollment.c.step,
        message.c.occurrence == occurrence(),
    )
    again = and_(true() if moving else false(), ~written)
    return or_(enrollment.c.due_at.is_(None), again)


def _place() -> ColumnElement[str]:
    """Where a person may be: zones, and the country, as one text."""
    zones = func.coalesce(contact.c.timezone, contact.c.possible_zones, "")
    return zones + literal("|", Text) + func.coalesce(contact.c.country, "")


def _raw(version: Version, step: CampaignStep, timing: _Timing, *, now: datetime) -> ColumnElement[Any]:
    """What the step counts from: a moment, or a text that may be one."""
    if timing.anchor is None:
        return enrollment.c.base_at
    if timing.anchor == ENROLLED:
        return _came_in(version)
    fact = FIELDS.get(timing.anchor) or answer(timing.anchor.removeprefix("answers."))
    value: ColumnElement[Any] = fact.sql(version.campaign.step_scope(now, step))
    return value


def _worked_out(
    connection: Connection, version: Version, step: CampaignStep, timing: _Timing, *, now: datetime
) -> Iterator[tuple[str, str, int, datetime | None, datetime, int]]:
    """Return each combination that people have, in the order of _COLUMNS; no base where there is no date."""
    raw = _raw(version, step, timing, now=now)
    combinations = (
        select(_place(), raw, enrollment.c.round)
        .select_from(people_of(enrollment, version.show_id))
        .where(*_here(version, step, timing, now=now), _undated(timing))
        .distinct()
    )
    home = version.campaign.settings.timezone
    for place, value, number in connection.execute(combinations).all():
        names, _, country = place.partition("|")
        zones = zones_of(None, names or None, country or None, home=home)
        is_moment = isinstance(value, datetime)
        base: datetime | None = value if is_moment else moment_in(value, zones[0])
        text = "" if is_moment else value or ""
        country = country or version.home_country
        due_at, which = (now, number) if base is None else _due(base, number, timing, zones, country)
        yield place, text, number, base, due_at, which


def _due(
    base: datetime, number: int, timing: _Timing, zones: tuple[str, ...], country: str | None
) -> tuple[datetime, int]:
    """Return when a time is due, and as which: those that wait for one opening are one, the last of them."""
    due_at = _due_once(base, number, timing, zones, country)
    while timing.every is not None and (timing.times is None or number + 1 < timing.times):
        if _due_once(base, number + 1, timing, zones, country) != due_at:
            break
        number += 1
    return due_at, number


def _due_once(
    base: datetime, number: int, timing: _Timing, zones: tuple[str, ...], country: str | None
) -> datetime:
    clocks, holidays = ((timing.clock,), timing.country) if timing.clock else (zones, country)
    if number and timing.every is not None:
        base = shifted(base, timing.every.times(number), zone=clocks[0], country=holidays)
    wanted = due(
        base,
        after=timing.wait,
        before=timing.before,
        at=timing.at,
        opening=Opening(),
        zones=clocks,
        country=holidays,
    )
    try:
        return timing.opening.next(wanted, zones, country)
    except NeverOpen:
        # It is never open in all the places where this person may be: the ledger holds it until it is late.
        return wanted


def _write(
    connection: Connection,
    version: Version,
    step: CampaignStep,
    timing: _Timing,
    dates: CTE,
    base_known: bool,
    *,
    now: datetime,
) -> None:
    raw = _raw(version, step, timing, now=now)
    is_moment = isinstance(raw.type, Moment)
    if not base_known and is_moment:
        same: ColumnElement[bool] = raw.is_(None)
    else:
        same = raw == dates.c.base_at if is_moment else func.coalesce(raw, "") == dates.c.raw
    theirs = (
        select(enrollment.c.id, dates.c.base_at, dates.c.due_at, dates.c.round)
        .select_from(people_of(enrollment, version.show_id).join(dates, dates.c.place == _place()))
        .where(
            *_here(version, step, timing, now=now),
            _undated(timing),
            same,
            dates.c.number == enrollment.c.round,
        )
        .subquery("theirs")
    )
    connection.execute(
        update(enrollment)
        .where(enrollment.c.id == theirs.c.id, enrollment.c.due_at.is_distinct_from(theirs.c.due_at))
        .values(
            base_at=theirs.c.base_at if base_known else null(),
            due_at=theirs.c.due_at,
            round=theirs.c.round,
        )
    )
