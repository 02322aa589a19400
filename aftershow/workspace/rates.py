"""How fast a channel may be used: what a provider allows, or a new sender's good name."""

from datetime import date

from pydantic import Field, ValidationInfo, field_validator

from aftershow.workspace.yaml.model import Model


class WarmUp(Model):
    """A new sender begins with little and sends more each day, so that mailbox providers come to know it."""

    from_: date = Field(alias="from")
    """The first day, such as 2026-12-01."""
    first_day: int = Field(gt=0)
    """How many messages on that day."""
    growth: float = Field(default=2, gt=1, le=10)
    """How many times as many on each day as on the day before."""


class Rate(Model):
    """How many messages a channel takes, over all campaigns and all workers."""

    per_second: float | None = Field(default=None, gt=0)
    """Such as 14, or 0.5 for one every two seconds."""
    per_day: int | None = Field(default=None, gt=0)
    """From midnight to midnight in the workspace's time zone; the rest goes on another day."""
    warm_up: WarmUp | None = None
    """From `first_day` messages on its first day up to `per_day`."""

    @field_validator("warm_up")
    @classmethod
    def _leads_somewhere(cls, warm_up: WarmUp | None, info: ValidationInfo) -> WarmUp | None:
        if warm_up is not None and info.data.get("per_day") is None:
            raise ValueError("say with `per_day` what it leads up to")
        return warm_up

    def allowed_on(self, day: date) -> int | None:
        """Return how many messages may go on a day; None for any number."""
        if self.warm_up is None or self.per_day is None:
            return self.per_day
        days = max((day - self.warm_up.from_).days, 0)
        allowed = float(self.warm_up.first_day)
        for _ in range(days):
            if allowed >= self.per_day:
                break
            allowed *= self.warm_up.growth
        return min(int(allowed), self.per_day)
