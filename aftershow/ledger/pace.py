"""How many messages may go now, by the rate of their channel, over all campaigns and workers.

The channel has one row. Whoever wants to hand over locks it, sees when the next message may go, and moves
that moment on by what it takes. So nobody waits while something may go, and nothing is taken and not used.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, select, update

from aftershow.store.engine import insert_into
from aftershow.store.tables import pace
from aftershow.words.channels import Channel
from aftershow.workspace.rates import Rate

#: The messages of so much time are let go together; the shorter it is, the more evenly they go.
SHARE = timedelta(seconds=0.1)
#: How much of the time that passed unused may be made up for: a worker does not wake up to the millisecond.
MADE_UP_FOR = timedelta(seconds=0.1)


@dataclass(frozen=True, kw_only=True, slots=True)
class Grant:
    """What may be handed over now."""

    #: how many messages
    count: int
    #: when to ask again, where it is none
    ask_again: datetime | None = None
    #: why there is no use in waiting today
    used_up: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Pace:
    """The pace of a channel."""

    channel: Channel
    rate: Rate
    #: where the days begin, an IANA name
    zone: str

    def grant(self, connection: Connection, *, wanted: int, now: datetime) -> Grant:
        """Return how many of the messages that are wanted may go; the channel is ours until the commit."""
        row = self._locked(connection, now)
        allowed = self.rate.allowed_on(now.astimezone(ZoneInfo(self.zone)).date())
        if allowed is not None and row.sent >= allowed:
            return Grant(count=0, used_up=f"Today's {allowed} messages by {self.channel} are sent.")
        if row.next_at > now:
            return Grant(count=0, ask_again=row.next_at)
        share = self._share()
        limits = [wanted, *([share] if share else []), *([allowed - row.sent] if allowed is not None else [])]
        return Grant(count=min(limits))

    def spend(self, connection: Connection, *, count: int, now: datetime) -> None:
        """Write down that so many go now, in the transaction of their grant."""
        row = self._locked(connection, now)
        since = max(row.next_at, now - MADE_UP_FOR)
        change = {"next_at": since + self._each() * count, "day": self._day(now), "sent": row.sent + count}
        connection.execute(update(pace).where(pace.c.channel == self.channel).values(change))

    def _each(self) -> timedelta:
        return timedelta(seconds=1 / self.rate.per_second) if self.rate.per_second else timedelta(0)

    def _share(self) -> int | None:
        per_second = self.rate.per_second
        return None if per_second is None else max(int(per_second * SHARE.total_seconds()), 1)

    def _locked(self, connection: Connection, now: datetime) -> "_Row":
        query = select(pace).where(pace.c.channel == self.channel).with_for_update()
        row = connection.execute(query).one_or_none()
        if row is None:
            fresh = insert_into(connection, pace).values(
                channel=self.channel, next_at=now, day=self._day(now), sent=0
            )
            connection.execute(fresh.on_conflict_do_nothing())
            row = connection.execute(query).one()
        # Nobody takes more than a share: what is further ahead was written before the clock was turned back.
        turned_back = row.next_at > now + max(2 * SHARE, 2 * self._each())
        today = row.sent if row.day == self._day(now) else 0
        return _Row(next_at=now if turned_back else row.next_at, sent=today)

    def _day(self, now: datetime) -> str:
        return now.astimezone(ZoneInfo(self.zone)).date().isoformat()


@dataclass(frozen=True, kw_only=True, slots=True)
class _Row:
    """How far the channel is used up."""

    next_at: datetime
    #: today
    sent: int
