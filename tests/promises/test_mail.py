"""Mails over a real wire: each person at most once, and the ledger says the same as the server."""

import email
from datetime import timedelta
from email.message import EmailMessage
from email.policy import default

import pytest
from sqlalchemy import select

from aftershow.errors import WorkspaceError
from aftershow.store.tables import interaction, suppression
from tests.promises.conftest import MORNING, Office
from tests.servers.smtp_server import Act, Mail, Rule, SmtpServer

pytestmark = pytest.mark.either_database


def smtp(server: SmtpServer) -> dict[str, object]:
    return {"connector": "smtp", "host": "127.0.0.1", "port": server.port, "starttls": False, "timeout": 10}


def parsed(mail: Mail) -> EmailMessage:
    message = email.message_from_bytes(mail.content, policy=default)
    assert isinstance(message, EmailMessage)
    return message


@pytest.mark.both_databases
def test_what_arrives(office: Office) -> None:
    """One mail for each person, that parses, with text and HTML, the right headers, and nothing twice."""
    with SmtpServer() as server:
        office.set_up("email", smtp(server))
        office.import_rows(
            "Ana,Lee,ana@example.com,,yes,", "Zoë,Öz,zoe@example.com,,yes,", "No,One,no@example.com,,no,"
        )
        first, again = office.run(), office.run(MORNING + timedelta(hours=1))
    assert (first["accepted"], again["accepted"]) == (2, 0)
    assert sorted(mail.to for mail in server.received) == ["ana@example.com", "zoe@example.com"]
    assert office.ledger() == {"Ana": "accepted", "Zoë": "accepted", "No": "held"}
    for mail in server.received:
        message = parsed(mail)
        assert message["To"] == mail.to
        assert message["From"] == "Example Pumps <hello@example.com>"
        assert message["Subject"] in {"Thank you, Ana", "Thank you, Zoë"}
        assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
        assert message["List-Unsubscribe"].startswith("<https://news.example.com/u/")
        assert b"List-Unsubscribe: <https://" in mail.raw
        text, html = message.get_body(("plain",)), message.get_body(("html",))
        assert text is not None
        assert "Grüße" in text.get_content()
        assert html is not None
        assert 'style="color:#123456"' in html.get_content().replace("color: ", "color:")
        key = message["Message-ID"].strip("<>").partition("@")[0]
        assert mail.sender == f"bounces+{key}@example.com"


def test_a_server_that_misbehaves(office: Office) -> None:
    """Refused is rejected, later is sent later, dropped after the data is unknown, and nobody is twice."""
    rules = [
        Rule(at="RCPT", to="refused@example.com", do="550 5.1.1 no such user"),
        Rule(at="RCPT", to="later@example.com", do="451 4.7.1 come back", times=1),
        Rule(at=".", to="perhaps@example.com", do=Act.KEEP_AND_DROP),
    ]
    people = ("Refused", "Later", "Perhaps", "Fine", "Also")
    with SmtpServer(rules) as server:
        office.set_up("email", smtp(server))
        office.import_rows(*(f"{name},Lee,{name.lower()}@example.com,,yes," for name in people))
        first = office.run()
        assert office.ledger() == {
            "Refused": "rejected",
            "Later": "planned",
            "Perhaps": "unknown",
            "Fine": "accepted",
            "Also": "accepted",
        }
        second = office.run(MORNING + timedelta(minutes=15))
        third = office.run(MORNING + timedelta(days=1))
    assert [first[state] for state in ("accepted", "rejected", "unknown", "deferred")] == [2, 1, 1, 1]
    assert [second[state] for state in ("accepted", "rejected", "unknown", "deferred")] == [1, 0, 0, 0]
    assert third["accepted"] == 0
    arrived = sorted(mail.to for mail in server.received)
    assert arrived == ["also@example.com", "fine@example.com", "later@example.com", "perhaps@example.com"]
    with office.database() as connection:
        assert connection.scalars(select(suppression.c.address)).all() == ["refused@example.com"]
        kinds = connection.scalars(select(interaction.c.kind).where(interaction.c.channel == "email")).all()
    assert sorted(kinds) == ["deferred", "rejected", "sent", "sent", "sent"]


def test_a_server_that_refuses_us(office: Office) -> None:
    """When the server refuses the sender, the campaign stops and says so; later everyone gets their mail."""
    with SmtpServer([Rule(at="MAIL", do="550 5.7.1 we do not like you")]) as server:
        office.set_up("email", smtp(server))
        office.import_rows("Ana,Lee,ana@example.com,,yes,", "Bo,Ray,bo@example.com,,yes,")
        stopped = office.run()
        assert "5.7.1" in stopped["stopped"]
        assert office.ledger() == {"Ana": "planned", "Bo": "planned"}
        server.rules.clear()
        assert office.run(MORNING + timedelta(hours=1))["accepted"] == 2


def test_a_server_that_is_down(office: Office) -> None:
    """While the mail server is down everyone waits; when it is back everyone is written to, once."""
    with SmtpServer() as server:
        settings = smtp(server)
    office.set_up("email", settings)
    office.import_rows(*(f"P{number},Lee,p{number}@example.com,,yes," for number in range(60)))
    down = office.run()
    assert (down["accepted"], down["unknown"], down["rejected"]) == (0, 0, 0)
    assert set(office.ledger().values()) == {"planned"}
    with SmtpServer() as server:
        office.set_up("email", smtp(server))
        office.import_rows(*(f"P{number},Lee,p{number}@example.com,,yes," for number in range(60)))
        assert office.run(MORNING + timedelta(hours=1))["accepted"] == 60
    assert len({mail.to for mail in server.received}) == len(server.received) == 60


def test_a_template_that_is_broken(office: Office) -> None:
    """A mistake in a template is ours: the run names it, and nobody is enrolled or held for it."""
    with SmtpServer() as server:
        office.set_up("email", smtp(server))
        office.import_rows("Ana,Lee,ana@example.com,,yes,")
        office.write("templates/thanks/email.html", "<p>Hello {{ gven_name }}</p>")
        with pytest.raises(WorkspaceError, match=r"templates/thanks/email\.html:1"):
            office.run()
        assert office.ledger() == {}
        office.write("templates/thanks/email.html", "<p>Hello {{ given_name }}</p>")
        assert office.run(MORNING + timedelta(hours=1))["accepted"] == 1
