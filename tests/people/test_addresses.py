"""What each channel sends to."""

from collections.abc import Mapping

import pytest
from sqlalchemy import Engine, insert, select

from aftershow.people.consent.addresses import ADDRESSES
from aftershow.store.tables import contact
from aftershow.words.channels import Channel
from tests.leads.desk import NOW

ROAD = {"address_1": "1 Pump Road", "city": "Peoria"}
SUITE = {"address_2": "Suite 4", "state": "IL", "postal_code": "61602", "country": "US"}
RING = {
    "address_1": "Ringstr. 1",
    "city": "Stuttgart",
    "state": "BW",
    "postal_code": "70173",
    "country": "DE",
}


@pytest.mark.parametrize(
    ("channel", "known", "address"),
    [
        (Channel.LETTER, ROAD, "1 Pump Road, Peoria"),
        (Channel.LETTER, {**ROAD, **SUITE}, "1 Pump Road, Suite 4, Peoria IL 61602, US"),
        (Channel.LETTER, {**ROAD, "state": "", "country": "US"}, "1 Pump Road, Peoria, US"),
        (Channel.LETTER, RING, "Ringstr. 1, 70173 Stuttgart, DE"),
        (Channel.LETTER, {"address_1": "1 Pump Road", "postal_code": "61602"}, None),
        (Channel.LETTER, {**ROAD, "city": ""}, None),
        (Channel.LETTER, {"city": "Peoria", "country": "US"}, None),
        (Channel.LETTER, {**ROAD, "address_1": "x" * 400}, "x" * 320),
        (Channel.CALL, {"phone": "+13095550100", "mobile": "+15085550114"}, "+13095550100"),
        (Channel.CALL, {"mobile": "+15085550114"}, "+15085550114"),
        (Channel.TEXT, {"phone": "+13095550100"}, None),
        (Channel.MEETING, {"email": "ana@example.com"}, "ana@example.com"),
        (Channel.EMAIL, {}, None),
    ],
)
def test_addresses(engine: Engine, channel: Channel, known: Mapping[str, str], address: str | None) -> None:
    """An address is whole or it is none, and never longer than the ledger can keep."""
    with engine.begin() as connection:
        connection.execute(insert(contact).values(**known, created_at=NOW, updated_at=NOW))
        assert connection.scalar(select(ADDRESSES[channel])) == address
