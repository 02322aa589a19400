"""`one_by_one` lets a connector think of one message at a time."""

import pytest

from aftershow.errors import DeliveryError, OutcomeUnknownError, PermanentError, TemporaryError
from aftershow.ports import Receipt, Rendered, one_by_one
from tests.connectors.rig import a_letter


@pytest.mark.parametrize(
    ("error", "begun"),
    [(TemporaryError("full"), 3), (OutcomeUnknownError("silent"), 2), (PermanentError("no"), 2)],
)
def test_a_silent_provider_costs_one_waiting_time(error: DeliveryError, begun: int) -> None:
    """After a provider that refuses us or is silent no other message is begun."""
    asked: list[str] = []

    def send_one(message: Rendered) -> Receipt:
        asked.append(message.key)
        if len(asked) == 2:
            raise error
        return Receipt(key=message.key, accepted=True)

    outcomes = list(one_by_one(send_one, [a_letter(number) for number in (1, 2, 3)]))
    assert len(outcomes) == len(asked) == begun
    assert outcomes[1] is error
