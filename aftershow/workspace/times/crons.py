"""The times at which something runs by itself, in the notation of cron."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import ClassVar, Self

from cronsim import CronSim, CronSimError
from pydantic.json_schema import JsonSchemaValue

from aftershow.workspace.times.clocks import first_moment, zone_of
from aftershow.workspace.times.durations import FromText
from aftershow.workspace.yaml.wording import found

_FIELDS = 5
#: Any moment will do to find out whether an expression ever matches.
_SOME_DAY = datetime(2026, 1, 1)  # noqa: DTZ001  the wall has no zone here


@dataclass(frozen=True, kw_only=True, slots=True)
class Cron(FromText):
    """Times on the wall, such as `*/15 8-18 * * mon-fri`: minute, hour, day, month, day of the week."""

    schema: ClassVar[JsonSchemaValue] = {
        "type": "string",
        "examples": ["*/15 8-18 * * mon-fri", "0 7 * * *", "0 9 1 * *"],
    }

    text: str

    @classmethod
    def parse(cls, text: object) -> Self:
        """Read the five fields of cron; refuses what never comes, such as 30 February."""
        fields = text.split() if isinstance(text, str) else []
        if len(fields) != _FIELDS:
            raise ValueError(
                f"expected five fields such as `*/15 8-18 * * mon-fri` (minute, hour, day, month, day of the "
                f"week), found {found(text)}"
            )
        cron = cls(text=" ".join(fields))
        try:
            next(CronSim(cron.text, _SOME_DAY))
        except CronSimError as error:
            raise ValueError(
                f"expected times such as `*/15 8-18 * * mon-fri`, found {found(text)}: {error}"
            ) from None
        except StopIteration:
            raise ValueError(f"expected times that come, found {found(text)}: it never happens") from None
        return cron

    def next(self, after: datetime, timezone: str) -> datetime:
        """Return the first time after a moment (aware) on the clocks of a zone, in UTC.

        Each time on the wall counts once: when a clock change repeats it, the first; when one skips it, the
        moment right after the change, which then stands for all that were skipped.
        """
        walls = CronSim(self.text, after.astimezone(zone_of(timezone)).replace(tzinfo=None))
        moments = (first_moment(wall.date(), wall.time(), timezone) for wall in walls)
        return next(moment for moment in moments if moment > after.astimezone(UTC))

    def __str__(self) -> str:
        return self.text
