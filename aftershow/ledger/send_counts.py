"""What became of the messages of one piece of work, counted."""

from dataclasses import dataclass, fields


@dataclass(frozen=True, kw_only=True, slots=True)
class SendCounts:
    """Counts that add up."""

    #: the provider took it
    accepted: int = 0
    #: the provider refused the person
    rejected: int = 0
    #: it may or may not have been sent
    unknown: int = 0
    #: nothing was sent; tried again later
    deferred: int = 0
    #: the connector did not come to it, so that the provider is likely away
    untouched: int = 0
    #: interactions written
    interactions: int = 0
    #: why nothing was sent to some of them: the first reason
    trouble: str | None = None
    #: why the provider refuses us; nothing more was sent after it
    stopped: str | None = None

    @property
    def ended_early(self) -> bool:
        """Whether there is no use in going on in this turn."""
        return self.stopped is not None or self.untouched > 0

    def __add__(self, other: "SendCounts") -> "SendCounts":
        """Add the counts; the first reasons stay."""
        counts = {
            field.name: getattr(self, field.name) + getattr(other, field.name)
            for field in fields(self)
            if field.name not in ("trouble", "stopped")
        }
        trouble, stopped = self.trouble or other.trouble, self.stopped or other.stopped
        return SendCounts(trouble=trouble, stopped=stopped, **counts)
