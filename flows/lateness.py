"""How late a run is, and how that is said."""

from datetime import datetime, timedelta

from prefect.runtime import flow_run

#: A run this much later than its time says so; less is the worker's way.
WORTH_TELLING = timedelta(minutes=5)


def lateness(now: datetime) -> timedelta:
    """Return how long after its scheduled time the current run is at `now`; 0 when a person began it."""
    # Prefect's moments make intervals of their own, which timedelta can't divide.
    late = timedelta(seconds=(now - flow_run.scheduled_start_time).total_seconds())
    return max(timedelta(0), late)


def said(length: timedelta) -> str:
    """Say a length of time: 10 min, 3 h 10 min, 2 d 0 h 5 min."""
    minutes = length // timedelta(minutes=1)
    days, hours = divmod(minutes // 60, 24)
    parts = [f"{days} d"] if days else []
    parts += [f"{hours} h"] if days or hours else []
    return " ".join([*parts, f"{minutes % 60} min"])
