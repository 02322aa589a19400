"""When a message may go to a person: the campaign's window and the hours of the channel."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from aftershow.workspace.times.clocks import turns, zone_of
from aftershow.workspace.times.durations import ALL_DAY, Hours
from aftershow.workspace.times.windows import DAILY, Days, SendWindow

_DAY = timedelta(days=1)
#: What has not opened after this never does; weekends and holidays together are shorter.
_LONGEST = timedelta(days=60)


class NeverOpen(ValueError):  # noqa: N818  it is an answer, as StopIteration is
    """No moment lies within the days and hours in all the zones."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Opening:
    """Days and hours of a window, and hours of a channel; both must hold."""

    days: Days = DAILY
    #: of the window; hours past midnight belong to the day on which they begin
    hours: Hours = ALL_DAY
    #: always by the person's clock, whichever clock the window goes by
    channel_hours: Hours = ALL_DAY
    #: the IANA zone of the window's clock; None: the person's
    zone: str | None = None
    #: whose holidays count in `zone`, ISO 3166-1 alpha-2; without a zone, the person's country counts
    country: str | None = None

    @classmethod
    def of(
        cls,
        window: SendWindow,
        channel_hours: Hours | None,
        *,
        show_zone: str | None = None,
        show_country: str | None = None,
    ) -> "Opening":
        """Return when a window and the hours of a channel are open; None are hours that exclude nothing.

        Raises ValueError for a window by the show's clock when there is no show.
        """
        at_show = window.clock == "show"
        if at_show and show_zone is None:
            raise ValueError("`in: show` needs a show: name it in the campaign, or write `in: contact`")
        return cls(
            days=window.days,
            hours=window.hours,
            channel_hours=channel_hours or ALL_DAY,
            zone=show_zone if at_show else None,
            country=show_country if at_show else None,
        )

    @property
    def never_opens(self) -> bool:
        """True when window and channel go by the same clock and have no minute in common."""
        return self.zone is None and not self.hours.overlaps(self.channel_hours)

    def is_open(self, moment: datetime, zones: tuple[str, ...], country: str | None) -> bool:
        """Say whether a moment is open for a person who may be in any of some zones: it must be in all."""
        if not all(self.channel_hours.contains(moment.astimezone(zone_of(zone)).time()) for zone in zones):
            return False
        if self.zone is not None:
            return self._window_is_open(moment, self.zone, self.country)
        return all(self._window_is_open(moment, zone, country) for zone in zones)

    def day(self, moment: datetime, zone: str) -> date:
        """Return the day, by the clock of a zone, to which the hours of the window at a moment belong."""
        wall = moment.astimezone(zone_of(zone))
        return wall.date() if wall.time() >= self.hours.start else wall.date() - _DAY

    def next(self, moment: datetime, zones: tuple[str, ...], country: str | None) -> datetime:
        """Return the first moment, in UTC, from a moment (aware) on that is open in all the zones.

        Raises NeverOpen when there is none within sixty days: when window and channel have no hour in common,
        or the zones lie too far apart.
        """
        moment = moment.astimezone(UTC)
        last = moment + _LONGEST
        while not self.is_open(moment, zones, country):
            moment = self._next_turn(moment, zones)
            if moment > last:
                raise NeverOpen(
                    "these days and hours are never open in all the zones where the person may be"
                )
        return moment

    def _window_is_open(self, moment: datetime, zone: str, country: str | None) -> bool:
        wall = moment.astimezone(zone_of(zone))
        return self.hours.contains(wall.time()) and self.days.contains(self.day(moment, zone), country)

    def _next_turn(self, moment: datetime, zones: tuple[str, ...]) -> datetime:
        """Return the next moment at which one of the clocks may come into its hours."""
        clocks = {(self.channel_hours.start, zone) for zone in zones}
        clocks |= {(self.hours.start, zone) for zone in ((self.zone,) if self.zone else zones)}
        return min(
            turn
            for start, zone in clocks
            for day in _today_and_tomorrow(moment, zone)
            for turn in turns(day, start, zone)
            if turn > moment
        )


def _today_and_tomorrow(moment: datetime, zone: str) -> tuple[date, date]:
    today = moment.astimezone(zone_of(zone)).date()
    return today, today + _DAY
