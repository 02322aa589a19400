"""What the benchmark of texts compares."""

import os
from contextlib import closing
from pathlib import Path
from unittest.mock import patch

import pytest

from aftershow.words.channels import Channel
from bench.texts import (
    CONNECTIONS,
    SECRET,
    SETTINGS,
    TOKEN,
    BareClient,
    HttpxClient,
    StandardClient,
    rows,
    text,
)
from connectors import open_sender
from tests.servers.twilio_server import TwilioServer


@pytest.mark.parametrize("client", [HttpxClient, StandardClient])
def test_both_ways_say_the_same(client: type[BareClient]) -> None:
    """Twilio gets the same texts, under the same login, over as many connections at the most."""
    messages = [text(number) for number in range(50)]
    with (
        TwilioServer() as ours,
        patch.dict(os.environ, {TOKEN: SECRET}),
        closing(open_sender({**SETTINGS, "base_url": ours.url}, Channel.TEXT, Path())) as sender,
    ):
        list(sender.send(messages))
    with TwilioServer() as theirs, client(int(theirs.url.rpartition(":")[2])) as bare:
        bare.send(messages)
    assert by_number(ours) == by_number(theirs)
    assert set(ours.authorizations) == set(theirs.authorizations)
    assert max(ours.connections, theirs.connections) <= CONNECTIONS


def by_number(server: TwilioServer) -> list[dict[str, str]]:
    return sorted(server.received, key=lambda fields: fields["To"])


@pytest.mark.proof
def test_the_rows() -> None:
    """Each latency has its row, and neither way is faster than the server and its connections allow."""
    measured = list(rows(texts=160))
    assert len(measured) == 4
    for row in measured[2:]:
        assert min(row.aftershow, row.other) > 0.05 / CONNECTIONS
    assert 0 < measured[0].other < measured[2].other
