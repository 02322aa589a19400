"""What the benchmark of peers compares."""

from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path
from unittest.mock import patch

import pytest

from bench import mailing
from bench.peers import PEERS, Peer, process, rows, send, set_up
from bench.sending import is_possible
from tests.servers.smtp_server import SmtpServer

PEOPLE = 4


@pytest.mark.parametrize("peer", PEERS, ids=lambda peer: peer.package)
def test_a_peer_sends_everybody_the_catalogue(peer: Peer, tmp_path: Path) -> None:
    """Each person gets one mail, of the length of ours, which calls them by their name."""
    if find_spec(peer.package) is None:
        pytest.skip(f"{peer.name} is not there: make bench installs it")
    with SmtpServer() as server, process() as worker:
        workspace = mailing.write_workspace(tmp_path, port=server.port)
        people = {"port": server.port, "count": PEOPLE}
        worker.submit(set_up, peer.module, tmp_path, workspace.templates, "catalogue-20", people).result()
        worker.submit(send, peer.module, PEOPLE).result()
    assert sorted(mail.to for mail in server.received) == [
        person["email"] for person in mailing.people(PEOPLE)
    ]
    assert all(12_000 < len(mail.raw) < 40_000 for mail in server.received)
    assert {b"Marge", b"Tom"} <= {
        name for mail in server.received for name in (b"Marge", b"Tom") if name in mail.raw
    }


@pytest.mark.skipif(not is_possible(), reason="postfix is not there")
def test_what_is_not_there_is_said() -> None:
    """A peer that is not installed leaves a line instead of a hole."""
    [line] = rows(peers=(replace(PEERS[0], package="not_there"),))
    assert line == f"{PEERS[0].name} is not measured: it is not there (pip install -e '.[bench]')"


def test_without_postfix_nothing_is_measured() -> None:
    """The line says what to install."""
    with patch("bench.peers.is_possible", return_value=False):
        assert list(rows()) == ["peers are not measured: postfix is not there (apt-get install postfix)"]
