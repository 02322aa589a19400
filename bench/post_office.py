"""django-post-office with the mailing: a queue of emails, each with its status and a log.

For a process of its own: Django is set up once, for good. Its settings are the strongest there are for this:
emails are queued in bulk and rendered when they go out, one run takes all of them, and each of its threads
keeps its connection. What is committed stays, as with us.
"""

import logging
import time
from pathlib import Path

import django
from django.conf import settings
from django.core.management import call_command

from aftershow.content.html.plain import plain_text
from bench import mailing
from bench.inlined import inlined
from bench.sending import CONNECTIONS, Speed

ALIKE = (
    "alike: a row for each email with its log, text and HTML of 4 facts, 4 connections kept, commits durable"
)
UNLIKE = "not: no last look at permission, caps or hours; a run's rows are written after all of it"
_MARKS = ("given_name", "company", "interest", "unsubscribe_url")


def set_up(root: Path, templates: Path, name: str, *, port: int, count: int) -> None:
    """Make the database and queue an email for each of `count` people, to a server on this machine."""
    settings.configure(
        INSTALLED_APPS=["django.contrib.contenttypes", "post_office"],
        DATABASES={
            "default": {
                "ENGINE": "django.db.backends.sqlite3",
                "NAME": root / "post_office.db",
                "OPTIONS": {"init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL"},
            }
        },
        TEMPLATES=[{"BACKEND": "django.template.backends.django.DjangoTemplates"}],
        USE_TZ=True,
        DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
        EMAIL_HOST="127.0.0.1",
        EMAIL_PORT=port,
        POST_OFFICE={"THREADS_PER_PROCESS": CONNECTIONS, "LOG_LEVEL": 2, "BATCH_SIZE": count},
    )
    # Without a handler it makes one that prints each run; what goes wrong is counted in `send`.
    logging.getLogger("post_office").addHandler(logging.NullHandler())
    django.setup()
    call_command("migrate", verbosity=0)
    _queue(inlined(templates, name, {fact: f"{{{{ {fact} }}}}" for fact in _MARKS}), count)


def _queue(html: str, count: int) -> None:
    from post_office import mail
    from post_office.models import EmailTemplate

    template = EmailTemplate.objects.create(
        name="catalogue", subject="{{ given_name }}", html_content=html, content=plain_text(html)
    )
    mail.send_many(
        [
            {
                "recipients": person["email"],
                "sender": "hello@example.com",
                "template": template,
                "context": _facts(number, person),
                "headers": {"List-Unsubscribe": f"<{_facts(number, person)['unsubscribe_url']}>"},
                "render_on_delivery": True,
            }
            for number, person in enumerate(mailing.people(count))
        ]
    )


def _facts(number: int, person: dict[str, str]) -> dict[str, str]:
    return {
        "given_name": person["given_name"],
        "company": person["company"],
        "interest": "Pumps, Valves",
        "unsubscribe_url": f"https://news.example.com/u/{number:043}",
    }


def send(count: int) -> Speed:
    """Send the next `count` emails of the queue."""
    from post_office import mail

    settings.POST_OFFICE["BATCH_SIZE"] = count
    cpu, start = time.process_time(), time.perf_counter()
    sent, _, _ = mail.send_queued(processes=1)
    speed = Speed(rate=count / (time.perf_counter() - start), cpu=(time.process_time() - cpu) / count)
    if sent != count:
        raise RuntimeError(f"{sent} of {count} emails were sent")
    return speed
