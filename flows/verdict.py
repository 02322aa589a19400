"""The state in which a run ends: red as soon as a person should look."""

from collections.abc import Mapping
from typing import Any

from prefect.client.schemas.objects import State
from prefect.states import Failed

#: A run that ended as it should, but for some messages. Prefect would show a named Completed in green.
SOME_NOT_SENT = "SomeNotSent"


def verdict(result: dict[str, Any], trouble: Mapping[str, int]) -> dict[str, Any] | State[dict[str, Any]]:
    """Return `result`; where some counts of `trouble` are not 0, as a failed state that says them."""
    said = ", ".join(f"{count} {what}" for what, count in trouble.items() if count)
    return Failed(name=SOME_NOT_SENT, message=said, data=result) if said else result
