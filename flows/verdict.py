"""The state in which a run ends: red as soon as a person should look."""

from collections.abc import Mapping
from typing import Any

from prefect.client.schemas.objects import State
from prefect.states import Completed, Failed

#: A run that ended as it should, but for some messages. Prefect would show a named Completed in green.
SOME_NOT_SENT = "SomeNotSent"


class SomeNotSentError(Exception):
    """Some messages were not sent, or may not have been; the rest of the run is as it should be."""

    def __init__(self, message: str, result: dict[str, Any]) -> None:
        #: the figures of the run
        self.result = result
        super().__init__(message)


def verdict(
    result: dict[str, Any], trouble: Mapping[str, int], note: str | None = None
) -> dict[str, Any] | State[Any]:
    """Return `result`; where some counts of `trouble` are not 0, as a failed state that says them.

    A `note` stands in the state's message, whatever the state.
    """
    troubles = ", ".join(f"{count} {what}" for what, count in trouble.items() if count)
    said = "; ".join(filter(None, (troubles, note)))
    if not said:
        return result
    if not troubles:
        return Completed(message=said, data=result)
    # An exception, since whoever asks a failed run for its result is given one.
    return Failed(name=SOME_NOT_SENT, message=said, data=SomeNotSentError(said, result))
