"""Tryton's marketing automation with the mailing: a scenario, and an activity that sends to each party.

For a process of its own: Tryton keeps its settings and its models in globals. Its settings are the strongest
there are for this: a transaction, and with it a connection to the mail server, serves hundreds of people.
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from unittest.mock import patch

from lxml import etree, html
from trytond import backend, config
from trytond.pool import Pool
from trytond.transaction import Transaction

from bench import mailing
from bench.inlined import inlined
from bench.sending import Speed

ALIKE = "alike: a row for each person and email, HTML of 2 facts, connection kept"
UNLIKE = (
    "not: no last look at permission, caps or hours; no text part; every link is replaced by a "
    "tracked one; commits may be lost with the power; mails go after the commit that calls them done"
)
_DATABASE = "bench"
#: Tryton knows a person's name, and no company in the same row but what we write into its code.
_MARKS = {
    "given_name": "${record.name}",
    "company": "${record.code}",
    "interest": "Pumps, Valves",
    "unsubscribe_url": "unsubscribe",
}
#: Of the administrator, who does the work.
_USER = 1


def set_up(root: Path, templates: Path, name: str, *, port: int, count: int) -> None:
    """Make the database and take `count` people into a scenario that mails a server on this machine."""
    (root / f"{_DATABASE}.sqlite").touch()
    config.set("database", "path", str(root))
    config.set("database", "uri", "sqlite://")
    config.set("email", "uri", f"smtp://127.0.0.1:{port}")
    config.set("email", "from", "hello@example.com")
    config.set("web", "hostname", "news.example.com")
    database = backend.Database(_DATABASE)
    database.connect()
    database.init()
    Pool.start()
    Pool(_DATABASE).init(update=["res", "marketing_automation"], lang=["en"], activatedeps=True)
    with _models() as pool:
        _add_people(pool, count)
        _start(pool, _as_markup(inlined(templates, name, _MARKS)))


def _add_people(pool: Pool, count: int) -> None:
    people = [
        {
            "name": person["given_name"],
            "code": f"{person['company']}, {number}",
            "contact_mechanisms": [("create", [{"type": "email", "value": person["email"]}])],
        }
        for number, person in enumerate(mailing.people(count))
    ]
    # Tryton asks the internet whether example.com takes mail.
    with patch("trytond.modules.party.contact_mechanism.validate_email"):
        pool.get("party.party").create(people)


def _start(pool: Pool, markup: str) -> None:
    scenarios = pool.get("marketing.automation.scenario")
    [scenario] = scenarios.create(
        [
            {
                "name": mailing.NAME,
                "model": "party.party",
                "domain": '[["contact_mechanisms.type", "=", "email"]]',
                "activities": [
                    (
                        "create",
                        [
                            {
                                "name": "catalogue",
                                "action": "send_email",
                                "email_title": "${record.name}",
                                "email_template": markup,
                            }
                        ],
                    )
                ],
            }
        ]
    )
    scenarios.run([scenario])
    scenarios.trigger([scenario])


def _as_markup(page: str) -> str:
    return etree.tostring(html.document_fromstring(page), encoding="unicode")


def send(count: int) -> Speed:
    """Send to the next `count` people, in one transaction."""
    cpu, start = time.process_time(), time.perf_counter()
    with _models() as pool:
        emails = pool.get("marketing.automation.record.activity")
        due = emails.search([("state", "=", "waiting")], limit=count)
        emails.do(due)
    speed = Speed(rate=count / (time.perf_counter() - start), cpu=(time.process_time() - cpu) / count)
    if len(due) != count:
        raise RuntimeError(f"{len(due)} of {count} emails were sent")
    return speed


@contextmanager
def _models() -> Iterator[Pool]:
    with Transaction().start(_DATABASE, _USER):
        yield Pool()
